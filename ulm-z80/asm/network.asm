; The network: layers of sums, and the choice.
;
; A layer's sums are two pages, low bytes and high bytes, so that a neuron's number is the low half of its address. The
; page behind them holds nothing: a carry out of a high byte may go there. Two sets of them take turns.

; load_biases: starts the sums of a layer; shared sums start from 0.         equals ulm-core: Engine::start
;   in HL biases: their number rounded up to 16 (0: 256), shared sums behind them in blocks of 16, low bytes, high bytes;
;   D page of the sums   destroys AF, BC, DE, HL
load_biases:
        ld   c,(hl)
        inc  hl
        ld   a,(hl)
        inc  hl
        ld   b,0
        ld   e,b
        inc  c
        dec  c
        jr   nz,_low
        inc  b
_low:   push bc
        push de
        call _page
        pop  de
        inc  d
        pop  bc
_page:  call copy
    if LISTS
        or   a
        ret  z
        push hl
        ex   de,hl              ; behind the biases
        ld   d,0
        ld   e,a
        ld   b,a
        ex   de,hl
        add  hl,hl
        add  hl,hl
        add  hl,hl
        add  hl,hl
        add  hl,de              ; behind the shared sums
        ld   (saved_sp),sp
        di
        ld   sp,hl
        ld   hl,0
_zero:
    rept 8
        push hl
    endm
        djnz _zero
        ld   sp,(saved_sp)
        ei
        pop  hl
    endif
        ret

; think: one step of the network.                                           equals ulm-core: Engine::step, Choice::of
;   out A the choice, (margin)   destroys all
think:  ld   hl,counts_base
        ld   de,counts
        ld   bc,0+(FIRST_WIDTH+15)/16*16
        call copy
        call count_context
    if LAYERS > 1
        ld   hl,scan_first
        ld   de,found_first
        ld   a,(is_wide)
        cp   0FFh
        ld   a,high (counts-1)
        jr   nz,_ready
        call widen
        ld   hl,scan
        ld   de,found
        ld   a,high sums_a      ; the layer before
_ready: ld   (scan_at),hl
        ld   (found_at),de
        ld   hl,layers
        ld   (layer),hl
        ld   d,high sums_b      ; this layer
_layer: push de
        call sum_layer
        pop  de
    if LISTS
        call merge
    endif
        ld   hl,scan
        ld   (scan_at),hl
        ld   hl,found
        ld   (found_at),hl
        ld   a,d
        xor  high (sums_a xor sums_b) ; the two sets change places
        ld   d,a
        xor  high (sums_a xor sums_b)
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
        call widen
        ld   hl,sums_a
    endif
        jp   best

; widen: sums_a = base + 32 * counts, for the first layer.                  equals ulm-core: Engine::sum_first
;   destroys all
widen:  ld   hl,counts
        ld   b,low FIRST_WIDTH
_next:  ld   a,(hl)
        add  a,a
        sbc  a,a                ; sign
        ld   d,a
        ld   e,(hl)
        push hl
        ex   de,hl
        add  hl,hl
        add  hl,hl
        add  hl,hl
        add  hl,hl
        add  hl,hl
        ex   de,hl
        ld   h,high base
        ld   a,(hl)
        inc  h
        ld   c,(hl)
        ld   h,high sums_a
        add  a,e
        ld   (hl),a
        inc  h
        ld   a,c
        adc  a,d
        ld   (hl),a
        pop  hl
        inc  l
        djnz _next
        ret

; copy: BC bytes, a multiple of 16, from HL to DE.                          16.6 T-states a byte   destroys as LDIR
copy:
    rept 16
        ldi
    endm
        jp   pe,copy
        ret

; best: the first largest of the last layer's sums, shifted.                equals ulm-core: Choice::of
;   in HL sums   out A its number, (margin)   destroys all   47 T-states an entry that is clearly smaller than the second
;
; Logits are counted from 0 here, sums from -32768. What has a smaller high byte than four times the second largest logit
; is neither the largest nor the second.
best:   xor  a
        ld   (choice),a
        ld   d,a
        ld   e,a
        ld   (largest),de
        ld   (second),de
        ld   c,a                ; that high byte
        ld   b,CHARSET_ENTRIES
        inc  h
_next:  ld   a,(hl)
        add  a,80h
        cp   c
        jr   nc,_look
_passed: inc  l
        djnz _next
        ld   hl,(largest)
        ld   de,(second)
        or   a
        sbc  hl,de
        ld   (margin),hl
        ld   a,(choice)
        ret
_look:  ld   d,a
        dec  h
        ld   e,(hl)
        inc  h
        srl  d
        rr   e
        srl  d
        rr   e
        push hl
        ld   hl,(largest)
        or   a
        sbc  hl,de
        jr   c,_larger
        ld   hl,(second)
        or   a
        sbc  hl,de
        jr   nc,_same
        jr   _second
_larger: ld  hl,(largest)
        ld   (largest),de
        ex   de,hl
        pop  hl
        ld   a,l
        push hl
        ld   (choice),a
_second: ld  (second),de
        ex   de,hl
        add  hl,hl
        add  hl,hl
        ld   c,h
_same:  pop  hl
        jr   _passed

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
        ld   b,a                ; the neuron behind the last: it is active whatever its low byte
        ld   a,1
        ld   (bc),a
        ld   (scan_stack),sp
        ld   ix,(scan_at)
        jp   (ix)
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
        ld   bc,(found_at)
        push bc
        exx
    if LISTS
        di
    endif
        ld   a,(hl)
        add  a,a
        ret  nc
        exx
first_done:
        exx
        ld   (hl),1             ; neuron 0 becomes the one behind the last
        ld   a,(found_pointers+1)
        ld   h,a
        ld   (hl),low way_out
        inc  h
        ld   (hl),high way_out
        ld   a,(found_high+1)
        ld   h,a
        exx
        ld   ix,(scan_at)
        jp   (ix)

scan_loop macro found
        local next
    if LISTS
        ld   sp,(scan_stack)
        ei                      ; interrupts get their turn behind EXX
        exx
        di
    else
        exx
    endif
next:
    rept 5
        inc  l
        ld   a,(hl)
        add  a,a
        jr   nc,found
    endm
        inc  l
        ld   a,(hl)
        add  a,a
        jr   c,next
        endm

; scan: looks for the next activation, and enters its column, which leaves to (IX) = scan.
;   23 T-states a neuron that is not active
scan:   scan_loop found

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
        jp   z,scan_over
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
big_sum:
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

; scan_first, found_first: the same for the first layer, where a neuron is a count and a rest.
;   in A twice the count
scan_first:
        scan_loop found_first
found_first:
        cp   2*32
        jr   nc,_big
        add  a,a
        add  a,a
        ld   h,high rest
        add  a,(hl)
        jp   nz,found_pointers
        ld   h,high counts
        exx
        jp   (ix)
_big:   ld   d,0
        add  a,a
        rl   d
        add  a,a
        rl   d
        ld   h,high rest
        add  a,(hl)
        jr   big_sum

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
