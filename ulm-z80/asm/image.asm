; A chat program: platform, conversation, engine, model, buffers.

        include "model.inc"

ONE             equ  32         ; what one window adds to the activation of its bucket
CONTEXT_BYTES   equ  8
TYPED_MAX       equ  32

; A row of the layer table, one a layer after the first; a row of which LAYER_COLUMN_BYTES is 0 ends it.
LAYER_BIASES    equ  0          ; address
LAYER_COLUMNS   equ  2          ; address
LAYER_COLUMN_BYTES equ 4
LAYER_INPUTS    equ  5          ; 0: 256
LAYER_SIZE      equ  6

        include "cpm.asm"
        include "chat.asm"
        include "encode.asm"
        include "network.asm"
        include "packed.asm"

; init: prepares what is not in the file.                                   destroys all
init:   xor  a
        ld   (typed_count),a
        ret

        include "model.asm"
image_end:

; Buffers: not in the file, and not touched before the machine's memory was checked.
        ds   255-(image_end+255) mod 256
buffers:
base:           ds 2*256        ; first layer: biases, question, padding
sums_a:         ds 3*256
sums_b:         ds 3*256
line_text:      ds LINE_MAX+3
typed:          ds TYPED_MAX
typed_count:    ds 1
context:        ds CONTEXT_BYTES
pad:            ds 1            ; bytes of the context that are padding
choices_left:   ds 1
last_end:       ds 1
first_end:      ds 1
factor:         ds 2
sums_page:      ds 1
bias_count:     ds 1
second:         ds 2            ; the second largest logit
margin:         ds 2
choice:         ds 1
ahead:          ds 4
        ds   96
stack_top:
memory_end:
