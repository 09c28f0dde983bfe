; The names that the test programs share.

WBOOT      equ 0000h            ; jump here to leave
BDOS       equ 0005h            ; call here
TPA_TOP    equ 0006h            ; the word here bounds the TPA
TAIL       equ 0080h            ; length and text behind the command

P_TERMCPM  equ 0
C_READ     equ 1
C_WRITE    equ 2
C_RAWIO    equ 6
C_WRITESTR equ 9
C_READSTR  equ 10
C_STAT     equ 11
S_BDOSVER  equ 12

CR         equ 13
LF         equ 10
CTRL_C     equ 3

print      macro text
           ld   de,text
           ld   c,C_WRITESTR
           call BDOS
           endm

           org  100h
