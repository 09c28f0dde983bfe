//! A dialogue written down beforehand, for tests.

use std::collections::VecDeque;
use std::io;

use super::{Availability, Console};

/// One step of a [`Script`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The program prints this, after what was expected before.
    Expect(String),
    /// Then these keys are typed: `\r` is Enter, `\x03` Control-C.
    Input(String),
}

/// A console that types keys when the program has said what it should.
///
/// Keys that follow an [`Step::Expect`] are not there before its text is, so that a program that looks for keys while
/// it works finds them at a certain place. At the end of the steps the input has ended.
#[derive(Debug, Clone, Default)]
pub struct Script {
    steps: VecDeque<Step>,
    output: Vec<u8>,
    /// Output up to here has been matched.
    matched: usize,
    is_silent: bool,
}

impl Script {
    /// A script without steps: whatever the program asks, the input has ended.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The program prints `text`.
    #[must_use]
    pub fn expect(mut self, text: &str) -> Self {
        self.steps.push_back(Step::Expect(text.to_owned()));
        self
    }

    /// `keys` are typed.
    #[must_use]
    pub fn input(mut self, keys: &str) -> Self {
        self.steps.push_back(Step::Input(keys.to_owned()));
        self
    }

    /// Without echo of what is typed, so that the output is the program's alone.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.is_silent = true;
        self
    }

    /// All that was printed, with the echo of what was typed. Bytes above 7Fh are shown as Latin-1.
    #[must_use]
    pub fn output(&self) -> String {
        self.output.iter().map(|byte| char::from(*byte)).collect()
    }

    /// Passes the steps that are done; the expectation that is not met, if one comes before any input.
    fn unmet(&mut self) -> Option<String> {
        loop {
            match self.steps.front() {
                Some(Step::Expect(text)) => {
                    let wanted: Vec<u8> = text.chars().map(|c| c as u8).collect();
                    let rest = &self.output[self.matched..];
                    let found = match wanted.is_empty() {
                        true => Some(0),
                        false => rest.windows(wanted.len()).position(|w| w == wanted),
                    };
                    match found {
                        Some(at) => self.matched += at + wanted.len(),
                        None => return Some(text.clone()),
                    }
                }
                Some(Step::Input(keys)) if keys.is_empty() => {}
                _ => return None,
            }
            self.steps.pop_front();
        }
    }

    fn disappointed(&self, wanted: &str) -> io::Error {
        let output = self.output();
        io::Error::other(format!(
            "the script expects {wanted:?} after {:?}, but the program printed {:?}",
            &output.chars().take(self.matched).collect::<String>(),
            &output.chars().skip(self.matched).collect::<String>()
        ))
    }
}

impl Console for Script {
    fn write(&mut self, byte: u8) -> io::Result<()> {
        self.output.push(byte);
        Ok(())
    }

    fn read(&mut self) -> io::Result<Option<u8>> {
        if let Some(wanted) = self.unmet() {
            return Err(self.disappointed(&wanted));
        }
        Ok(match self.steps.front_mut() {
            Some(Step::Input(keys)) => Some(keys.remove(0) as u8),
            _ => None,
        })
    }

    fn poll(&mut self, is_idle: bool) -> io::Result<Availability> {
        Ok(match self.unmet() {
            Some(wanted) if is_idle => return Err(self.disappointed(&wanted)),
            Some(_) => Availability::Later,
            None if self.steps.is_empty() => Availability::Never,
            None => Availability::Ready,
        })
    }

    fn is_silent(&self) -> bool {
        self.is_silent
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(wanted) = self.unmet() {
            return Err(self.disappointed(&wanted));
        }
        match self.steps.front() {
            Some(Step::Input(keys)) => Err(io::Error::other(format!(
                "the program ended before it read {keys:?}"
            ))),
            _ => Ok(()),
        }
    }
}
