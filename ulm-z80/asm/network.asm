; The network: layers of sums, and the choice.
;
; A layer's sums are two pages, low bytes and high bytes, so that a neuron's number is the low half of its address. The
; page behind them holds nothing: a carry out of a high byte may go there. Two sets of them take turns.

; load_biases: starts the sums of a layer.                                  equals ulm-core: Engine::start
;   in HL biases: width (0: 256), low bytes, high bytes; D page of the sums   destroys AF, BC, HL, DE
load_biases:
        call _half
        inc  d
        dec  hl
        jr   _again
_half:  ld   a,(hl)
        ld   (bias_count),a
_again: inc  hl
        ld   e,0
        ld   a,(bias_count)
        ld   c,a
        ld   b,0
        or   a
        jr   nz,_copy
        inc  b
_copy:  push de
        ldir
        pop  de
        ret

; think: one step of the network.                                           equals ulm-core: Engine::step, Choice::of
;   out A the choice, (margin)   destroys all
think:  ld   hl,base
        ld   de,sums_a
        ld   bc,2*256
        ldir
        ld   hl,sums_a
        call sum_context
    if LAYERS > 1
        ld   hl,layers
        ld   (layer),hl
        ld   a,high sums_a      ; the layer before
        ld   d,high sums_b      ; this one
_layer: push af
        push de
        call sum_layer
        pop  de
        pop  af
        ld   e,a                ; the two sets change places
        ld   a,d
        ld   d,e
        ld   hl,(layer)
        ld   bc,LAYER_SIZE
        add  hl,bc
        ld   (layer),hl
        ld   c,(hl)             ; LAYER_POINTERS
        inc  c
        dec  c
        jr   nz,_layer
        ld   h,a
        ld   l,0
    else
        ld   hl,sums_a
    endif
; best: the first largest of the last layer's sums, shifted.                equals ulm-core: Choice::of
;   in HL sums   out A its number, (margin)   destroys all
best:   ld   bc,0               ; the largest so far; logits are -2000h to 1FFFh, counted from 1 here
        ld   (second),bc
_next:  ld   e,(hl)
        inc  h
        ld   d,(hl)
        dec  h
        sra  d
        rr   e
        sra  d
        rr   e
        push hl
        ld   hl,2001h
        add  hl,de
        ex   de,hl
        ld   h,b
        ld   l,c
        or   a
        sbc  hl,de
        jr   c,_larger
        ld   hl,(second)
        or   a
        sbc  hl,de
        jr   nc,_passed
        ld   (second),de
_passed: pop hl
        jr   _count
_larger: ld  (second),bc
        ld   b,d
        ld   c,e
        pop  hl
        ld   a,l
        ld   (choice),a
_count: inc  l
        ld   a,l
        cp   CHARSET_ENTRIES
        jr   nz,_next
        ld   hl,(second)
        ld   a,c
        sub  l
        ld   l,a
        ld   a,b
        sbc  a,h
        ld   h,a
        ld   (margin),hl
        ld   a,(choice)
        ret

    if LAYERS > 1
; sum_layer: starts a layer's sums, then looks through those of the layer before for activations that are not zero, and
; adds their columns.                                       equals ulm-core: Engine::finish, Engine::sum
;   in A page of the sums before, D page of the sums, (layer)   destroys all
;
; The search is a loop without a counter: behind the last neuron there is one more, which is active, and whose column
; leads out. Where there are 256, neuron 0 is looked at first and then becomes that one.
;
;   main registers: H low page of the sums, C activation;   alternate: HL the high byte of a neuron's sum
sum_layer:
        inc  a
        ld   (found_high+1),a
        ld   (big_high_page+1),a
        ld   hl,(layer)
        ld   b,(hl)             ; LAYER_POINTERS
        inc  hl
        ld   c,(hl)             ; LAYER_INPUTS
        inc  hl
        ld   a,(hl)             ; LAYER_COLUMN_BYTES
    if LISTS
    else
        ld   (enter_bytes+1),a
    endif
        inc  hl
        ld   a,(hl)             ; LAYER_BIASES
        inc  hl
        ld   h,(hl)
        ld   l,a
        ld   a,b
        ld   (found_pointers+1),a
        push bc
        push de
        call load_biases
        pop  hl
        pop  bc
        ld   l,0                ; H the sums
        ld   d,b                ; B, C the pointer behind the last
        ld   e,c
        ld   a,(found_high+1)
        inc  c
        dec  c
        jr   z,_all
        exx
        ld   h,a
        ld   l,255
        exx
        ld   b,a                ; the neuron behind the last: a sum of 4, so an activation of 1
        xor  a
        ld   (bc),a
        dec  b
        ld   a,4
        ld   (bc),a
        ld   (scan_stack),sp
        ld   ix,scan
        exx
    if LISTS
        di
    endif
        jr   scan_next
