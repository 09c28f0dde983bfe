; Waits for keys the way games do: C_RAWIO until there is one. Shows each; Q leaves.

        include "bdos.asm"

        ld   sp,stack
wait:   ld   c,C_RAWIO
        ld   e,0FFh
        call BDOS
        or   a
        jr   z,wait
        cp   'Q'
        jp   z,WBOOT
        ld   e,a
        ld   c,C_RAWIO
        call BDOS
        jr   wait

        ds   64
stack:
