; Prints a letter for each register that a BDOS call has changed.

        include "bdos.asm"

        ld   sp,stack
        ld   ix,1234h
        ld   iy,5678h
        ld   bc,9ABCh
        exx
        ld   de,1111h
        ld   c,S_BDOSVER
        call BDOS
        push de
        push bc
        push hl                 ; the version
        exx
        ld   hl,-9ABCh
        add  hl,bc
        ld   a,h
        or   l
        ld   (shadow),a
        push ix
        pop  hl
        ld   de,-1234h
        add  hl,de
        ld   a,h
        or   l
        ld   (index),a
        pop  hl
        ld   de,-0022h
        add  hl,de
        ld   a,h
        or   l
        jr   nz,_wrong
        pop  bc
        ld   a,c
        cp   S_BDOSVER
        ld   e,'C'
        call nz,print_e
        pop  hl
        ld   de,-1111h
        add  hl,de
        ld   a,h
        or   l
        ld   e,'D'
        call nz,print_e
        ld   a,(index)
        or   a
        ld   e,'X'
        call nz,print_e
        ld   a,(shadow)
        or   a
        ld   e,'S'
        call nz,print_e
        jp   WBOOT
_wrong: ld   e,'?'
        call print_e
        jp   WBOOT

print_e: ld  c,C_WRITE
        jp   BDOS

shadow: db   0
index:  db   0
        ds   64
stack:
