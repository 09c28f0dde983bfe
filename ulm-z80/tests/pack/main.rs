//! Packed programs as their users meet them: dialogues, limits, and the bytes against an independent assembler.

mod against_pasmo;
mod dialogues;
mod limits;
#[expect(dead_code, reason = "these tests look at questions and replies only")]
#[path = "../../../ulm-core/tests/common/vectors.rs"]
mod vectors;

use ulm_core::Model;
use ulm_z80::cpm::{Config, Cpm, End, Script, Stats};
use ulm_z80::pack::{Layout, Options, Packed, pack};

/// All layouts.
const LAYOUTS: [Layout; 2] = [Layout::Packed, Layout::Lists];

/// The program for the model in `file`.
fn program(file: &[u8], layout: Layout) -> Packed {
    let options = Options {
        layout,
        ..Options::default()
    };
    pack(&Model::parse(file).unwrap(), &options).unwrap()
}

/// Plays `script` with a program called with `words`, on a mild and a hostile machine; what was printed and measured.
fn play(program: &Packed, words: &str, script: &Script) -> (String, Stats) {
    let mut played = [false, true].map(|is_hostile| {
        let config = Config {
            is_hostile,
            max_t_states: Some(2_000_000_000),
            ..Config::default()
        };
        let mut cpm = Cpm::new(&config, script.clone()).unwrap();
        cpm.load(&program.image.bytes, "CHAT", words).unwrap();
        assert_eq!(cpm.run().unwrap(), End::WarmBoot);
        (cpm.console().output(), cpm.stats())
    });
    assert_eq!(
        played[0].0, played[1].0,
        "a hostile machine makes a difference"
    );
    std::mem::take(&mut played[0])
}
