//! Every error names its file and line, and what to do about it.

use ulm_z80::asm::{MemorySources, assemble};

/// The message for a source of one file, `t.asm`.
fn message(text: &str) -> String {
    let sources = MemorySources::new().with("t.asm", text);
    match assemble(&sources, "t.asm", &[]) {
        Ok(image) => panic!("{text:?} assembles to {:?}", image.bytes),
        Err(error) => error.to_string(),
    }
}

#[test]
fn names() {
    let cases = [
        (" jp nowhere", "t.asm:1: nowhere is not defined"),
        (
            "a1: nop\na1: nop",
            "t.asm:2: a1 is already defined at t.asm:1",
        ),
        (
            "a1 equ 1\na1 defl 2",
            "t.asm:2: a1 is already defined at t.asm:1",
        ),
        ("hl: nop", "t.asm:1: hl is a reserved word"),
        ("High: nop", "t.asm:1: High is a reserved word"),
        (
            " if later\n endif\nlater:",
            "t.asm:1: if needs its value at once, but later is not defined above",
        ),
        (
            " ds size\nsize equ 1",
            "t.asm:1: ds needs its value at once, but size is not defined above",
        ),
        (
            "one equ two+1\ntwo equ three+1\nthree equ 3",
            "t.asm:2: two needs three, which itself needs a line below: put the definitions in order",
        ),
        (
            " ld a,one\none equ two\ntwo:",
            "t.asm:2: one needs two, which itself needs a line below: put the definitions in order",
        ),
        (
            "one equ one",
            "t.asm:1: one needs one, which itself needs a line below: put the definitions in order",
        ),
        (
            "first:\n_loop: nop\nsecond: jr _loop",
            "t.asm:3: _loop is not defined",
        ),
        (
            "first:\n_loop: nop\nsize equ 3\n jr _loop",
            "t.asm:4: _loop is not defined",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(message(text), expected, "{text}");
    }
}

#[test]
fn values() {
    let cases = [
        (
            " jr $+130",
            "t.asm:1: relative branch out of range by 1 byte",
        ),
        (
            " nop\n djnz $-130",
            "t.asm:2: relative branch out of range by 4 bytes",
        ),
        (" ld a,256", "t.asm:1: byte 256 is out of range -256 to 255"),
        (
            " ld hl,65535+1",
            "t.asm:1: word 65536 is out of range -65536 to 65535",
        ),
        (
            " ld a,(ix+128)",
            "t.asm:1: displacement 128 is out of range -128 to 127",
        ),
        (
            " ld a,(ix-129)",
            "t.asm:1: displacement -129 is out of range -128 to 127",
        ),
        (" bit 8,a", "t.asm:1: bit 8 is out of range 0 to 7"),
        (" rst 12", "t.asm:1: expected a multiple of 8, found 12"),
        (" im 3", "t.asm:1: mode 3 is out of range 0 to 2"),
        (" db 1/0", "t.asm:1: division by zero"),
        (" db 1 % (2-2)", "t.asm:1: division by zero"),
        (
            " dw (0-3)/2",
            "t.asm:1: -3 is out of range for `/`, which works on 0 to 65535",
        ),
        (
            " dw 70000 > 5",
            "t.asm:1: 70000 is out of range for `>`, which works on 0 to 65535",
        ),
        (
            " dw 65536*65536",
            "t.asm:1: the result of `*` is beyond 32 bits",
        ),
        (
            " dw 4294967295*4294967295*4294967295",
            "t.asm:1: the result of `*` is beyond 32 bits",
        ),
        (
            " dw 4294967295+1-1",
            "t.asm:1: the result of `+` is beyond 32 bits",
        ),
        (" db 99999999999", "t.asm:1: 99999999999 is no number"),
        (" db 0FGh", "t.asm:1: 0FGh is no number"),
        (" db 12a", "t.asm:1: 12a is no number"),
    ];
    for (text, expected) in cases {
        assert_eq!(message(text), expected, "{text}");
    }
}

#[test]
fn instructions() {
    let unknown =
        "is no instruction, directive or macro (a label needs a colon or the first column)";
    assert_eq!(message(" lda 5"), format!("t.asm:1: lda {unknown}"));
    assert_eq!(message("lda a,5"), format!("t.asm:1: lda {unknown}"));
    assert_eq!(message("here: rett"), format!("t.asm:1: rett {unknown}"));
    assert_eq!(message(" exitm"), format!("t.asm:1: exitm {unknown}"));
    let forms = [
        "ld (hl),(hl)",
        "ld hl,de",
        "ld ixh,h",
        "ld l,iyl",
        "ld ixh,iyl",
        "ld ixl,(hl)",
        "ld (ix+1),ixh",
        "ld (ix+1),(iy+1)",
        "ld (bc),b",
        "ld b,(5)",
        "ld b,(de)",
        "ld i,b",
        "ld sp,bc",
        "ld af,5",
        "ld a,(sp)",
        "add b",
        "sub a,b",
        "add hl,ix",
        "add ix,hl",
        "add ix,iy",
        "adc ix,bc",
        "sub hl,de",
        "add a,(5)",
        "inc af",
        "inc (bc)",
        "push sp",
        "pop i",
        "ex hl,de",
        "ex af,af",
        "ex (sp),bc",
        "jp (5)",
        "jp hl",
        "jp (ix+1)",
        "jr po,5",
        "jr (hl)",
        "djnz nz,5",
        "call (hl)",
        "ret a",
        "rl 5",
        "bit a,5",
        "rlc ixh",
        "rlc b,c",
        "bit 1,(ix+1),b",
        "set 1,b,c",
        "in (c)",
        "in b,(5)",
        "out (c),1",
        "out (5),b",
        "im",
        "nop 5",
        "ldi a",
        "ld a",
        "ld a,b,c",
        "cp a,b",
        "push bc,de",
    ];
    for form in forms {
        let expected = format!("t.asm:1: the Z80 has no `{form}`");
        assert_eq!(message(&format!(" {form}")), expected);
    }
}

#[test]
fn grammar() {
    let cases = [
        (
            " ld a,",
            "t.asm:1: expected a value, found the end of the line",
        ),
        (
            " db 1 2",
            "t.asm:1: expected the end of the line, found `2`",
        ),
        (
            " db (1",
            "t.asm:1: expected a closing parenthesis, found the end of the line",
        ),
        (
            " ld (hl,5",
            "t.asm:1: expected a closing parenthesis, found `,`",
        ),
        (
            " db 'ab'+1",
            "t.asm:1: expected a string of one character, found `\"ab\"`",
        ),
        (" db \"open", "t.asm:1: string without closing quote"),
        (" db 'open", "t.asm:1: string without closing quote"),
        (
            " db \"\\q\"",
            "t.asm:1: unknown escape in a double-quoted string",
        ),
        (" ld a,{5}", "t.asm:1: unexpected character '{'"),
        (
            "5 nop",
            "t.asm:1: expected a label or an instruction, found `5`",
        ),
        (
            " include x",
            "t.asm:1: expected a file name in quotes, found `x`",
        ),
        (
            " equ 5",
            "t.asm:1: expected a name before equ or defl, found the end of the line",
        ),
        (" local x", "t.asm:1: local belongs inside a macro"),
        (
            " .error the model's too big",
            "t.asm:1: the model's too big",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(message(text), expected, "{text}");
    }
}

#[test]
fn what_assemblers_read_differently_is_refused() {
    for text in [
        " db -2+5",
        " db ~1*2",
        " db not 1+1",
        " db -1 = 0",
        " db 1 << 2+1",
        " db 1+2 shr 1",
        " db 2*3 << 1",
        " db high 1234h+1",
        " db low $-1",
        " ld a,(5)*2",
        " ld hl,(5)+1",
        " ld a,(ix-3+1)",
        " db 1 &1Fh",
        " db 7 %10+%2",
        " db 3 ^ 1",
    ] {
        let message = message(text);
        assert!(
            message.starts_with("t.asm:1: assemblers disagree about this: "),
            "{text}: {message}"
        );
    }
}

#[test]
fn blocks() {
    let cases = [
        ("\n if 1\n nop", "t.asm:2: if without its end"),
        (
            " if 0\n if 1\n endif\n else\n",
            "t.asm:1: if without its end",
        ),
        (" endif", "t.asm:1: endif without its beginning"),
        (" else", "t.asm:1: else without its beginning"),
        (
            " if 1\n else\n else\n endif",
            "t.asm:3: else without its beginning",
        ),
        (
            " if 0\n else\n else\n endif",
            "t.asm:3: else without its beginning",
        ),
        (" rept 2\n nop", "t.asm:1: rept without its end"),
        ("mm macro\n nop", "t.asm:1: macro without its end"),
        (" endm", "t.asm:1: endm without its beginning"),
        (
            " rept 2\n if 1\n endm\n endif",
            "t.asm:2: if without its end",
        ),
        (
            "mm macro pp\n nop\n endm\n mm",
            "t.asm:4: macro mm takes 1 arguments, found 0",
        ),
        (
            "mm macro\n nop\n endm\n mm 1,2",
            "t.asm:4: macro mm takes 0 arguments, found 2",
        ),
        (
            " rept 2\nmm macro\n endm\n endm",
            "t.asm:2: macro cannot stand inside macro or rept",
        ),
        (
            " rept 2\nx1: nop\n endm",
            "t.asm:2: x1 is already defined at t.asm:2",
        ),
        (
            " org 200h\n nop\n org 100h",
            "t.asm:3: org goes back from 0201h to 0100h",
        ),
        (
            " org 0FFFFh\n ld hl,0",
            "t.asm:2: 2 bytes beyond address FFFFh",
        ),
        (
            " rept 60000\n rept 60000\n endm\n endm",
            "t.asm:2: more lines than a Z80's memory can hold",
        ),
    ];
    for (text, expected) in cases {
        let message = message(text);
        let first = message.lines().next().unwrap_or_default();
        assert_eq!(first, expected, "{text}");
    }
    let nested = " rept 1\n".repeat(100) + &" endm\n".repeat(100);
    assert!(message(&nested).ends_with(": nested too deep"));
    let nested = format!(" db {}1{}", "(".repeat(1000), ")".repeat(1000));
    assert_eq!(message(&nested), "t.asm:1: nested too deep");
}

#[test]
fn the_way_to_an_error_is_told() {
    let sources = MemorySources::new()
        .with(
            "main.asm",
            "\nfill macro value\n ld a,value\n endm\n include \"part.asm\"\n",
        )
        .with("part.asm", "part:\n fill 256\n");
    let error = assemble(&sources, "main.asm", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "main.asm:3: byte 256 is out of range -256 to 255\n  part.asm:2: calls macro fill\n  main.asm:5: includes part.asm"
    );
    let endless = "again macro\n again\n endm\n again\n";
    let sources = MemorySources::new().with("t.asm", endless);
    let error = assemble(&sources, "t.asm", &[]).unwrap_err().to_string();
    assert!(
        error.starts_with("t.asm:2: nested too deep\n  t.asm:2: calls macro again\n"),
        "{error}"
    );
}

#[test]
fn files() {
    let sources = MemorySources::new()
        .with("a.asm", " include \"b.asm\"")
        .with("b.asm", "\n include \"a.asm\"")
        .with("c.asm", " include \"none.asm\"")
        .with("d.asm", " incbin \"none.bin\"")
        .with_bytes("e.asm", &[0xFF][..]);
    let message = |root| assemble(&sources, root, &[]).unwrap_err().to_string();
    assert_eq!(
        message("a.asm"),
        "b.asm:2: a.asm includes itself\n  a.asm:1: includes b.asm"
    );
    assert_eq!(
        message("c.asm"),
        "none.asm: cannot read none.asm: not among the sources in memory\n  c.asm:1: includes none.asm"
    );
    assert_eq!(
        message("d.asm"),
        "d.asm:1: cannot read none.bin: not among the sources in memory"
    );
    assert_eq!(message("e.asm"), "e.asm: cannot read e.asm: not UTF-8 text");
    assert_eq!(
        message("f.asm"),
        "f.asm: cannot read f.asm: not among the sources in memory"
    );
}

#[test]
fn definitions_from_outside() {
    let sources = MemorySources::new().with("t.asm", "WIDTH equ 5\n db WIDTH");
    let message = |defines: &[(&str, i64)]| {
        assemble(&sources, "t.asm", defines)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        message(&[("WIDTH", 6)]),
        "t.asm:1: WIDTH is already defined at definition of WIDTH"
    );
    assert_eq!(
        message(&[("a", 6)]),
        "definition of a: a is a reserved word"
    );
    assert_eq!(
        message(&[("2x", 6)]),
        "definition of 2x: expected a name, found `2x`"
    );
}
