; A chat program: platform, conversation, engine, model, buffers.

        include "model.inc"

ONE             equ  32         ; what one window adds to the activation of its bucket
CONTEXT_BYTES   equ  8
TYPED_MAX       equ  32

; A row of the layer table, one a layer after the first. A row of which LAYER_POINTERS is 0 ends it.
LAYER_POINTERS  equ  0          ; page of the columns' addresses, low bytes; high bytes in the next
LAYER_INPUTS    equ  1          ; 0: 256
LAYER_COLUMN_BYTES equ 2        ; packed layout
LAYER_BIASES    equ  3          ; address
LAYER_COLUMNS   equ  5          ; address: packed, the first column; lists, a table of columns
    if LISTS
LAYER_SHARED    equ  7          ; the number of the last shared sum, that of the last neuron, address of a table
LAYER_SIZE      equ  11
    else
LAYER_SIZE      equ  7
    endif

        include "cpm.asm"
        include "chat.asm"
        include "encode.asm"
        include "network.asm"
    if LISTS
        include "packed.asm"
        include "lists.asm"
    else
        include "handlers.asm"
    endif

; init: prepares what is not in the file.                                   destroys all
init:   xor  a
        ld   (typed_count),a
    if LISTS
        call init_chains
    else
        call init_handlers
    endif
    if LAYERS > 1
        ld   hl,layers          ; the pages of column addresses
_layer: ld   d,(hl)
        ld   a,d
        or   a
        ret  z
        inc  hl
        ld   b,(hl)             ; inputs
        inc  hl
        ld   c,(hl)             ; bytes of a column
        inc  hl
        inc  hl
        inc  hl
        push hl
        ld   a,(hl)
        inc  hl
        ld   h,(hl)
        ld   l,a
        ld   e,0
_input: ld   a,l
    if LISTS
        ld   a,(hl)
        inc  hl
    endif
        ld   (de),a
        inc  d
        ld   a,h
    if LISTS
        ld   a,(hl)
        inc  hl
    else
        push bc
        ld   b,0
        add  hl,bc
        pop  bc
    endif
        ld   (de),a
        dec  d
        inc  e
        djnz _input
        ld   a,e                ; where there is room, the way out behind the last
        or   a
        jr   z,_full
        ld   a,low way_out
        ld   (de),a
        inc  d
        ld   a,high way_out
        ld   (de),a
_full:  pop  hl
        ld   bc,LAYER_SIZE-LAYER_COLUMNS
        add  hl,bc
        jr   _layer
    else
        ret
    endif

model:
        include "model.asm"
image_end:

; Buffers: not in the file, and not touched before the machine's memory was checked. `up` must be an even page.
        ds   511-(image_end+511) mod 512
buffers:
base:           ds 2*256        ; first layer: biases, question, padding
sums_a:         ds 3*256
sums_b:         ds 3*256        ; the page before `counts` is not in use
counts:         ds 2*256        ; nor are those behind the counts
counts_base:    ds 2*256
    if LISTS
up:             ds 256
down:           ds 256
    else
handler_table:  ds 2*256
    endif
rest:           ds 256
pointers:       ds (LAYERS-1)*2*256
    if LISTS
    else
handlers:       ds 81*(4+NEXT_BYTE_SIZE)+4*54*ONE_MORE_SIZE
    endif
line_text:      ds LINE_MAX+3
typed:          ds TYPED_MAX
typed_count:    ds 1
context:        ds CONTEXT_BYTES
pad:            ds 1            ; bytes of the context that are padding
choices_left:   ds 1
last_end:       ds 1
first_end:      ds 1
counts_page:    ds 1
factor:         ds 1
is_wide:        ds 1
scan_at:        ds 2
found_at:       ds 2
layer:          ds 2
saved_sp:       ds 2
scan_stack:     ds 2
big_activation: ds 1
big_back:       ds 2
big_column:     ds 2
largest:        ds 2            ; the largest logit, and the second largest
second:         ds 2
margin:         ds 2
choice:         ds 1
ahead:          ds 4
stack:          ds 96
stack_top:
memory_end:
