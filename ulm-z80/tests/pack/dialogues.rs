//! Dialogues with the golden vectors' models.

use ulm_z80::cpm::Script;

use crate::vectors::{Case, Vectors};
use crate::{LAYOUTS, play, program};

const MODELS: [&str; 3] = ["plain-256-64-48", "doubt-256-64-48", "one-layer"];

/// A vector's model and its cases, those that can be typed.
fn model(name: &str) -> (Vec<u8>, Vec<Case>) {
    let vectors = Vectors::load(name);
    let file = vectors.model().to_bytes().unwrap();
    let can_be_typed = |case: &Case| {
        case.query.bytes().all(|b| (b' '..0x7F).contains(&b)) && case.query.trim() != "!"
    };
    let cases = vectors.cases.into_iter().filter(can_be_typed).collect();
    (file, cases)
}

/// One line in, one reply out, the fallback among them, until `!`.
#[test]
fn chat() {
    for name in MODELS {
        let (file, cases) = model(name);
        for layout in LAYOUTS {
            let mut script = Script::new().expect("leaves.\r\n> ");
            let mut dialogue = String::new();
            for case in &cases {
                script = script.input(&format!("{}\r", case.query));
                script = script.expect(&format!("\r\n{}\r\n> ", case.reply));
                dialogue += &format!("> {}\r\r\n{}\r\n", case.query, case.reply);
            }
            let script = script.input("!\r");
            let (output, _) = play(&program(&file, layout), "", &script);
            assert!(output.contains(&dialogue), "{output:?}\n{dialogue:?}");
        }
    }
}

/// `CHAT HELLO THERE` answers once and returns to CP/M; the CCP makes the words upper case.
#[test]
fn command_tail() {
    for name in MODELS {
        let (file, cases) = model(name);
        for layout in LAYOUTS {
            let program = program(&file, layout);
            for case in cases
                .iter()
                .filter(|case| !case.query.trim().is_empty() && case.query.len() < 100)
            {
                let (output, _) = play(&program, &case.query, &Script::new());
                assert_eq!(output, format!("{}\r\n", case.reply), "{:?}", case.query);
            }
        }
    }
}

/// A tail of spaces is none.
#[test]
fn empty_command_tail() {
    let (file, _) = model("one-layer");
    let script = Script::new().expect("> ").input("!\r");
    let (output, _) = play(&program(&file, LAYOUTS[0]), "   ", &script);
    assert!(output.ends_with("> !\r\r\n"), "{output:?}");
}

/// Control-C leaves between two characters, at the first of them.
#[test]
fn control_c() {
    let (file, cases) = model("plain-256-64-48");
    let case = cases.iter().max_by_key(|case| case.reply.len()).unwrap();
    let start = &case.reply[..2];
    let script = Script::new()
        .expect("> ")
        .input(&format!("{}\r", case.query))
        .expect(&format!("\r\n{start}"))
        .input("\x03");
    let (output, _) = play(&program(&file, LAYOUTS[0]), "", &script);
    assert!(output.ends_with(&format!("\r\n{start}")), "{output:?}");
}

/// What is typed while a reply is being written starts the next question, Enter included.
#[test]
fn typed_ahead() {
    let (file, cases) = model("plain-256-64-48");
    let long = cases.iter().max_by_key(|case| case.reply.len()).unwrap();
    let next = cases
        .iter()
        .find(|case| (6..12).contains(&case.query.len()))
        .unwrap();
    let (ahead, rest) = next.query.split_at(3);
    let start = &long.reply[..1];
    let script = Script::new()
        .expect("> ")
        .input(&format!("{}\r", long.query))
        .expect(&format!("\r\n{start}"))
        .input(ahead)
        .expect(&format!("\r\n> {ahead}"))
        .input(&format!("{rest}\r"))
        .expect(&format!("\r\n{}\r\n> ", next.reply))
        .input("!\r");
    play(&program(&file, LAYOUTS[0]), "", &script);
    let script = Script::new()
        .expect("> ")
        .input(&format!("{}\r", long.query))
        .expect(&format!("\r\n{start}"))
        .input("!\r")
        .expect("\r\n> !\r\n");
    play(&program(&file, LAYOUTS[0]), "", &script);
}

/// Lines of every length up to the console buffer's limit.
#[test]
fn long_lines() {
    let (file, _) = model("plain-256-64-48");
    let model = ulm_core::Model::parse(&file).unwrap();
    let mut script = Script::new();
    for length in [0, 1, 254] {
        let line: String = "how are you today? ".chars().cycle().take(length).collect();
        let mut engine = ulm_core::Engine::<256>::new();
        let reply: Vec<u8> = engine.ask(&model, &line).unwrap().collect();
        let reply = String::from_utf8(reply).unwrap();
        script = script.expect("> ").input(&format!("{line}\r"));
        script = script.expect(&format!("\r\n{reply}\r\n"));
    }
    let script = script.expect("> ").input("!\r");
    play(&program(&file, LAYOUTS[0]), "", &script);
}
