//! What programs and users say to each other.

use ulm_z80::cpm::{Config, Cpm, End, Pipe, PipeStyle, Script};
use ulm_z80::z80::Processor;

use crate::{converse, limited, play, program};

#[test]
fn lines_are_read_and_echoed() {
    let script = Script::new()
        .expect("ECHO: ! LEAVES\r\n> ")
        .input("hello\r")
        .expect("hello\r\r\nhello\r\n> ")
        .input("\r")
        .expect("\r\r\n\r\n> ")
        .input("!\r");
    assert!(converse("echo", "", &script).ends_with("> !\r"));
}

#[test]
fn a_full_buffer_ends_the_line() {
    let script = Script::new()
        .expect("> ")
        .input("123456789012345678901234\r")
        .expect("\r\n12345678901234567890\r\n> ")
        .expect("\r\n1234\r\n> ")
        .input("!\r");
    converse("echo", "", &script);
}

#[test]
fn editing_keys() {
    // Typed keys, what the program reads, and what the screen shows of it.
    let cases = [
        ("helo\x08lo\r", "hello", "helo\x08 \x08lo\r"),
        ("\x08\x08a\r", "a", "a\r"),
        ("ab\x7f\x7f\x7fc\r", "c", "abbac\r"),
        (
            "wrong\x18ok\r",
            "ok",
            "wrong\x08 \x08\x08 \x08\x08 \x08\x08 \x08\x08 \x08ok\r",
        ),
        ("wrong\x15ok\r", "ok", "wrong#\r\n  ok\r"),
        ("ab\x12c\r", "abc", "ab#\r\n  abc\r"),
        ("a\x01b\r", "a\x01b", "a^Ab\r"),
        ("a\x01\x08b\r", "ab", "a^A\x08 \x08\x08 \x08b\r"),
        ("a\tb\r", "a\tb", "a     b\r"),
        (
            "a\t\x08b\r",
            "ab",
            "a     \x08 \x08\x08 \x08\x08 \x08\x08 \x08\x08 \x08b\r",
        ),
        ("a\x05b\n", "ab", "a\r\nb\r"),
        ("a\x10\x03b\r", "a\x03b", "a^Cb\r"),
    ];
    for (keys, line, screen) in cases {
        // A tab in the answer starts in another column than in the question.
        let answer = line.replace('\t', "       ");
        let script = Script::new()
            .expect("> ")
            .input(keys)
            .expect(&format!("\r\n{answer}\r\n> "))
            .input("!\r");
        let output = converse("echo", "", &script);
        let shown = output.split("LEAVES\r\n> ").nth(1).unwrap_or_default();
        assert!(shown.starts_with(screen), "{keys:?}: {shown:?}");
    }
}

#[test]
fn control_c_at_the_start_of_a_line_leaves() {
    let script = Script::new()
        .expect("> ")
        .input("a\r")
        .expect("> ")
        .input("\x03");
    assert!(converse("echo", "", &script).ends_with("> ^C"));
}

#[test]
fn control_c_between_two_characters() {
    let script = Script::new().expect("ABC").input("\x03").expect("STOPPED");
    let output = converse("thinker", "", &script);
    assert!(output.len() < 20, "{output}");
    let script = Script::new().expect("XYZ");
    assert_eq!(
        converse("thinker", "", &script),
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    );
}

#[test]
fn control_s_stops_the_output_and_control_c_then_leaves() {
    let script = Script::new()
        .expect("ABC")
        .input("\x13")
        .input("x")
        .expect("Z");
    assert_eq!(
        converse("thinker", "", &script),
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    );
    let script = Script::new().expect("ABC").input("\x13\x03");
    assert_eq!(converse("thinker", "", &script), "ABC");
}

#[test]
fn command_tail() {
    let cases = [
        ("", "[][        ]"),
        ("hello there", "[ HELLO THERE][HELLO   ]"),
        ("b:file.txt more", "[ B:FILE.TXT MORE][FILE    ]"),
        ("  two  spaces ", "[   TWO  SPACES ][TWO     ]"),
    ];
    for (words, output) in cases {
        assert_eq!(converse("tail", words, &Script::new()), output);
    }
}

#[test]
fn the_tpa_is_as_large_as_asked_for() {
    let image = program("tpa", &[]);
    for (tpa_kb, output) in [
        (58, "ENOUGH"),
        (32, "ENOUGH"),
        (31, "TOO SMALL"),
        (4, "TOO SMALL"),
    ] {
        let config = Config {
            tpa_kb,
            ..limited()
        };
        let (printed, end) = play(&image.bytes, "", &config, Script::new());
        assert!(matches!(end, Ok(End::WarmBoot)), "{end:?}");
        assert_eq!(printed, output, "{tpa_kb} KB");
    }
}

#[test]
fn a_program_can_tell_the_processor() {
    let image = program("processor", &[]);
    for is_hostile in [false, true] {
        for (processor, output) in [(Processor::Z80, "Z80"), (Processor::I8080, "NO Z80")] {
            let config = Config {
                processor,
                is_hostile,
                ..limited()
            };
            let (printed, end) = play(&image.bytes, "", &config, Script::new());
            assert!(matches!(end, Ok(End::WarmBoot)), "{end:?}");
            assert_eq!(printed, output);
        }
    }
}

#[test]
fn keys_without_waiting() {
    let script = Script::new().input("ab\x03").expect("ab\x03").input("Q");
    assert_eq!(converse("keys", "", &script), "ab\x03");
}

#[test]
fn the_bios_answers_too() {
    assert_eq!(converse("bios", "", &Script::new().input("k")), "k");
}

#[test]
fn calls_spoil_registers() {
    let image = program("registers", &[]);
    let (printed, _) = play(&image.bytes, "", &limited(), Script::new());
    assert_eq!(printed, "CD");
    let hostile = Config {
        is_hostile: true,
        ..limited()
    };
    let (printed, _) = play(&image.bytes, "", &hostile, Script::new());
    assert_eq!(printed, "CDXS");
}

#[test]
fn interrupts_write_below_an_unguarded_stack_pointer() {
    let hostile = Config {
        is_hostile: true,
        ..limited()
    };
    for (guard, config, printed) in [(1, hostile, "="), (0, hostile, "!"), (0, limited(), "=")] {
        let image = program("stackreader", &[("GUARD", guard)]);
        let (output, end) = play(&image.bytes, "", &config, Script::new());
        assert!(matches!(end, Ok(End::WarmBoot)), "{end:?}");
        assert_eq!(
            output, printed,
            "guard {guard}, hostile {}",
            config.is_hostile
        );
    }
}

/// What comes out of a pipe.
fn piped(name: &str, input: &str, style: PipeStyle) -> (String, End) {
    let mut output = Vec::new();
    let pipe = Pipe::new(input.as_bytes(), &mut output, style);
    let mut cpm = Cpm::new(&limited(), pipe).unwrap();
    cpm.load(&program(name, &[]).bytes, "NAME", "").unwrap();
    let end = cpm.run().unwrap_or_else(|error| panic!("{name}: {error}"));
    drop(cpm);
    (String::from_utf8(output).unwrap(), end)
}

#[test]
fn a_pipe_gives_one_reply_line_for_each_question_line() {
    let (output, end) = piped("echo", "hello\nhow are you\n", PipeStyle::Replies);
    assert_eq!(
        (output.as_str(), end),
        ("hello\nhow are you\n", End::EndOfInput)
    );
    let (output, end) = piped("echo", "\r\nno line end", PipeStyle::Replies);
    assert_eq!((output.as_str(), end), ("\nno line end\n", End::EndOfInput));
    let (output, end) = piped("echo", "one\n!\ntwo\n", PipeStyle::Replies);
    assert_eq!((output.as_str(), end), ("one\n", End::WarmBoot));
    // What is longer than the program's buffer is still one line.
    let (output, _) = piped(
        "echo",
        "12345678901234567890\nx\n12345678901234567890123\ny\n",
        PipeStyle::Replies,
    );
    assert_eq!(output, "12345678901234567890\nx\n12345678901234567890\ny\n");
}

#[test]
fn a_transcript_shows_everything() {
    let (output, _) = piped("echo", "hello\n!\n", PipeStyle::Transcript);
    assert_eq!(output, "ECHO: ! LEAVES\n> hello\nhello\n> !\n");
}

#[test]
fn a_pipe_is_not_typed_ahead() {
    let (output, end) = piped("thinker", "\x03\x03\x03", PipeStyle::Replies);
    assert_eq!(
        (output.as_str(), end),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", End::WarmBoot)
    );
}

#[test]
fn a_program_that_polls_a_pipe_gets_its_keys_and_ends_with_them() {
    let (output, end) = piped("keys", "abc", PipeStyle::Replies);
    assert_eq!((output.as_str(), end), ("abc", End::EndOfInput));
    let (output, end) = piped("keys", "abcQd", PipeStyle::Replies);
    assert_eq!((output.as_str(), end), ("abc", End::WarmBoot));
}
