//! `ulm-z80 run`: a CP/M program on the emulated Z80.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use ulm_core::format::MAGIC;
use ulm_z80::cpm::{
    Config, Console, Cpm, End, MAX_TPA_KB, MIN_TPA_KB, Pipe, PipeStyle, RunError, Stats, Tally,
    Terminal,
};
use ulm_z80::z80::Processor;

use super::{Failure, grouped};

/// The clock that `--stats` gives seconds for, where `--mhz` says nothing else.
const USUAL_MEGAHERTZ: f64 = 4.0;
/// Exit status after Control-C, as shells have it: 128 and the signal's number.
const STOPPED: u8 = 130;
/// CP/M's names of files have so many characters.
const NAME_LENGTH: usize = 8;

/// The arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = "\
On a terminal, Control-C goes to the program; Control-C twice, or Control-\\, stops a program that doesn't listen.

With a pipe as input, only replies are shown: not the banner, the prompts or the input itself.")]
pub(crate) struct Arguments {
    /// The program, a .COM file, or a model, a .ulm file, which is packed in memory
    file: PathBuf,
    /// The words behind the command's name
    #[arg(trailing_var_arg = true)]
    words: Vec<String>,
    #[command(flatten)]
    how: super::pack::How,
    #[command(flatten)]
    machine: Machine,
    /// With a pipe as input, show everything that a terminal would
    #[arg(long)]
    transcript: bool,
    /// Say at the end how many T-states the replies took
    #[arg(long)]
    stats: bool,
}

/// The machine to run it on.
#[derive(Debug, Args)]
struct Machine {
    /// The processor
    #[arg(long, value_enum, default_value_t = Cpu::Z80)]
    cpu: Cpu,
    /// Run at this clock; default: as fast as possible
    #[arg(long, value_name = "MHZ", value_parser = megahertz)]
    mhz: Option<f64>,
    /// KB of memory between 0100h and the BDOS
    #[arg(long, value_name = "KB", default_value_t = Config::default().tpa_kb,
          value_parser = clap::value_parser!(u8).range(i64::from(MIN_TPA_KB)..=i64::from(MAX_TPA_KB)))]
    tpa: u8,
    /// Give up after so many T-states
    #[arg(long, value_name = "N")]
    max_tstates: Option<u64>,
    /// Do all that a program must expect of CP/M: lose IX, IY and the shadow registers in each call, and interrupt
    #[arg(long)]
    hostile: bool,
    /// Write each instruction and the registers to standard error
    #[arg(long)]
    trace: bool,
}

/// Processors by the names of their chips.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Cpu {
    Z80,
    #[value(name = "8080")]
    I8080,
}

impl Machine {
    fn config(&self) -> Config {
        Config {
            processor: match self.cpu {
                Cpu::Z80 => Processor::Z80,
                Cpu::I8080 => Processor::I8080,
            },
            tpa_kb: self.tpa,
            megahertz: self.mhz,
            max_t_states: self.max_tstates,
            is_hostile: self.hostile,
            is_traced: self.trace,
        }
    }
}

fn megahertz(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.001..=1e6).contains(&value) => Ok(value),
        _ => Err("a clock is a number of MHz above 0".to_owned()),
    }
}

/// Runs a program.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut program = super::read(&arguments.file)?;
    if program.starts_with(&MAGIC) {
        let packed = super::pack::program(&program, &arguments.file, &arguments.how)?;
        program = packed.image.bytes;
    }
    run_program(&program, arguments)
}

fn run_program(program: &[u8], arguments: &Arguments) -> Result<ExitCode, Failure> {
    let path = arguments.file.display();
    let words = arguments.words.join(" ");
    let console = console(arguments, &words)?;
    let mut cpm = Cpm::new(&arguments.machine.config(), console).map_err(Failure::bad_input)?;
    cpm.load(program, &command_name(&arguments.file), &words)
        .map_err(|error| Failure::bad_input(format!("{path}: {error}")))?;
    let end = cpm.run();
    let (stats, notes) = (cpm.stats(), cpm.notes().to_vec());
    // A terminal goes back to its settings before anything else is written.
    drop(cpm);
    for note in notes {
        eprintln!("ulm-z80: {path}: {note}");
    }
    if arguments.stats {
        let megahertz = arguments.machine.mhz.unwrap_or(USUAL_MEGAHERTZ);
        eprint!("{}", describe(&stats, megahertz));
    }
    match end {
        Ok(End::Stopped) => {
            eprintln!("ulm-z80: {path}: stopped");
            Ok(ExitCode::from(STOPPED))
        }
        Ok(_) => Ok(ExitCode::SUCCESS),
        // Whoever reads our output has had enough.
        Err(RunError::Console(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(Failure::failed(format!("{path}: {error}"))),
    }
}

/// The terminal, or a pipe where standard input is none.
fn console(arguments: &Arguments, words: &str) -> Result<Box<dyn Console>, Failure> {
    if io::stdin().is_terminal() {
        let terminal = Terminal::new().map_err(|e| Failure::failed(format!("terminal: {e}")))?;
        return Ok(Box::new(terminal));
    }
    let style = match arguments.transcript {
        true => PipeStyle::Transcript,
        false => PipeStyle::Replies,
    };
    let pipe = Pipe::new(io::stdin().lock(), io::stdout().lock(), style);
    Ok(match words.is_empty() {
        true => Box::new(pipe),
        false => Box::new(pipe.without_banner()),
    })
}

/// The name that the program would be called by.
fn command_name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    stem.chars().take(NAME_LENGTH).collect()
}

/// What `--stats` prints.
fn describe(stats: &Stats, megahertz: f64) -> String {
    let seconds = |t_states: f64| t_states / (megahertz * 1e6);
    let mut text = format!(
        "T-states: {} in {} instructions, {:.2} s at {megahertz} MHz; interrupts off for at most {}\n",
        grouped(stats.t_states),
        grouped(stats.instructions),
        seconds(stats.t_states as f64),
        grouped(stats.interrupts_off)
    );
    let mut line = |tally: &Tally, what: &str| {
        if let Some(mean) = tally.mean() {
            text += &format!(
                "{what}: {} on average, {:.3} s ({} times; at most {})\n",
                grouped(mean.round() as u64),
                seconds(mean),
                grouped(tally.count),
                grouped(tally.max)
            );
        }
    };
    line(&stats.first, "from Enter to the first character");
    line(&stats.character, "between two characters");
    text
}
