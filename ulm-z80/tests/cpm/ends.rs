//! Programs that go wrong come to a clear end.

use ulm_z80::asm::{MemorySources, assemble};
use ulm_z80::cpm::{Config, Cpm, End, LoadError, Script};

use crate::{limited, play};

fn bytes(text: &str) -> Vec<u8> {
    let text = format!(" org 100h\n{text}");
    let sources = MemorySources::new().with("t.asm", &text);
    assemble(&sources, "t.asm", &[])
        .unwrap_or_else(|error| panic!("{error}"))
        .bytes
}

/// The error that a program ends with.
fn error(text: &str, config: &Config) -> String {
    match play(&bytes(text), "", config, Script::new()) {
        (output, Ok(end)) => panic!("{text}: {end:?} after {output:?}"),
        (_, Err(error)) => error.to_string(),
    }
}

#[test]
fn all_ways_back_to_cpm() {
    for text in [
        " ret",
        " jp 0",
        " rst 0",
        " ld c,0\n call 5",
        " ld hl,(1)\n jp (hl)",
    ] {
        let (_, end) = play(&bytes(text), "", &limited(), Script::new());
        assert!(matches!(end, Ok(End::WarmBoot)), "{text}: {end:?}");
    }
}

#[test]
fn functions_that_are_not_emulated_are_named() {
    let cases = [
        (
            15,
            "BDOS function 15 (F_OPEN), called at 0102h, is not emulated",
        ),
        (
            40,
            "BDOS function 40 (F_WRITEZF), called at 0102h, is not emulated",
        ),
        (
            110,
            "BDOS function 110 (no function of CP/M 2.2), called at 0102h, is not emulated",
        ),
    ];
    for (function, message) in cases {
        assert_eq!(
            error(&format!(" ld c,{function}\n call 5"), &limited()),
            message
        );
    }
    let text = " ld hl,(1)\n ld de,24\n add hl,de\n call _jump\n_jump: jp (hl)";
    assert_eq!(
        error(text, &limited()),
        "BIOS function SELDSK, called at 0107h, is not emulated"
    );
}

#[test]
fn devices_that_are_not_there_are_noted() {
    let mut cpm = Cpm::new(&limited(), Script::new()).unwrap();
    let text = " ld c,5\n ld e,65\n call 5\n ld c,5\n call 5\n ld c,3\n call 5\n ret";
    cpm.load(&bytes(text), "NAME", "").unwrap();
    assert_eq!(cpm.run().unwrap(), End::WarmBoot);
    let notes = cpm.notes();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(
        notes[0].starts_with("L_WRITE") && notes[1].starts_with("A_READ"),
        "{notes:?}"
    );
}

