//! The other end of CP/M's console: a terminal, a pipe, or a test's script.

mod pipe;
mod script;
mod terminal;

use std::io;

pub use pipe::{Pipe, PipeStyle};
pub use script::{Script, Step};
pub use terminal::Terminal;

/// Whether input is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// A byte can be read without waiting.
    Ready,
    /// Not now.
    Later,
    /// Not any more: the input has ended.
    Never,
}

/// What the emulated BIOS needs of its console. Bytes pass as they are: the program sends CR LF, and Enter is CR.
pub trait Console {
    /// Takes a byte that the program prints.
    ///
    /// # Errors
    ///
    /// Where the host's output fails.
    fn write(&mut self, byte: u8) -> io::Result<()>;

    /// The next byte typed; waits for it. `None` at the end of the input.
    ///
    /// # Errors
    ///
    /// Where the host's input fails.
    fn read(&mut self) -> io::Result<Option<u8>>;

    /// Whether a byte has been typed. `is_idle` says that the program has been asking for so long, and has done nothing
    /// else, that it must be waiting: then the console may wait, too.
    ///
    /// # Errors
    ///
    /// Where the host's input fails.
    fn poll(&mut self, is_idle: bool) -> io::Result<Availability>;

    /// The program asks for a line (`C_READSTR`).
    fn begin_line(&mut self) {}

    /// Whether what is read comes as lines from somewhere that needs no echo. Then what is too long for the program's
    /// buffer is dropped up to the end of its line; a person at a keyboard would notice the limit.
    fn is_silent(&self) -> bool {
        false
    }

    /// Whether the user wants the run to stop, whatever the program does. Asked some hundred times a second.
    ///
    /// # Errors
    ///
    /// Where the host's input fails.
    fn wants_stop(&mut self) -> io::Result<bool> {
        Ok(false)
    }

    /// The program is over: puts out what was held back.
    ///
    /// # Errors
    ///
    /// Where the host's output fails.
    fn finish(&mut self) -> io::Result<()>;
}

impl<C: Console + ?Sized> Console for Box<C> {
    fn write(&mut self, byte: u8) -> io::Result<()> {
        (**self).write(byte)
    }

    fn read(&mut self) -> io::Result<Option<u8>> {
        (**self).read()
    }

    fn poll(&mut self, is_idle: bool) -> io::Result<Availability> {
        (**self).poll(is_idle)
    }

    fn begin_line(&mut self) {
        (**self).begin_line();
    }

    fn is_silent(&self) -> bool {
        (**self).is_silent()
    }

    fn wants_stop(&mut self) -> io::Result<bool> {
        (**self).wants_stop()
    }

    fn finish(&mut self) -> io::Result<()> {
        (**self).finish()
    }
}
