; Reads lines and says them again, until it reads !.

        include "bdos.asm"

        print banner
next:   print prompt
        ld   de,buffer
        ld   c,C_READSTR
        call BDOS
        ld   a,(buffer+2)
        cp   '!'
        jp   z,WBOOT
        print newline
        ld   a,(buffer+1)
        ld   b,a
        ld   hl,buffer+2
        inc  b
_each:  dec  b
        jr   z,_done
        push bc                 ; BDOS preserves no register
        push hl
        ld   e,(hl)
        ld   c,C_WRITE
        call BDOS
        pop  hl
        pop  bc
        inc  hl
        jr   _each
_done:  print newline
        jr   next

banner: db   "ECHO: ! LEAVES", CR, LF, "$"
prompt: db   "> $"
newline: db  CR, LF, "$"
buffer: db   20                 ; the line's limit, its length, its text
        ds   21
