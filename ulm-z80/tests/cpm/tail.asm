; Prints the command tail in brackets, then the first file name that CP/M made of it.

        include "bdos.asm"

        ld   sp,stack
        ld   a,(TAIL)
        ld   hl,TAIL+1
        call print_a
        ld   a,8
        ld   hl,5Dh
        call print_a
        ret_to_ccp equ WBOOT
        jp   ret_to_ccp

; print_a: prints A characters from HL in brackets.
print_a: ld  b,a
        ld   e,'['
        call print_e
        inc  b
_each:  dec  b
        jr   z,_done
        ld   e,(hl)
        call print_e
        inc  hl
        jr   _each
_done:  ld   e,']'

; print_e: prints E, keeps BC and HL.
print_e: push bc
        push hl
        ld   c,C_WRITE
        call BDOS
        pop  hl
        pop  bc
        ret

        ds   64
stack:
