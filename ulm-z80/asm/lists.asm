; The kernel for columns kept as lists: for each input, the neurons with weight +1, then those with -1 (one with -2
; stands there twice). SP reads them, two neurons with one POP, so interrupts must be off.
;
; Interrupts are on again between two columns, by a plain EI: every host that we know starts programs with them on.
;
; A column is a thread of segments. Each starts with the address where RET enters a chain, so that just as many of its
; steps are left as neurons follow:
;
;       dw plus entry, db neurons ..., [more of these], dw minus entry, db neurons ...
;
; The plus chain ends with RET, into the next segment; the minus chain with JP (IX), out of the column. Of a longer
; list of minus ones, `dw more_minus` comes before each segment but the last. The minus chain is two of the same length,
; one behind the other, as most lists of minus ones are longer than those of plus ones.
;
; In a chain: H low page of the sums, C activation 1 to 255. An odd number of neurons is entered through `plus_odd` or
; `minus_odd`.
;
; One step is 34 T-states: 5 and 4 to read the neuron's number, 18 to add to its low byte, 7 not to carry. A carry runs
; on in a second copy of the chain, which starts by counting it, takes the next neuron as well, and then falls back into
; the first; that is 29 T-states more.

CHAIN_PAIRS     equ  12         ; neurons that one segment can hold, halved
A_PAIR          equ  13         ; bytes of a pair of steps
B_PAIR          equ  19         ; and of those that start with a carry

; step: adds to or subtracts from the sum of the neuron in a register.
plus_step macro neuron
        ld   l,neuron
        ld   a,(hl)
        add  a,c
        ld   (hl),a
        endm

minus_step macro neuron
        ld   l,neuron
        ld   a,(hl)
        sub  c
        ld   (hl),a
        endm

; A carry into the high byte, or out of it.
plus_carry macro
        inc  h
        inc  (hl)
        dec  h
        endm

minus_carry macro
        inc  h
        dec  (hl)
        dec  h
        endm

; The plus chain.                                                           equals ulm-core: weight +1
plus_b:
pair    defl 0
    rept CHAIN_PAIRS/2
        plus_carry
        plus_step d
        jr   nc,plus_a+A_PAIR*(pair+1)
        plus_carry
        pop  de
        plus_step e
        jr   nc,plus_a+A_PAIR*(pair+1)+7
pair    defl pair+1
    endm
        jp   plus_c
plus_a:
pair    defl 0
    rept CHAIN_PAIRS/2
        pop  de
        plus_step e
        jr   c,plus_b+B_PAIR*pair
        plus_step d
        jr   c,plus_b+B_PAIR*pair+9
pair    defl pair+1
    endm
    rept CHAIN_PAIRS/2
        pop  de
        plus_step e
        jr   c,plus_c+B_PAIR*(pair-CHAIN_PAIRS/2)
        plus_step d
        jr   c,plus_c+B_PAIR*(pair-CHAIN_PAIRS/2)+9
pair    defl pair+1
    endm
plus_end:
        ret
plus_c:
pair    defl CHAIN_PAIRS/2
    rept CHAIN_PAIRS/2-1
        plus_carry
        plus_step d
        jr   nc,plus_a+A_PAIR*(pair+1)
        plus_carry
        pop  de
        plus_step e
        jr   nc,plus_a+A_PAIR*(pair+1)+7
pair    defl pair+1
    endm
        plus_carry
        plus_step d
        jr   nc,plus_end
        plus_carry
        ret

; Entries for odd numbers: the POP takes a byte of the segment's address, and then the first neuron.
plus_odd:                       ; entry n: 2 n + 1 neurons
pair    defl CHAIN_PAIRS-1
    rept CHAIN_PAIRS
        dec  sp
        pop  de
        jp   plus_a+A_PAIR*pair+7
pair    defl pair-1
    endm

; The minus chain.                                                          equals ulm-core: weight -1
    if LONG_MINUS
minus_d:
pair    defl 0
    rept CHAIN_PAIRS/2
        minus_carry
        minus_step d
        jr   nc,minus_e+A_PAIR*(pair+1)
        minus_carry
        pop  de
        minus_step e
        jr   nc,minus_e+A_PAIR*(pair+1)+7
pair    defl pair+1
    endm
        jp   minus_g
minus_e:
pair    defl 0
    rept CHAIN_PAIRS/2
        pop  de
        minus_step e
        jr   c,minus_d+B_PAIR*pair
        minus_step d
        jr   c,minus_d+B_PAIR*pair+9
pair    defl pair+1
    endm
    rept CHAIN_PAIRS/2
        pop  de
        minus_step e
        jr   c,minus_g+B_PAIR*(pair-CHAIN_PAIRS/2)
        minus_step d
        jr   c,minus_g+B_PAIR*(pair-CHAIN_PAIRS/2)+9
pair    defl pair+1
    endm
minus_f:
        jp   minus_a
minus_g:
pair    defl CHAIN_PAIRS/2
    rept CHAIN_PAIRS/2-1
        minus_carry
        minus_step d
        jr   nc,minus_e+A_PAIR*(pair+1)
        minus_carry
        pop  de
        minus_step e
        jr   nc,minus_e+A_PAIR*(pair+1)+7
pair    defl pair+1
    endm
        minus_carry
        minus_step d
        jr   nc,minus_f
        minus_carry
        jp   minus_a

    endif
minus_b:
pair    defl 0
    rept CHAIN_PAIRS/2
        minus_carry
        minus_step d
        jr   nc,minus_a+A_PAIR*(pair+1)
        minus_carry
        pop  de
        minus_step e
        jr   nc,minus_a+A_PAIR*(pair+1)+7
