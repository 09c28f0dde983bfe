; The conversation: questions, replies, doubt.
;
; A platform gives put_char, read_line, check_break and leave; these may destroy every register.

; chat: asks and answers until `!`.
chat:   ld   hl,prompt
        call put_text
        call read_line
        push hl
        push bc
        call new_line
        pop  bc
        pop  hl
        call trim
        ld   a,c
        dec  a
        jr   nz,_ask
        ld   a,(hl)
        cp   '!'
        jp   z,leave
_ask:   call answer
        jr   chat

; trim: takes the spaces off both ends.                                     equals ulm-core: encode::trim
;   in HL text, C length   out HL, C, Z if nothing is left   destroys A, B, DE
trim:   inc  c
_head:  dec  c
        ret  z
        ld   a,(hl)
        cp   ' '
        jr   nz,_tail
        inc  hl
        jr   _head
_tail:  ld   b,0
        push hl
        add  hl,bc
_back:  dec  hl
        ld   a,(hl)
        cp   ' '
        jr   nz,_done
        dec  c
        jr   _back
_done:  pop  hl
        ret

; answer: prints the reply to a question, and a line end.                   equals ulm-core: Engine::ask
;   in HL text, trimmed, C its length   destroys all
answer: call hear
        ld   a,MAX_REPLY
        ld   (choices_left),a
    if THRESHOLD
        ld   hl,ahead           ; the first three choices, before anything is said
        ld   de,0               ; the sum of their margins
        ld   bc,3*256           ; choices to make, choices made
_think: push bc
        push de
        push hl
        call choose
        pop  hl
        pop  de
        pop  bc
        jr   c,_weigh           ; the longest reply is shorter than three
        inc  c
        ld   (hl),a
        inc  hl
        push hl
        ld   hl,(margin)
        add  hl,de
        ex   de,hl
        pop  hl
        or   a
        jr   z,_weigh
        djnz _think
_weigh: ld   (hl),0             ; behind the last choice, if it was not EOS
        ld   b,c                ; DE < C * THRESHOLD ?
        ld   hl,0
        push de
        ld   de,THRESHOLD
_times: add  hl,de
        djnz _times
        pop  de
        ex   de,hl
        or   a
        sbc  hl,de
        ld   hl,fallback
        jr   c,_say             ; it did not understand
        ld   hl,ahead
        call put_text
        ld   a,(choices_left)
        or   a
        jr   z,new_line
        jr   _go_on
_say:   call put_text
        jr   new_line
    endif
_go_on: call choose
        jr   c,new_line
        or   a
        jr   z,new_line
        call put_char
        call check_break
        jr   _go_on

new_line:
        ld   hl,line_end
; put_text: prints the text at HL, which a zero ends.                       destroys all
put_text:
        ld   a,(hl)
        or   a
        ret  z
        inc  hl
        push hl
        call put_char
        pop  hl
        jr   put_text

; choose: the network's next choice.                                        equals ulm-core: Choices::next
;   out carry if the reply is as long as it may be; A the character, 0 for EOS; (margin)   destroys all
choose: ld   hl,choices_left
        ld   a,(hl)
        sub  1
        ret  c
        ld   (hl),a
        call think
        cp   CHARSET_ENTRIES-1
        jr   nz,_character
        xor  a
        ld   (choices_left),a
        ret
_character:
        ld   e,a
        ld   d,0
        ld   hl,charset
        add  hl,de
        ld   a,(hl)
        push af
        call lower
        call push_context
        pop  af
        or   a                  ; no carry
        ret

line_end:       db CR,LF,0
prompt:         db "> ",0
