; CP/M: how a program starts, talks and ends on it.
;
;   start         checks the machine, then answers the command tail or chats
;   put_char      prints a character
;   read_line     reads a question
;   check_break   leaves if Control-C was typed
;   leave         back to CP/M
;
; The host's rules (CP/M 2.2 Interface Guide; functions 0 to 12 are all that CP/M 2.2, CP/M 3 and MSX-DOS share):
; a BDOS call preserves no register; the stack given has eight levels, so we bring our own; the word at 0006h
; bounds the memory that a program may use; the command tail at 0080h is in upper case and starts with a space.

WARM_BOOT       equ  0          ; jump here to leave
BDOS            equ  5          ; call here; the word behind the opcode is the first address not ours
TPA_END         equ  6
TAIL            equ  80h        ; its length, then its text
C_READ          equ  1
C_WRITE         equ  2
C_WRITESTR      equ  9
C_READSTR       equ  10
C_STAT          equ  11
CTRL_C          equ  3
LF              equ  10
CR              equ  13

LINE_MAX        equ  255        ; the most that C_READSTR takes

        org  100h

; start: the program's entry. Until the processor is known to be a Z80, only what an 8080 has.
start:  sub  a                  ; SUB sets P for "even" on an 8080, 8085 and V20, and V for "no overflow" on a Z80
        ld   de,not_z80
        jp   pe,refuse
        ld   hl,(TPA_END)       ; memory_end <= (0006h), or the machine is too small
        ld   de,memory_end
        or   a
        sbc  hl,de
        ld   de,too_small
        jp   c,refuse
        ld   sp,stack_top
        call init
        ld   a,(TAIL)           ; a command tail that is not all spaces is the question
        ld   c,a
        ld   b,0
        ld   hl,TAIL+1
        ld   de,line_text
        or   a
        jr   z,_chat
        ldir
        ld   c,a
        ld   hl,line_text
        call trim
        jr   z,_chat
        call answer
        jp   leave
_chat:  ld   hl,banner
        call put_text
        jp   chat

; refuse: prints the text at DE and leaves. The stack is still CP/M's, so RET would do, but 0000h is as good.
refuse: ld   c,C_WRITESTR
        call BDOS
leave:  jp   WARM_BOOT

; put_char: prints A.                                                       destroys all
put_char:
        ld   e,a
        ld   c,C_WRITE
        jp   BDOS

; check_break: leaves if Control-C was typed; other keys are kept for read_line.  destroys all
;   Function 11 says only that there is a key, and function 1 takes it. What is typed while we think goes into `typed`,
;   and where that is full stays where it is.
check_break:
        ld   a,(typed_count)
        cp   TYPED_MAX
        ret  nc
        ld   c,C_STAT
        call BDOS
        or   a
        ret  z
        ld   c,C_READ
        call BDOS
        cp   CTRL_C
        jr   z,leave
        cp   CR
        jr   z,_keep
        cp   ' '
        ret  c                  ; no editing here, and the LF of CR LF is none of ours
_keep:  ld   hl,typed_count
        ld   e,(hl)
        inc  (hl)
        ld   d,0
        ld   hl,typed
        add  hl,de
        ld   (hl),a
        ret

; read_line: reads a question, what was typed ahead first.                  destroys all
;   out HL text, C its length
read_line:
        ld   de,line_text       ; move what was typed ahead, up to the first CR
        ld   hl,typed
        ld   a,(typed_count)
        ld   b,a
        ld   c,0                ; characters of the line
        inc  b
_next:  dec  b
        jr   z,_ask             ; no CR: function 10 reads the rest
        ld   a,(hl)
        inc  hl
        cp   CR
        jr   z,_whole
        ld   (de),a
        inc  de
        inc  c
        push bc
        push de
        push hl
        call put_char
        pop  hl
        pop  de
        pop  bc
        jr   _next
_whole: dec  b                  ; what is behind the CR stays
        ld   a,b
        ld   (typed_count),a
        ld   a,c
        ld   c,b
        ld   b,0
        ld   de,typed
        jr   z,_moved
        ldir
_moved: ld   c,a
        ld   hl,line_text
        ret
_ask:   xor  a
        ld   (typed_count),a
        ld   a,LINE_MAX
        sub  c
        ld   (de),a             ; function 10: the size, then the length comes back, then the text
        push bc
        push de
        ld   c,C_READSTR
        call BDOS
        pop  de                 ; close the gap of two bytes
        pop  bc
        ld   h,d
        ld   l,e
        inc  hl
        ld   a,(hl)
        inc  hl
        push af
        ld   b,0
        add  a,c
        ld   c,a
        pop  af
        push bc
        ld   c,a
        or   a
        jr   z,_closed
        ldir
_closed: pop bc
        ld   hl,line_text
        ret

not_z80:        db "This program needs a Z80.$"
too_small:      db "Not enough memory.$"
