; From bytes to the first layer: the question's trigrams and the context's windows.
;
; The sums of the first layer for the question, and for the windows that hold padding only, are in `base`. What the
; padding adds at the start of a reply is part of the biases already.

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
        ret  z
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
;   destroys all; takes the windows that held only padding until now out of `base`
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
        ld   hl,base
        ld   de,-ONE
        jr   windows

; sum_context: adds the windows that hold a byte of the reply to the sums at HL.
;   equals ulm-core: Engine::sum_first   destroys all
sum_context:
        ld   a,(pad)
        inc  a
        ld   b,a
        ld   c,CONTEXT_BYTES
        ld   ix,context
        ld   de,ONE
; windows: adds the context columns of some windows.                        equals ulm-core: Context::windows
;   in IX text of the context; B, C first and last place where a wanted window ends, 1 to 8; DE what to multiply by;
;   HL sums   destroys all
windows:
        ld   (last_end),bc      ; and first_end behind it
        ld   (factor),de
        ld   a,h
        ld   (sums_page),a
        ld   de,0               ; hash so far: 7 * start
        ld   c,0                ; start
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
        push de
        ld   a,(factor)
        ld   c,a
        ld   a,(sums_page)
        call add_context
        pop  de
        ld   a,(factor+1)
        or   a
        jr   z,_added
        ld   c,a
        ld   a,(sums_page)
        inc  a
        call add_context
_added: pop  de
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

; add_context: adds a context column to the sums of the first layer.
;   in DE column, C activation, A page of the sums   destroys AF, AF', BC, DE, HL
add_context:
        ld   h,a
    if LISTS
        push ix
        ld   (saved_sp),sp
        ld   ix,_done
        di
        ex   de,hl
        ld   sp,hl
        ex   de,hl
        ret
_done:  ld   sp,(saved_sp)
context_ei:
        ei
        pop  ix
        ret
    else
        ld   b,FIRST_COLUMN_BYTES
        jp   mac_column
    endif

padding:        db "        "
