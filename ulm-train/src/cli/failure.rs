//! What ends a command early, and the exit status it means.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;

/// Why a command ends before its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something is wrong with the arguments or with what they name: status 2 and a message.
    Input(String),
    /// What was asked for was done, and it found something: status 1. The findings are printed.
    Findings,
    /// Nobody reads the output any more: nothing is left to do, and nothing to say.
    Closed,
}

impl Failure {
    /// A failure with a message, which names what it is about.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::Input(message.into())
    }

    /// A failure about a file.
    pub(crate) fn about(what: impl Display, cause: impl Display) -> Self {
        Self::Input(format!("{what}: {cause}"))
    }

    /// A failure to write to standard output.
    pub(crate) fn output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::about("<stdout>", error),
        }
    }

    /// Says what happened, on standard error, and returns the exit status.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Input(message) => {
                // A closed standard error leaves the exit status to tell.
                let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("error: {message}\n"));
                ExitCode::from(2)
            }
            Self::Findings => ExitCode::from(1),
            Self::Closed => ExitCode::SUCCESS,
        }
    }
}