#[test]
fn wild_programs() {
    let cases = [
        (
            " nop\n halt",
            "HALT at 0101h, and no interrupt would end it",
        ),
        (" db 0EDh,0FFh,1,2", "no instruction at 0100h: ED FF 01 02"),
        (" jp 38h", "HALT at 0038h, and no interrupt would end it"),
        (
            " jp 0E900h",
            "the instruction at 0100h leads to E900h, inside the operating system",
        ),
        (
            " ld hl,0FFFFh\n jp (hl)",
            "the instruction at 0103h leads to FFFFh, inside the operating system",
        ),
        (
            " ld hl,(1)\n inc hl\n jp (hl)",
            "the instruction at 0104h leads to F704h, inside the operating system",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(error(text, &limited()), message, "{text}");
    }
    let small = Config {
        max_t_states: Some(1000),
        ..Config::default()
    };
    assert_eq!(
        error(" jr $", &small),
        "not finished after 1000 T-states (at 0100h)"
    );
}

#[test]
fn a_string_without_end_is_noticed() {
    let mut cpm = Cpm::new(&limited(), Script::new()).unwrap();
    cpm.load(&bytes(" ld c,9\n ld de,8000h\n call 5"), "NAME", "")
        .unwrap();
    for byte in cpm.z80_mut().memory_mut() {
        if *byte == b'$' {
            *byte = b'x';
        }
    }
    let message = cpm.run().unwrap_err().to_string();
    assert_eq!(message, "C_WRITESTR: no $ ends the string at 8000h");
    // Tabs are spread, so it is no less than all of memory.
    assert!(cpm.console().output().len() >= 0x1_0000);
}

#[test]
fn what_cannot_be_loaded_is_refused() {
    let console = Script::new;
    let mut cpm = Cpm::new(&limited(), console()).unwrap();
    let room = cpm.layout().room();
    assert_eq!(room, 58 * 1024 - 2048);
    assert!(cpm.load(&vec![0; room], "NAME", "").is_ok());
    assert_eq!(
        cpm.load(&vec![0; room + 3], "NAME", ""),
        Err(LoadError::TooLarge { over: 3 })
    );
    let words = "x".repeat(122);
    assert!(cpm.load(&[0xC9], "NAME", &words).is_ok());
    assert_eq!(
        cpm.load(&[0xC9], "NAME5", &words),
        Err(LoadError::CommandTooLong { length: 128 })
    );
    for kb in [0, 3, 63, 255] {
        let config = Config {
            tpa_kb: kb,
            ..Config::default()
        };
        assert_eq!(
            Cpm::new(&config, console()).map(|_| ()),
            Err(LoadError::TpaSize { kb })
        );
    }
}

#[test]
fn every_tpa_size_works() {
    let program = bytes(" ld c,2\n ld e,'!'\n call 5\n ret");
    for tpa_kb in 4..=62 {
        let config = Config {
            tpa_kb,
            ..limited()
        };
        let (output, end) = play(&program, "", &config, Script::new());
        assert!(matches!(end, Ok(End::WarmBoot)), "{tpa_kb} KB: {end:?}");
        assert_eq!(output, "!");
    }
}

#[test]
fn a_program_may_use_all_of_its_tpa_if_it_leaves_by_jp_0() {
    let fill = " ld sp,200h\n ld hl,(6)\n ld l,0\n dec hl\n ld (hl),0\n dec hl\n ld (hl),0\n ld a,h\n cp 3\n jr nz,$-7\n";
    let (_, end) = play(
        &bytes(&format!("{fill} jp 0")),
        "",
        &limited(),
        Script::new(),
    );
    assert!(matches!(end, Ok(End::WarmBoot)), "{end:?}");
}

#[test]
fn a_script_that_is_not_kept_to_is_an_error() {
    let program = bytes(" ld c,2\n ld e,'A'\n call 5\n ld c,1\n call 5\n ret");
    let (_, end) = play(
        &program,
        "",
        &limited(),
        Script::new().expect("B").input("x"),
    );
    let message = end.unwrap_err().to_string();
    assert_eq!(
        message,
        "the script expects \"B\" after \"\", but the program printed \"A\""
    );
    let (_, end) = play(
        &program,
        "",
        &limited(),
        Script::new().expect("A").input("xy"),
    );
    assert_eq!(
        end.unwrap_err().to_string(),
        "the program ended before it read \"y\""
    );
    let (_, end) = play(
        &program,
        "",
        &limited(),
        Script::new().input("x").expect("C"),
    );
    assert!(end.is_err());
}

#[test]
fn the_stack_of_the_ccp_has_eight_levels() {
    // CP/M's return address and seven words of the program's fit; one more overwrites what RET would lead to.
    for (words, survives) in [(7, true), (8, false)] {
        let text = format!(
            " ld hl,7676h\n rept {words}\n push hl\n endm\n rept {words}\n pop hl\n endm\n ret"
        );
        let (_, end) = play(&bytes(&text), "", &limited(), Script::new());
        assert_eq!(
            matches!(end, Ok(End::WarmBoot)),
            survives,
            "{words}: {end:?}"
        );
    }
}
