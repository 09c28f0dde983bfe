//! What the subcommands share: failures and their exit status, reading and writing files.

pub(crate) mod asm;
pub(crate) mod bench;
pub(crate) mod pack;
pub(crate) mod run;

use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Exit status for bad usage and bad input, as clap has it.
const BAD_INPUT: u8 = 2;
/// Exit status where the input was fine, but what it asked for failed.
const FAILED: u8 = 1;

/// A message for standard error, and an exit status.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    status: u8,
}

impl Failure {
    /// The input is wrong.
    pub(crate) fn bad_input(message: impl Display) -> Self {
        Self {
            message: message.to_string(),
            status: BAD_INPUT,
        }
    }

    /// Something went wrong with good input.
    pub(crate) fn failed(message: impl Display) -> Self {
        Self {
            message: message.to_string(),
            status: FAILED,
        }
    }

    /// Tells the user.
    pub(crate) fn report(self) -> ExitCode {
        eprintln!("ulm-z80: {}", self.message);
        ExitCode::from(self.status)
    }
}

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::bad_input(format!("{}: {error}", path.display())))
}

/// Writes a file.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

/// A number with its digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_three() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (number, text) in cases {
            assert_eq!(grouped(number), text);
        }
    }
}