pair    defl pair+1
    endm
        jp   minus_c
minus_a:
pair    defl 0
    rept CHAIN_PAIRS/2
        pop  de
        minus_step e
        jr   c,minus_b+B_PAIR*pair
        minus_step d
        jr   c,minus_b+B_PAIR*pair+9
pair    defl pair+1
    endm
    rept CHAIN_PAIRS/2
        pop  de
        minus_step e
        jr   c,minus_c+B_PAIR*(pair-CHAIN_PAIRS/2)
        minus_step d
        jr   c,minus_c+B_PAIR*(pair-CHAIN_PAIRS/2)+9
pair    defl pair+1
    endm
minus_end:
        jp   (ix)
minus_c:
pair    defl CHAIN_PAIRS/2
    rept CHAIN_PAIRS/2-1
        minus_carry
        minus_step d
        jr   nc,minus_a+A_PAIR*(pair+1)
        minus_carry
        pop  de
        minus_step e
        jr   nc,minus_a+A_PAIR*(pair+1)+7
pair    defl pair+1
    endm
        minus_carry
        minus_step d
        jr   nc,minus_end
        minus_carry
        jp   (ix)

minus_odd:
pair    defl CHAIN_PAIRS-1
    rept CHAIN_PAIRS
        dec  sp
        pop  de
        jp   minus_a+A_PAIR*pair+7
pair    defl pair-1
    endm
    if LONG_MINUS
pair    defl CHAIN_PAIRS-1
    rept CHAIN_PAIRS
        dec  sp
        pop  de
        jp   minus_e+A_PAIR*pair+7
pair    defl pair-1
    endm
    endif

; more_minus: enters the next segment so that the thread goes on behind it.
more_minus:
        ld   (_leave+2),ix
        ld   ix,_resume
        ret
_resume:
_leave: ld   ix,0
        ret

; Context columns are counted by two chains of their own, `up` and `down`, which init_chains writes into two pages: at the
; same places in both, so that one bit of the address leads from one to the other.
;
;   offset 0            24 pairs of steps:  pop de / ld l,e / inc (hl) / ld l,d / inc (hl)     40 T-states a pair
;   COUNT_END           jp (ix)
;   COUNT_OVER          jp context_done
;   COUNT_ODD + 5 n     dec sp / pop de / jp to the second half of the pair that 2 n + 1 neurons start with
COUNT_PAIRS     equ  24
COUNT_END       equ  5*COUNT_PAIRS
COUNT_OVER      equ  COUNT_END+2
COUNT_ODD       equ  COUNT_OVER+3

; init_chains: writes the chains.                                           destroys all
init_chains:
        ld   hl,up
        ld   a,34h              ; inc (hl)
        call _chain
        ld   hl,down
        inc  a                  ; dec (hl)
_chain: ld   b,COUNT_PAIRS
_pair:  ld   (hl),0D1h          ; pop de
        inc  l
        ld   (hl),6Bh           ; ld l,e
        inc  l
        ld   (hl),a
        inc  l
        ld   (hl),6Ah           ; ld l,d
        inc  l
        ld   (hl),a
        inc  l
        djnz _pair
        ld   (hl),0DDh          ; jp (ix)
        inc  l
        ld   (hl),0E9h
        inc  l
        ld   (hl),0C3h          ; jp context_done
        inc  l
        ld   (hl),low context_done
        inc  l
        ld   (hl),high context_done
        inc  l
        ld   b,COUNT_PAIRS
        ld   c,COUNT_END-2
_odd:   ld   (hl),3Bh           ; dec sp
        inc  l
        ld   (hl),0D1h          ; pop de
        inc  l
        ld   (hl),0C3h
        inc  l
        ld   (hl),c
        inc  l
        ld   (hl),h
        inc  l
        dec  c
        dec  c
        dec  c
        dec  c
        dec  c
        djnz _odd
        ret

; merge: adds the shared sums of a layer to their two neurons, or takes them from the second, which then has the smaller
; number. They come behind the neurons, and the last comes first.              180 T-states a shared sum
;   in D page of the sums, (layer)   destroys all but DE
merge:  push de
        ld   h,d
        ld   ix,(layer)
        ld   a,(ix+LAYER_SHARED+1)
        ld   (_last+1),a
        cp   (ix+LAYER_SHARED)
        jr   z,_none
        ld   e,(ix+LAYER_SHARED+2)
        ld   d,(ix+LAYER_SHARED+3)
        ld   a,(ix+LAYER_SHARED)
        ld   (saved_sp),sp
        ex   de,hl
        di
        ld   sp,hl
        ex   de,hl
_next:  ld   l,a
        ex   af,af'
        pop  bc                 ; C, B the neurons
        ld   e,(hl)
        inc  h
        ld   d,(hl)
        dec  h
        ld   l,c
        ld   a,(hl)
        add  a,e
        ld   (hl),a
        inc  h
        ld   a,(hl)
        adc  a,d
        ld   (hl),a
        dec  h
        ld   a,c
        cp   b
        ld   l,b
        ld   a,(hl)
        jr   nc,_take
        add  a,e
        ld   (hl),a
        inc  h
        ld   a,(hl)
        adc  a,d
_put:   ld   (hl),a
        dec  h
        ex   af,af'
        dec  a
_last:  cp   0
        jr   nz,_next
        ld   sp,(saved_sp)
        ei
_none:  pop  de
        ret
_take:  sub  e
        ld   (hl),a
        inc  h
        ld   a,(hl)
        sbc  a,d
        jr   _put
