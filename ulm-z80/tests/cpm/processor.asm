; Says whether it runs on a Z80. Up to there, only instructions that an 8080 has.

        include "bdos.asm"

        sub  a                  ; 0: an 8080 sets parity (even), a Z80 clears overflow
        ld   de,z80
        jp   po,say
        ld   de,none
say:    ld   c,C_WRITESTR
        call BDOS
        jp   WBOOT

z80:    db   "Z80$"
none:   db   "NO Z80$"
