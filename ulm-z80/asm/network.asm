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
        ld   ix,layers
        ld   hl,sums_a+256      ; the high bytes of the layer before
        ld   de,sums_b          ; the sums of this one
_layer: push hl
        push de
        ld   l,(ix+LAYER_BIASES)
        ld   h,(ix+LAYER_BIASES+1)
        call load_biases
        pop  de
        pop  hl
        push de
        ld   a,d
        ld   (sums_page),a
        push hl
        call sum_layer
        pop  de
        dec  d                  ; the two sets change places
        pop  hl
        inc  h
        ld   bc,LAYER_SIZE
        add  ix,bc
        ld   a,(ix+LAYER_COLUMN_BYTES)
        or   a
        jr   nz,_layer
        dec  h
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
; sum_layer: adds the columns of all inputs that are not zero.              equals ulm-core: Engine::finish, then sum
;   in HL high bytes of the sums before; IX layer; (sums_page)   destroys all but IX
sum_layer:
        ld   e,(ix+LAYER_COLUMNS)
        ld   d,(ix+LAYER_COLUMNS+1)
        ld   b,(ix+LAYER_INPUTS)
_next:  ld   a,(hl)
        add  a,a
        jr   c,_skip            ; negative: ReLU
        push hl
        push de
        push bc
        ld   b,(hl)
        dec  h
        ld   a,(hl)
        srl  b
        rra
        srl  b
        rra
        or   a
        push bc
        ld   c,a
        ld   b,(ix+LAYER_COLUMN_BYTES)
        ld   a,(sums_page)
        ld   h,a
        push de
        call nz,mac_column
        pop  de
        pop  bc
        ld   a,b                ; 256 and more: the high byte is a column more
        or   a
        ld   c,a
        ld   b,(ix+LAYER_COLUMN_BYTES)
        ld   a,(sums_page)
        inc  a
        ld   h,a
        ld   a,c
        or   a
        call nz,mac_column
        pop  bc
        pop  de
        pop  hl
_skip:  inc  l
        ld   a,(ix+LAYER_COLUMN_BYTES)
        add  a,e
        ld   e,a
        jr   nc,_same
        inc  d
_same:  djnz _next
        ret
    endif
