//! Measures programs on the emulated machine, in T-states: exact, and the same in every run.

mod questions;

use std::io;

use crate::cpm::{Config, Cpm, LoadError, Pipe, PipeStyle, RunError, Stats};
use crate::z80::{Probe, Profile};

pub use questions::QUESTIONS;

/// T-states that a measurement may take: 40 minutes at 4 MHz.
const MAX_T_STATES: u64 = 10_000_000_000;

/// Why a program could not be measured.
#[derive(Debug)]
#[non_exhaustive]
pub enum BenchError {
    /// It does not fit the machine.
    Load(LoadError),
    /// It did something that has no meaning, or took too long.
    Run(RunError),
    /// It printed no reply of two characters.
    NoReply,
}

impl std::fmt::Display for BenchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Load(error) => error.fmt(f),
            Self::Run(error) => error.fmt(f),
            Self::NoReply => f.write_str("it gave no reply of two characters or more"),
        }
    }
}

impl std::error::Error for BenchError {}

/// T-states that a program took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measurement {
    /// Between two characters of a reply, on average.
    pub character: f64,
    /// From the end of the question to the first character, on average.
    pub first: f64,
    /// All that was measured.
    pub stats: Stats,
}

/// Runs `program`, a `.COM` file, and asks it `questions`.
///
/// # Errors
///
/// Where it doesn't run, or says too little to measure.
pub fn measure<S: AsRef<str>>(
    program: &[u8],
    questions: &[S],
    config: &Config,
) -> Result<Measurement, BenchError> {
    measure_probed(program, questions, config, &mut ())
}

/// As [`measure`], with the T-states of each address.
///
/// # Errors
///
/// As [`measure`].
pub fn profile<S: AsRef<str>>(
    program: &[u8],
    questions: &[S],
    config: &Config,
) -> Result<(Measurement, Profile), BenchError> {
    let mut profile = Profile::new();
    let measurement = measure_probed(program, questions, config, &mut profile)?;
    Ok((measurement, profile))
}

fn measure_probed<S: AsRef<str>, P: Probe>(
    program: &[u8],
    questions: &[S],
    config: &Config,
    probe: &mut P,
) -> Result<Measurement, BenchError> {
    let input: String = questions
        .iter()
        .map(|question| format!("{}\n", question.as_ref()))
        .collect();
    let console = Pipe::new(input.as_bytes(), io::sink(), PipeStyle::Replies);
    let config = Config {
        max_t_states: config.max_t_states.or(Some(MAX_T_STATES)),
        ..*config
    };
    let mut cpm = Cpm::new(&config, console).map_err(BenchError::Load)?;
    cpm.load(program, "BENCH", "").map_err(BenchError::Load)?;
    cpm.run_probed(probe).map_err(BenchError::Run)?;
    let stats = cpm.stats();
    match (stats.character.mean(), stats.first.mean()) {
        (Some(character), Some(first)) => Ok(Measurement {
            character,
            first,
            stats,
        }),
        _ => Err(BenchError::NoReply),
    }
}
