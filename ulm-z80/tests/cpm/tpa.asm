; Says whether the memory up to 8000h belongs to it.

        include "bdos.asm"

        ld   hl,(TPA_TOP)
        ld   de,8000h
        or   a
        sbc  hl,de
        ld   de,enough
        jr   nc,_say
        ld   de,too_small
_say:   ld   c,C_WRITESTR
        jp   BDOS               ; its RET is ours

enough: db   "ENOUGH$"
too_small: db "TOO SMALL$"
