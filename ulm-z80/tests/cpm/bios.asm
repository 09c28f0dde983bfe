; Talks to the BIOS itself: CONST until there is a key, CONIN, CONOUT.

        include "bdos.asm"

CONST   equ  6                  ; offsets in the jump table, which starts at BOOT
CONIN   equ  9
CONOUT  equ  12

        ld   sp,stack
wait:   ld   de,CONST
        call bios
        or   a
        jr   z,wait
        ld   de,CONIN
        call bios
        ld   c,a
        ld   de,CONOUT
        call bios
        jp   WBOOT

; bios: jumps to the entry at offset DE.
bios:   ld   hl,(1)             ; WBOOT, the second entry
        add  hl,de
        dec  hl
        dec  hl
        dec  hl
        jp   (hl)

        ds   64
stack:
