; The kernel for packed columns: four weights to a byte, the first in the low bits.

; add_weight: what one weight does, from the byte in A.
add_weight macro
        local odd,two,minus,minus_two,carry,next
        rra
        jr   c,odd
        rra
        jr   nc,next
two:    ex   af,af'             ; 10: -2
        ld   a,(hl)
        sub  c
        jr   nc,minus_two
        inc  h
        dec  (hl)
        dec  h
minus_two:
        sub  c
        jr   carry
odd:    rra
        jr   c,minus
        ex   af,af'             ; 01: +1
        ld   a,(hl)
        add  a,c
        ld   (hl),a
        jr   nc,$+5
        inc  h
        inc  (hl)
        dec  h
        ex   af,af'
        jr   next
minus:  ex   af,af'             ; 11: -1
        ld   a,(hl)
        sub  c
carry:  ld   (hl),a
        jr   nc,$+5
        inc  h
        dec  (hl)
        dec  h
        ex   af,af'
next:
        endm

; mac_column: adds weight * C to each sum.                                  equals ulm-core: kernel::accumulate
;   in DE column, B its bytes, C activation 1 to 255, H page of the sums   destroys AF, AF', B, DE, L
mac_column:
        ld   l,0
        jr   _byte
_none:  ld   a,4                ; four zero weights
        add  a,l
        ld   l,a
        dec  b
        ret  z
_byte:  ld   a,(de)
        inc  de
        or   a
        jr   z,_none
        add_weight
        inc  l
        add_weight
        inc  l
        add_weight
        inc  l
        add_weight
        inc  l
        dec  b
        jp   nz,_byte
        ret
