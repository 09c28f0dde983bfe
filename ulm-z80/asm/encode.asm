; From bytes to the first layer: the question's trigrams and the context's windows.
;
; The sums of the first layer for the question are in `base`, where what the padding of an empty context adds is part of
; the biases already. Windows of a context are counted: each adds its weights to bytes, `counts`, of which one stands for
; 32 in the sum. The windows that held only padding are taken out of `counts_base` once a byte of the reply comes in, so
; that each step has to count those only that hold one.
;
; Where all of `base` is small, it is split: floor(base / 32) goes to `counts_base`, what is left of it, divided by 4, to
; `rest`, and an activation is 8 * count + rest. A count is then between -64 - 63 and 63 + 63: the 21 windows of padding
; add at most 42 when they go, and those of the reply take at most 42 away, and each at most 21 the other way.
; Else `counts_base` starts from 0, and each step adds 32 times the counts to `base`.

; hear: sums what is the same for every character of a reply into `base`.   equals ulm-core: Engine::hear
;   in HL text, trimmed, C its length   destroys all
hear:   push hl
        push bc
        ld   hl,padding         ; an empty context
        ld   de,context
        ld   bc,CONTEXT_BYTES
        ldir
        ld   a,CONTEXT_BYTES
        ld   (pad),a
        ld   hl,first_biases
        ld   de,base
        call load_biases
        pop  bc
        pop  hl
        inc  c
        dec  c
        jr   z,split
        ld   b,c
        ld   c,' '              ; the byte before
_next:  push bc
        push hl
        ld   a,c                ; h = ((before * 31) + this) * 31 + after
        call lower
        ld   e,a
        ld   d,0
        ld   a,(hl)
        call lower
        call hash
        pop  hl
        push hl
        inc  hl
        ld   a,(hl)
        djnz _inside
        ld   a,' '
_inside: call lower
        call hash
        ld   a,d
        and  high (QUERY_BUCKETS-1)
        ld   h,a
        ld   a,e
        and  low (QUERY_BUCKETS-1)
        ld   l,a
        call column_address
        ld   h,high base
        ld   bc,FIRST_COLUMN_BYTES*256+ONE
        call mac_column
        pop  hl
        pop  bc
        ld   c,(hl)
        inc  hl
        djnz _next
; fall through

; split: divides `base` between `counts_base` and `rest`, or notes in (is_wide) that it doesn't fit.  destroys all
split:
    if LAYERS > 1
        ld   hl,base+256
        ld   b,low FIRST_WIDTH
_check: ld   a,(hl)             ; -2048 to 2047: the high byte is -8 to 7
        add  a,8
        cp   16
        jr   nc,_wide
        inc  l
        djnz _check
        ld   l,b                ; 0
        ld   b,low FIRST_WIDTH
_split: push hl
        ld   d,(hl)
        dec  h
        ld   e,(hl)
        ex   de,hl
        add  hl,hl
        add  hl,hl
        add  hl,hl              ; H the count
        ld   a,l                ; bits 4 to 2 of the sum
        rlca
        rlca
        rlca
        and  7
        ld   c,h
        ld   h,high rest
        pop  de                 ; the place in the high page
        ld   l,e
        ld   (hl),a
        ld   h,high counts_base
        ld   (hl),c
        ex   de,hl
        inc  l
        djnz _split
    if low FIRST_WIDTH
        ld   a,b
        ld   (rest+FIRST_WIDTH),a
    endif
        ld   (is_wide),a        ; anything less than 8
        ret
    endif
_wide:  ld   hl,counts_base
_clear: ld   (hl),0
        inc  l
        jr   nz,_clear
        ld   a,0FFh
        ld   (is_wide),a
        ret

; lower: A-Z become a-z.                                                    equals u8::to_ascii_lowercase
;   in A   out A   destroys F
lower:  cp   'A'
        ret  c
        cp   'Z'+1
        ret  nc
        or   20h
        ret

; hash: DE = 31 * DE + A, modulo 2^16.                                      equals ulm-core: encode::hash
;   destroys HL, F
hash:   ld   h,d
        ld   l,e
        add  hl,hl
        add  hl,hl
        add  hl,hl
        add  hl,hl
        add  hl,hl
        or   a
        sbc  hl,de
        ld   e,a
        ld   d,0
        add  hl,de
        ex   de,hl
        ret

; column_address: DE = first_columns + HL * FIRST_COLUMN_BYTES.             equals ulm-core: Layer::column
;   destroys AF, HL
column_address:
        ex   de,hl
        ld   hl,0
        ld   a,FIRST_COLUMN_BYTES
