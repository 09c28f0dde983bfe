; Prints A to Z with a pause before each, and looks for Control-C in between.

        include "bdos.asm"

        ld   sp,stack
        ld   a,'A'
next:   push af
        ld   bc,2000
_pause: dec  bc
        ld   a,b
        or   c
        jr   nz,_pause
        ld   c,C_STAT
        call BDOS
        or   a
        jr   z,_none
        ld   c,C_READ
        call BDOS
        cp   CTRL_C
        jr   z,leave
_none:  pop  af
        push af
        ld   e,a
        ld   c,C_WRITE
        call BDOS
        pop  af
        inc  a
        cp   'Z'+1
        jr   nz,next
        jp   WBOOT

leave:  print stopped
        jp   WBOOT

stopped: db  " STOPPED$"

        ds   64
stack:
