//! The machine: loads a program, runs it, and ends.

use std::fmt;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::bdos::State;
use super::console::Console;
use super::layout::{BIOS_ENTRIES, Layout, LoadError};
use super::meter::{Meter, Stats};
use crate::z80::{Probe, Processor, StepError, Z80};

/// T-states between two looks at the clock, the user and the limits: 10 ms at 4 MHz.
const SLICE: u64 = 40_000;
/// A sleep shorter than this is not worth a system call.
const SHORTEST_SLEEP: Duration = Duration::from_millis(2);

/// The machine to emulate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// The processor.
    pub processor: Processor,
    /// KB between 0100h and the BDOS, 4 to 62. Typical machines of 64 KB have 52 to 60.
    pub tpa_kb: u8,
    /// The processor's clock in MHz; `None` for as fast as the host can.
    pub megahertz: Option<f64>,
    /// Ends the run with an error after so many T-states.
    pub max_t_states: Option<u64>,
    /// Whether everything happens that a program must expect: BDOS and BIOS spoil IX, IY and the shadow registers, too,
    /// and interrupts, while they are on, write below the stack. The default is milder: only what the 8080 code of
    /// Digital Research's BDOS spoils.
    pub is_hostile: bool,
    /// Whether each instruction is written to standard error, with the registers before it.
    pub is_traced: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            processor: Processor::Z80,
            tpa_kb: 58,
            megahertz: None,
            max_t_states: None,
            is_hostile: false,
            is_traced: false,
        }
    }
}

/// How a run has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// The program returned to CP/M: by RET, JP 0 or function 0, or by Control-C at the start of an input line.
    WarmBoot,
    /// The program asked for input, and there is no more.
    EndOfInput,
    /// The user has stopped it.
    Stopped,
}

/// Why a run could not go on.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunError {
    /// No instruction, or HALT.
    Step(StepError),
    /// A BDOS function that is not emulated.
    UnknownFunction {
        /// Its number.
        function: u8,
        /// Its name, where CP/M 2.2 has one.
        name: Option<&'static str>,
        /// The address of the call.
        at: u16,
    },
    /// A BIOS function that is not emulated.
    UnknownBios {
        /// Its name.
        name: &'static str,
        /// The address of the call.
        at: u16,
    },
    /// A jump into the operating system, but to none of its entries.
    InSystem {
        /// Where from.
        from: u16,
        /// Where to.
        to: u16,
    },
    /// `C_WRITESTR` with a string that no `$` ends.
    EndlessString {
        /// Its address.
        start: u16,
    },
    /// The limit of T-states was reached.
    Limit {
        /// The limit.
        t_states: u64,
        /// The instruction at hand.
        pc: u16,
    },
    /// The host's console failed, or a script was not kept to.
    Console(io::Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(error) => error.fmt(f),
            Self::UnknownFunction { function, name, at } => {
                let name = name.unwrap_or("no function of CP/M 2.2");
                write!(
                    f,
                    "BDOS function {function} ({name}), called at {at:04X}h, is not emulated"
                )
            }
            Self::UnknownBios { name, at } => {
                write!(
                    f,
                    "BIOS function {name}, called at {at:04X}h, is not emulated"
                )
            }
            Self::InSystem { from, to } => write!(
                f,
                "the instruction at {from:04X}h leads to {to:04X}h, inside the operating system"
            ),
            Self::EndlessString { start } => {
                write!(f, "C_WRITESTR: no $ ends the string at {start:04X}h")
            }
            Self::Limit { t_states, pc } => {
                write!(f, "not finished after {t_states} T-states (at {pc:04X}h)")
            }
            Self::Console(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

impl From<StepError> for RunError {
    fn from(error: StepError) -> Self {
        Self::Step(error)
    }
}

/// The end of a run, good or bad.
#[derive(Debug)]
pub(super) enum Exit {
    End(End),
    Failed(RunError),
}

impl From<RunError> for Exit {
    fn from(error: RunError) -> Self {
        Self::Failed(error)
    }
}

impl From<io::Error> for Exit {
    fn from(error: io::Error) -> Self {
        Self::Failed(RunError::Console(error))
    }
}

/// The clock that a run is held to.
#[derive(Debug)]
struct Pace {
    hertz: f64,
    since: Instant,
    from: u64,
}

/// A CP/M machine with a program.
///
/// ```
/// use ulm_z80::cpm::{Config, Cpm, End, Script};
///
/// // ld c,2 ; ld e,'!' ; jp 5: C_WRITE, whose RET returns to the CCP.
/// let program = [0x0E, 2, 0x1E, b'!', 0xC3, 5, 0];
/// let mut cpm = Cpm::new(&Config::default(), Script::new())?;
/// cpm.load(&program, "BANG", "")?;
/// assert_eq!(cpm.run()?, End::WarmBoot);
/// assert_eq!(cpm.console().output(), "!");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Cpm<C> {
    pub(super) z80: Z80,
    pub(super) console: C,
    pub(super) state: State,
    pub(super) meter: Meter,
    pub(super) is_hostile: bool,
    layout: Layout,
    max_t_states: u64,
    is_traced: bool,
    pace: Option<Pace>,
    notes: Vec<&'static str>,
}

impl<C: Console> Cpm<C> {
    /// A machine without a program.
    ///
    /// # Errors
    ///
    /// Where the TPA's size is not possible.
    pub fn new(config: &Config, console: C) -> Result<Self, LoadError> {
        Ok(Self {
            z80: Z80::with(config.processor),
            console,
            state: State::new(),
            meter: Meter::default(),
            is_hostile: config.is_hostile,
            layout: Layout::with_tpa(config.tpa_kb)?,
            max_t_states: config.max_t_states.unwrap_or(u64::MAX),
            is_traced: config.is_traced,
            pace: config.megahertz.map(|megahertz| Pace {
                hertz: megahertz * 1e6,
                since: Instant::now(),
                from: 0,
            }),
            notes: Vec::new(),
        })
    }

    /// Loads `program` at 0100h, as the command `name` with `words` behind it (without space in front; the CCP makes
    /// it upper case).
    ///
    /// # Errors
    ///
    /// Where the program or the command line is too long.
    pub fn load(&mut self, program: &[u8], name: &str, words: &str) -> Result<(), LoadError> {
        let tail = match words.is_empty() {
            true => String::new(),
            false => format!(" {words}"),
        };
        self.layout.load(&mut self.z80, program, name, &tail)?;
        if !tail.is_empty() {
            self.meter.asked(self.z80.t_states());
        }
        Ok(())
    }

    /// Runs the program to its end.
    ///
    /// # Errors
    ///
    /// Where it does something that has no meaning here, or takes too long.
    pub fn run(&mut self) -> Result<End, RunError> {
        self.run_probed(&mut ())
    }

    /// Runs the program to its end, and tells `probe` of each instruction.
    ///
    /// # Errors
    ///
    /// As [`Cpm::run`].
    pub fn run_probed<P: Probe>(&mut self, probe: &mut P) -> Result<End, RunError> {
        self.pace_anew();
        let exit = self.execute(probe);
        let finished = self.console.finish();
        match exit {
            Exit::Failed(error) => Err(error),
            Exit::End(end) => finished.map(|()| end).map_err(RunError::Console),
        }
    }

    /// Runs until something ends the run, and says what.
    fn execute<P: Probe>(&mut self, probe: &mut P) -> Exit {
        let mut next_look = 0;
        let mut from = self.z80.pc();
        loop {
            let pc = self.z80.pc();
            if pc >= self.layout.fbase {
                match self.system_call(from, pc) {
                    Ok(()) => continue,
                    Err(exit) => return exit,
                }
            }
            if self.z80.t_states() >= next_look {
                match self.look_around() {
                    Ok(()) => next_look = (self.z80.t_states() + SLICE).min(self.max_t_states),
                    Err(exit) => return exit,
                }
            }
            if self.is_traced {
                eprintln!("{}", self.z80.describe());
            }
            match self.z80.step() {
                Ok(t_states) => probe.executed(pc, t_states),
                Err(error) => return Exit::Failed(error.into()),
            }
            from = pc;
        }
    }

    fn system_call(&mut self, from: u16, pc: u16) -> Result<(), Exit> {
        if pc == self.layout.bdos_entry() {
            return self.bdos();
        }
        match pc.checked_sub(self.layout.bios) {
            Some(offset) if offset.is_multiple_of(3) && offset / 3 < BIOS_ENTRIES => {
                self.bios(offset / 3)
            }
            _ => Err(RunError::InSystem { from, to: pc }.into()),
        }
    }

    /// Everything that need not be done at each instruction.
    fn look_around(&mut self) -> Result<(), Exit> {
        let t_states = self.z80.t_states();
        if t_states >= self.max_t_states {
            let t_states = self.max_t_states;
            let pc = self.z80.pc();
            return Err(RunError::Limit { t_states, pc }.into());
        }
        if self.console.wants_stop()? {
            return Err(Exit::End(End::Stopped));
        }
        if self.is_hostile && self.z80.interrupts_are_on() {
            self.spoil_below_stack();
        }
        if let Some(pace) = &self.pace {
            let due = (t_states - pace.from) as f64 / pace.hertz;
            let ahead = Duration::from_secs_f64(due).saturating_sub(pace.since.elapsed());
            if ahead >= SHORTEST_SLEEP {
                thread::sleep(ahead);
            }
        }
        Ok(())
    }

    /// Starts to keep time again, after waiting for the user.
    pub(super) fn pace_anew(&mut self) {
        if let Some(pace) = &mut self.pace {
            pace.since = Instant::now();
            pace.from = self.z80.t_states();
        }
    }

    /// Something that the user should know, said once; gives the result of a function that has none.
    pub(super) fn note(&mut self, text: &'static str) -> u16 {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
        0
    }

    /// What the program asked for and could not get, though it could go on.
    #[must_use]
    pub fn notes(&self) -> &[&'static str] {
        &self.notes
    }

    /// What the run has taken so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        Stats {
            t_states: self.z80.t_states(),
            instructions: self.z80.instructions(),
            first: self.meter.first,
            character: self.meter.character,
            interrupts_off: self.z80.longest_interrupts_off(),
        }
    }

    /// The processor and its memory.
    #[must_use]
    pub fn z80(&self) -> &Z80 {
        &self.z80
    }

    /// The processor and its memory, to be changed between [`Cpm::load`] and [`Cpm::run`].
    pub fn z80_mut(&mut self) -> &mut Z80 {
        &mut self.z80
    }

    /// The console.
    #[must_use]
    pub fn console(&self) -> &C {
        &self.console
    }

    /// Gives the console back.
    #[must_use]
    pub fn into_console(self) -> C {
        self.console
    }

    /// The addresses of this machine's CCP, BDOS and BIOS.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }
}
