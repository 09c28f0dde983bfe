//! Independent assemblers make the same bytes of the same source.

use std::fs;

use ulm_z80::asm::{FileSources, Image, assemble};

use crate::{forms, others};

/// Assembles `files` (the first is the root) with ours and pasmo.
fn compare(files: &[(&str, &[u8])], defines: &[(&str, i64)]) -> Image {
    let folder = tempfile::tempdir().expect("a folder for the sources");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("a source is written");
    }
    let root = folder.path().join(files[0].0);
    let sources = FileSources::beside(&root);
    let root_name = root.to_str().expect("a path of text");
    let image = assemble(&sources, root_name, defines).unwrap_or_else(|error| panic!("{error}"));
    if let Some(theirs) = others::pasmo(folder.path(), files[0].0, defines) {
        assert_eq!(image.padded(), theirs, "{}", files[0].0);
    }
    image
}

#[test]
fn every_instruction_form() {
    let mut source = String::from(" org 4000h\n");
    let mut count = 0;
    for form in forms::documented() {
        source += &format!(" {form}\n");
        count += 1;
    }
    let image = compare(&[("forms.asm", source.as_bytes())], &[]);
    assert!(count > 900, "{count} forms");
    assert!(image.bytes.len() > 2 * count);
}

#[test]
fn every_form_that_z80asm_knows() {
    let halves = ["ixh", "ixl", "iyh", "iyl"];
    let is_known = |form: &String| {
        // z80asm 1.8 has no SLL, the halves of index registers in some places only, and wants a displacement.
        let lacks = form.starts_with("sll") || halves.iter().any(|half| form.contains(half));
        !lacks && (!form.contains("(ix)") || form == "jp (ix)")
    };
    let lines = forms::documented().into_iter().filter(is_known);
    let lines: Vec<String> = lines.map(|form| format!(" {form}\n")).collect();
    assert!(lines.len() > 800, "{} forms", lines.len());
    let source = format!(" org 4000h\n{}", lines.concat());
    let folder = tempfile::tempdir().expect("a folder for the source");
    let root = folder.path().join("forms.asm");
    fs::write(&root, source).expect("the source is written");
    let root_name = root.to_str().expect("a path of text");
    let image = assemble(&FileSources::beside(&root), root_name, &[]);
    let image = image.unwrap_or_else(|error| panic!("{error}"));
    if let Some(theirs) = others::z80asm(folder.path(), "forms.asm") {
        assert_eq!(image.bytes, theirs);
    }
}

#[test]
fn upper_case_and_blanks() {
    let source =
        b"Start:\tLD\tA , ( IX + 5 )\r\n\tEx  AF , AF'\n  Jp\tNZ,Start ; 'comment\n  DEFB 'A';\n";
    compare(&[("case.asm", source)], &[]);
}

#[test]
fn numbers_strings_and_operators() {
    let source = br#"
        org  100h
first:  db   255, 0FFh, $FF, 0xFF, %1101, 1101b, 'A', "A", 1Bh, 0bh
        db   "text", 'it''s', "a\n\r\t\a\\\"\x41", "", ";", ';'
        db   1+2*3, (1+2)*3, 16/4/2, 100 mod 7, 100 % 7, 1 << 3, 80h >> 4, (1 << 2)+1
        db   6 & 3, 4 | 1, 6 and 3, 4 or 1, 5 xor 1, 6 & 3 | 8, not 5 & 0FFh, ~5 & 15
        db   -2, +3, -(2+5), (-2)+5, 3*(-2), !0, !7, 0F0h | 1 << 1
        db   3 = 3, 3 != 3, 3 < 4, 3 <= 2, 3 eq 3, 3 > 2, 3 >= 9, 3 gt 2, 3 lt 2, 3 ne 2, 3 ge 3, 3 le 1
        db   high 1234h, low 1234h, high (1200h+34h), (high last)+1, low last
        dw   1234h, -1, first, last, $, $-first, last-first, "A", 8000h shr 15, 1 shl 15
        dw   (first+255)/256*256, (first+255) & 0FF00h
last:   db   $-first & 0FFh
"#;
    compare(&[("numbers.asm", source)], &[]);
}

#[test]
fn directives() {
    let source = br#"
size    equ  4
later   equ  after+1
        org  100h
start:  jp   after
        ds   size
        ds   3,0AAh
        if   size = 4
        if   0
        db   1
        else
        db   2
        endif
        else
        db   3
        endif
        if   !defined LAYOUT
        db   4
        else
        db   LAYOUT
        endif
        include "part.asm"
        incbin  "table.bin"
        org  140h
after:  dw   later, part, start
        defm "end"
buffer: ds   size*2
behind: defs 1
        end  start
        nothing of this counts (
"#;
    let part = b"part:   ld   a,(ix-size)\n        ret\n";
    let files: [(&str, &[u8]); 3] = [
        ("directives.asm", source),
        ("part.asm", part),
        ("table.bin", &[0, 255, 13, 10, 26, 59]),
    ];
    let image = compare(&files, &[]);
    assert_eq!(image.entry, Some(0x100));
    assert_eq!(image.end, 0x140 + 9 + 9);
    assert_eq!(
        image.bytes.len(),
        0x40 + 9,
        "the space at the end is not stored"
    );
    compare(&files, &[("LAYOUT", 9)]);
}

#[test]
fn macros_repetitions_and_local_labels() {
    let source = br#"
addto   macro pair, value
        local skip
        ld   a,value*2
        or   a
        jr   z,skip
        add  hl,pair
skip:   nop
        endm

        macro twice, code
        code
        code
        endm

wait    macro
        local again
again:  djnz again
        endm

main:   addto de, 1+2
_loop:  addto bc, 'A'
        twice exx
        twice ldi
        djnz _loop
        rept 3
        inc  hl
        rept 2
        dec  de
        endm
        endm
        jr   _loop
count   defl 0
        rept 5
        ld   (ix+count),count*3
        wait
count   defl count+1
        endm
other:
_loop:  jr   _loop
        jr   _done
        rept 0
        nop
        endm
_done:  ld   a,(hl)
"#;
    compare(&[("macros.asm", source)], &[]);
}