_all:   exx
        ld   h,a
        ld   l,0
        exx
        ld   a,(de)             ; keep the pointer of neuron 0
        ld   c,a
        inc  d
        ld   a,(de)
        ld   b,a
        dec  d
        push de
        push bc
        call _first
        pop  bc
        pop  de
        ld   a,c
        ld   (de),a
        inc  d
        ld   a,b
        ld   (de),a
        ret
_first: ld   (scan_stack),sp
        ld   ix,first_done
        exx
    if LISTS
        di
    endif
        ld   a,(hl)
        add  a,a
        jr   nc,found
        exx
first_done:
        exx
        ld   (hl),0             ; neuron 0 becomes the one behind the last
        dec  h
        ld   (hl),4
        ld   a,(found_pointers+1)
        ld   h,a
        ld   (hl),low way_out
        inc  h
        ld   (hl),high way_out
        ld   a,(found_high+1)
        ld   h,a
        ld   ix,scan
        jr   scan_next

; scan: looks for the next activation, and enters its column, which leaves to (IX) = scan.
;   23 T-states a neuron that is not active
scan:
    if LISTS
        ld   sp,(scan_stack)
scan_ei:
        ei                      ; interrupts get their turn behind EXX
        exx
        di
    else
        exx
    endif
scan_next:
    rept 5
        inc  l
        ld   a,(hl)
        add  a,a
        jr   nc,found
    endm
        inc  l
        ld   a,(hl)
        add  a,a
        jr   c,scan_next

; found: enters the column of the neuron at HL', if its activation is not 0.
;   in A twice the sum's high byte
found:  cp   8
        ld   d,(hl)
        dec  h
        ld   a,(hl)
        jr   nc,big
        srl  d
        rra
        srl  d
        rra
        or   a
        jr   z,found_zero
found_pointers:
        ld   h,0
        ld   e,(hl)
        inc  h
        ld   d,(hl)
found_high:
        ld   h,0
; enter: adds a column.
;   in A activation, DE' column; alternate registers are in
enter:
    if LISTS
        ex   de,hl
        ld   sp,hl
        ex   de,hl
        exx
        ld   c,a
        ret
    else
        inc  d
        dec  d
        jr   z,scan_over
        push de
        exx
        pop  de
        ld   c,a
enter_bytes:
        ld   b,0
        call mac_column
        jp   (ix)
    endif
found_zero:
        inc  h
        exx
        jp   (ix)

; big: activations of 256 and more. The column is added twice: the low byte to the low page, and the high byte to the
; high page, from which a carry goes nowhere.
big:    srl  d
        rra
        srl  d
        rra
        ld   b,a
        ld   a,d
        ld   (big_activation),a
        ld   (big_back),ix
        ld   a,(found_pointers+1)
        ld   h,a
        ld   e,(hl)
        inc  h
        ld   d,(hl)
big_high_page:
        ld   h,0
        ld   (big_column),de
        ld   a,b
        ld   ix,_high
        jr   enter
_high:  inc  h
        exx
        ld   de,(big_column)
        ld   a,(big_activation)
        ld   ix,_done
        jr   enter
_done:  dec  h
        ld   ix,(big_back)
        jp   (ix)

scan_over:
        ld   sp,(scan_stack)
    if LISTS
over_ei:
        ei
    endif
        ret
    if LISTS
way_out: dw  scan_over          ; a column that leads out
    else
way_out equ 0
    endif
    endif
