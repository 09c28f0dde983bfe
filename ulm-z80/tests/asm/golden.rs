//! Bytes by hand from Zilog UM0080, so that a machine without pasmo tests something, too.

use ulm_z80::asm::{MemorySources, assemble};

/// One instruction of each group of UM0080, with the object code that its page gives.
const MANUAL: [(&str, &[u8]); 40] = [
    ("ld h,e", &[0x63]),
    ("ld (ix+5),c", &[0xDD, 0x71, 0x05]),
    ("ld (iy+10h),97h", &[0xFD, 0x36, 0x10, 0x97]),
    ("ld a,(8832h)", &[0x3A, 0x32, 0x88]),
    ("ld a,r", &[0xED, 0x5F]),
    ("ld ix,45A2h", &[0xDD, 0x21, 0xA2, 0x45]),
    ("ld bc,(2130h)", &[0xED, 0x4B, 0x30, 0x21]),
    ("ld hl,(4545h)", &[0x2A, 0x45, 0x45]),
    ("ld (8838h),iy", &[0xFD, 0x22, 0x38, 0x88]),
    ("ld sp,ix", &[0xDD, 0xF9]),
    ("push iy", &[0xFD, 0xE5]),
    ("pop bc", &[0xC1]),
    ("ex af,af'", &[0x08]),
    ("ex (sp),ix", &[0xDD, 0xE3]),
    ("ldir", &[0xED, 0xB0]),
    ("cpd", &[0xED, 0xA9]),
    ("add a,(ix+5)", &[0xDD, 0x86, 0x05]),
    ("adc a,16", &[0xCE, 0x10]),
    ("sbc a,(hl)", &[0x9E]),
    ("cp 60h", &[0xFE, 0x60]),
    ("inc (iy+10h)", &[0xFD, 0x34, 0x10]),
    ("dec d", &[0x15]),
    ("neg", &[0xED, 0x44]),
    ("im 2", &[0xED, 0x5E]),
    ("adc hl,bc", &[0xED, 0x4A]),
    ("sbc hl,de", &[0xED, 0x52]),
    ("add iy,bc", &[0xFD, 0x09]),
    ("rl d", &[0xCB, 0x12]),
    ("sra (ix+3)", &[0xDD, 0xCB, 0x03, 0x2E]),
    ("rld", &[0xED, 0x6F]),
    ("bit 2,b", &[0xCB, 0x50]),
    ("set 0,(iy+3)", &[0xFD, 0xCB, 0x03, 0xC6]),
    ("res 6,d", &[0xCB, 0xB2]),
    ("jp c,1520h", &[0xDA, 0x20, 0x15]),
    ("jr $+5", &[0x18, 0x03]),
    ("djnz $", &[0x10, 0xFE]),
    ("call nc,2135h", &[0xD4, 0x35, 0x21]),
    ("rst 18h", &[0xDF]),
    ("in d,(c)", &[0xED, 0x50]),
    ("outi", &[0xED, 0xA3]),
];

#[test]
fn object_code_of_the_manual() {
    for (text, bytes) in MANUAL {
        let line = format!(" {text}");
        let sources = MemorySources::new().with("line.asm", &line);
        let image = assemble(&sources, "line.asm", &[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(image.bytes, bytes, "{text}");
    }
}

#[test]
fn listing_shows_address_bytes_t_states_and_source() {
    let text = "count: equ 3
 org 100h
start: ld b,count
_loop: djnz _loop
 jp nz,start
pause macro
 nop
 endm
 pause
 db \"hello\"
buffer: ds 20
";
    let sources = MemorySources::new().with("list.asm", text);
    let image = assemble(&sources, "list.asm", &[]).unwrap();
    let listing = image.listing().to_string();
    let expected = "\
addr  bytes        T      line  source
; list.asm
      = 0003                 1  count: equ 3
0100                         2   org 100h
0100  06 03        7         3  start: ld b,count
0102  10 FE        8/13      4  _loop: djnz _loop
0104  C2 00 01     10        5   jp nz,start
0107                         6  pause macro
0107                         7   nop
0107                         8   endm
0107                         9   pause
0107  00           4         7+  nop
0108  68 65 6C 6C           10   db \"hello\"
010C  6F
010D  (20 free)             11  buffer: ds 20

symbols
010D  buffer
0003  count
0100  start
0102  start:_loop
";
    assert_eq!(listing, expected);
}

#[test]
fn space_at_the_end_is_not_stored() {
    let text = " org 8000h\n nop\n ds 2\n halt\n org 8010h\ntop: ds 16\n";
    let sources = MemorySources::new().with("space.asm", text);
    let image = assemble(&sources, "space.asm", &[]).unwrap();
    assert_eq!((image.origin, image.end), (0x8000, 0x8020));
    assert_eq!(image.bytes, [0x00, 0, 0, 0x76]);
    assert_eq!(image.padded().len(), 0x20);
    assert_eq!(image.symbols["top"], 0x8010);
}

#[test]
fn a_program_may_fill_memory_to_its_last_byte() {
    let text = " org 0FFFEh\n dw 1234h\nend_of_memory:\n";
    let sources = MemorySources::new().with("top.asm", text);
    let image = assemble(&sources, "top.asm", &[]).unwrap();
    assert_eq!((image.bytes.len(), image.end), (2, 0x1_0000));
    assert_eq!(image.symbols["end_of_memory"], 0x1_0000);
}
