; The faster kernel for packed columns: a piece of code for each byte that four weights of -1, 0 and +1 can make, written
; at the start, and a table that leads there. A byte with a -2 in it is rare; `slow` takes it weight by weight.
;
; In a handler: BC the sum of the first of four neurons, D bytes left, E activation, SP the next byte. It does what the
; four weights say, and ends with a copy of `next_byte`: 63 T-states a byte, 4 a neuron, 30 a weight, 21 a carry.

; A step of -1.
minus_one macro
        ld   a,(bc)
        sub  e
        ld   (bc),a
        jr   nc,$+7
        inc  b
        ld   a,(bc)
        dec  a
        ld   (bc),a
        dec  b
        endm

; mac_column: adds weight * C to each sum.                                  equals ulm-core: kernel::accumulate
;   in DE column, B its bytes, C activation 1 to 255, H page of the sums   destroys AF, BC, DE, L
mac_column:
        ld   (saved_sp),sp
        di
        ex   de,hl
        ld   sp,hl
        ld   a,d
        ld   d,b
        ld   e,c
        ld   b,a
        ld   c,0
        inc  d
next_byte:
        dec  d
        jp   z,column_done
        pop  hl
        dec  sp
        ld   h,high handler_table
        ld   a,(hl)
        inc  h
        ld   h,(hl)
        ld   l,a
        jp   (hl)
NEXT_BYTE_SIZE  equ  $-next_byte
column_done:
        ld   h,b
        ld   sp,(saved_sp)
        ei
        ret

; What a handler does for a weight of +1, and of -1.
one_more:
        ld   a,(bc)
        add  a,e
        ld   (bc),a
        jr   nc,$+7
        inc  b
        ld   a,(bc)
        inc  a
        ld   (bc),a
        dec  b
ONE_MORE_SIZE   equ  $-one_more
one_less:
        minus_one

; slow: a byte with weights of -2.
slow:   dec  sp
        pop  hl                 ; L the byte
        dec  sp
        ld   h,4
_weight: srl l
        jr   c,_odd
        srl  l
        jr   nc,_zero
        minus_one
        minus_one
        jr   _zero
_odd:   srl  l
        jr   c,_minus
        ld   a,(bc)
        add  a,e
        ld   (bc),a
        jr   nc,_zero
        inc  b
        ld   a,(bc)
        inc  a
        ld   (bc),a
        dec  b
        jr   _zero
_minus: minus_one
_zero:  inc  c
        dec  h
        jr   nz,_weight
        jp   next_byte

; init_handlers: writes the handlers and the table.                         destroys all
init_handlers:
        ld   de,handlers
        ld   c,0                ; byte
_byte:  ld   hl,slow
        ld   a,c
        ld   b,4
_test:  rrca
        jr   nc,_even
        rrca
        jr   _tested
_even:  rrca
        jr   c,_point           ; 10: -2
_tested: djnz _test
        ld   h,d
        ld   l,e
        push hl
        ld   a,c
        ld   b,4
_write: push bc
        rrca
        jr   nc,_none
        rrca
        ld   hl,one_more
        jr   nc,_copy
        ld   hl,one_less
_copy:  ld   bc,ONE_MORE_SIZE
        ldir
        jr   _step
_none:  rrca
_step:  ex   de,hl
        ld   (hl),0Ch           ; inc c
        ex   de,hl
        inc  de
        pop  bc
        djnz _write
        push bc
        ld   hl,next_byte
        ld   bc,NEXT_BYTE_SIZE
        ldir
        pop  bc
        pop  hl
_point: ld   a,h
        ld   b,high handler_table
        push de
        ld   d,b
        ld   e,c
        ex   de,hl
        ld   (hl),e
        inc  h
        ld   (hl),a
        pop  de
        inc  c
        jr   nz,_byte
        ret
