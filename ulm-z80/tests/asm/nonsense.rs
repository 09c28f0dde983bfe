//! No text makes the assembler panic or run for long.

use proptest::prelude::*;
use ulm_z80::asm::{MemorySources, assemble};

fn survives(text: &str) {
    let sources = MemorySources::new().with("t.asm", text);
    match assemble(&sources, "t.asm", &[]) {
        Ok(image) => {
            // Whatever assembles can be listed, and its rows cover its bytes.
            let listed: usize = image.rows.iter().map(|row| row.stored.len()).sum();
            assert!(listed <= image.bytes.len());
            assert!(image.listing().to_string().contains("symbols"));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Words that make a line interesting.
const WORDS: [&str; 60] = [
    "ld",
    "add",
    "bit",
    "jr",
    "djnz",
    "in",
    "out",
    "ex",
    "rst",
    "im",
    "db",
    "dw",
    "ds",
    "org",
    "equ",
    "defl",
    "if",
    "else",
    "endif",
    "rept",
    "endm",
    "macro",
    "local",
    "end",
    "include",
    "\"t.asm\"",
    "incbin",
    "mm",
    "lab",
    "lab:",
    "_loc",
    "_loc:",
    "a",
    "b",
    "hl",
    "ix",
    "(ix+",
    "(hl)",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "<<",
    "high",
    "defined",
    "$",
    "0",
    "1",
    "3",
    "65535",
    "0FFFFh",
    "%101",
    "'x'",
    "\"str\"",
    ";",
];

proptest! {
    #[test]
    fn random_text(text in "(?s).{0,200}") {
        survives(&text);
    }

    #[test]
    fn random_lines_of_known_words(
        lines in prop::collection::vec(prop::collection::vec(prop::sample::select(&WORDS[..]), 0..7), 0..25)
    ) {
        let text: String = lines.iter().map(|words| format!(" {}\n", words.join(" "))).collect();
        survives(&text);
        survives(&text.replace("\n ", "\n"));
    }
}
