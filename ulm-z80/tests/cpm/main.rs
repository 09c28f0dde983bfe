//! The CP/M host, with small programs written for it: dialogues, ends, limits, and what it takes from programs.

mod dialogues;
mod ends;
mod host;
mod nonsense;

use ulm_z80::asm::{FileSources, Image, assemble};
use ulm_z80::cpm::{Config, Cpm, End, RunError, Script};

/// Assembles one of the programs beside this file.
fn program(name: &str, defines: &[(&str, i64)]) -> Image {
    let path = format!("{}/tests/cpm/{name}.asm", env!("CARGO_MANIFEST_DIR"));
    assemble(&FileSources::beside(path.as_ref()), &path, defines)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A machine for a test: it ends if the program doesn't.
fn limited() -> Config {
    Config {
        max_t_states: Some(200_000_000),
        ..Config::default()
    }
}

/// Plays `script` with `bytes` as the command `NAME words`; what was printed, and how it ended.
fn play(
    bytes: &[u8],
    words: &str,
    config: &Config,
    script: Script,
) -> (String, Result<End, RunError>) {
    let mut cpm = Cpm::new(config, script).expect("a machine of this size");
    cpm.load(bytes, "NAME", words).expect("the program fits");
    let end = cpm.run();
    (cpm.console().output(), end)
}

/// As [`play`], on mild and hostile machines, for a program that returns to CP/M.
fn converse(name: &str, words: &str, script: &Script) -> String {
    let image = program(name, &[]);
    let mild = limited();
    let hostile = Config {
        is_hostile: true,
        ..mild
    };
    let [first, second] = [mild, hostile].map(|config| {
        let (output, end) = play(&image.bytes, words, &config, script.clone());
        let end = end.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(end, End::WarmBoot, "{name}");
        output
    });
    assert_eq!(
        first, second,
        "{name} says something else on a hostile machine"
    );
    first
}