_bit:   srl  a
        jr   nc,_even
        add  hl,de
_even:  ex   de,hl
        add  hl,hl
        ex   de,hl
        or   a
        jr   nz,_bit
        ld   de,first_columns
        add  hl,de
        ex   de,hl
        ret

; push_context: appends A, in lower case.                                   equals ulm-core: Context::push
;   destroys all; takes the windows that held only padding until now out of
;   `counts_base`
push_context:
        ld   hl,context+1
        ld   de,context
        ld   bc,CONTEXT_BYTES-1
        ldir
        ld   (de),a
        ld   a,(pad)
        or   a
        ret  z
        ld   c,a                ; windows of padding that end where the padding ended
        dec  a
        ld   (pad),a
        ld   b,c
        ld   ix,padding
        ld   a,high counts_base
        ld   d,CONTEXT_OFF
        jr   windows

; count_context: counts the windows that hold a byte of the reply.          equals ulm-core: Engine::sum_first
;   destroys all
count_context:
        ld   a,(pad)
        inc  a
        ld   b,a
        ld   c,CONTEXT_BYTES
        ld   ix,context
        ld   a,high counts
        ld   d,CONTEXT_ON
; windows: counts the context columns of some windows.                        equals ulm-core: Context::windows
;   in IX text of the context; B, C first and last place where a wanted window ends, 1 to 8; A page of counts;
;   D CONTEXT_ON or CONTEXT_OFF   destroys all
windows:
        ld   (last_end),bc      ; and first_end behind it
        ld   e,a
        ld   (counts_page),de   ; and the factor
        ld   a,b                ; the first start: the longest window is 3 bytes
        sub  3
        jr   nc,_skip
        xor  a
_skip:  ld   c,a
        ld   d,0                ; hash so far: 7 * start
        add  a,a
        add  a,a
        add  a,a
        sub  c
        ld   e,a
        ld   b,d
        add  ix,bc
_start: push de
        push ix
        ld   b,c                ; end
        ld   c,3                ; bytes in the longest window
_grow:  inc  b
        ld   a,(last_end)
        cp   b
        jr   c,_next            ; this end is behind all that are wanted
        ld   a,(ix+0)
        inc  ix
        call hash
        ld   a,(first_end)
        dec  a
        cp   b
        jr   nc,_more
        push bc
        push de
        ld   a,d
        and  high (CONTEXT_BUCKETS-1)
        ld   h,a
        ld   a,e
        and  low (CONTEXT_BUCKETS-1)
        ld   l,a
        call context_column
        ld   bc,(counts_page)
        call add_context
        pop  de
        pop  bc
_more:  dec  c
        jr   nz,_grow
_next:  pop  ix
        inc  ix
        pop  hl
        ld   de,7
        add  hl,de
        ex   de,hl
        ld   a,e                ; start = seed / 7
        cp   7*CONTEXT_BYTES
        ret  z
        ld   c,-1
_divide: inc c
        sub  7
        jr   nc,_divide
        jr   _start

; context_column: DE = the column of context bucket HL.                     destroys AF, HL
context_column:
    if LISTS
        add  hl,hl
        ld   de,context_columns
        add  hl,de
        ld   e,(hl)
        inc  hl
        ld   d,(hl)
        ret
    else
        ld   de,QUERY_BUCKETS
        add  hl,de
        jp   column_address
    endif

; add_context: counts a context column.                                     equals ulm-core: Engine::add_context
;   in DE column, C page of counts, B CONTEXT_ON or CONTEXT_OFF   destroys AF, AF', BC, DE, HL
    if LISTS
CONTEXT_ON      equ  0
CONTEXT_OFF     equ  1
add_context:
        push ix
        ld   (saved_sp),sp
        ld   ix,_next
        di
        ex   de,hl
        ld   sp,hl
_next:  pop  hl                 ; a segment: `up` or `down`, changed for each other to take a column off again
        ld   a,h
        xor  b
        ld   h,a
        ld   (_enter+1),hl
        ld   h,c
_enter: jp   0
context_done:
        ld   sp,(saved_sp)
context_ei:
        ei
        pop  ix
        ret
    else
CONTEXT_ON      equ  1
CONTEXT_OFF     equ  -1
add_context:
        ld   h,c
        ld   c,b
        ld   b,FIRST_COLUMN_BYTES
        jp   mac_column
    endif

padding:        db "        "
