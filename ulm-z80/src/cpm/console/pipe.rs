//! Input that is no terminal: a file, or another program's output.

use std::io::{self, BufRead, Write};

use super::{Availability, Console};

/// More text than this before the first question is no banner.
const MAX_BANNER_BYTES: usize = 4096;

/// What a [`Pipe`] shows of a dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PipeStyle {
    /// The replies alone: one line of input, one reply.
    #[default]
    Replies,
    /// Everything, as a terminal would show it: banner, prompts, and what is read.
    Transcript,
}

/// A console for pipes. Line ends are LF on both sides.
///
/// In the style [`PipeStyle::Replies`] it leaves out what is there for a person at a keyboard, so that a program that
/// answers line by line gives one line of output for each line of input. When the program asks for a line
/// (`C_READSTR`),
///
/// - what it printed after its last line break is a prompt, and is dropped;
/// - what it printed before it asked for the first time is a banner, and is dropped, too, up to 4 KB;
/// - a line break that follows the input directly only leaves the input line, and is dropped.
///
/// A program that never asks for a line keeps all of its output. Input is there when the program waits for it, never
/// before: text in a pipe is not typed ahead, and a program that looks for Control-C between two characters must not
/// swallow the next question.
#[derive(Debug)]
pub struct Pipe<R, W> {
    input: R,
    output: W,
    style: PipeStyle,
    /// Text before the first question, or the unfinished line after it.
    held: Vec<u8>,
    has_asked: bool,
    /// Nothing was printed since the last input line.
    is_on_input_line: bool,
    /// A CR that shows only if something else than LF follows.
    pending_cr: bool,
    /// The last byte read was a CR, so an LF after it is no second Enter.
    last_was_cr: bool,
    /// The last byte put out or held.
    last_shown: u8,
}

impl<R: BufRead, W: Write> Pipe<R, W> {
    /// A console from `input` to `output`.
    pub fn new(input: R, output: W, style: PipeStyle) -> Self {
        Self {
            input,
            output,
            style,
            held: Vec::new(),
            has_asked: false,
            is_on_input_line: false,
            pending_cr: false,
            last_was_cr: false,
            last_shown: b'\n',
        }
    }

    /// The console without a banner to wait for: what the program prints is a reply from the start.
    #[must_use]
    pub fn without_banner(mut self) -> Self {
        self.has_asked = true;
        self
    }

    fn release(&mut self) -> io::Result<()> {
        self.output.write_all(&self.held)?;
        self.held.clear();
        self.output.flush()
    }

    fn put(&mut self, byte: u8) -> io::Result<()> {
        self.last_shown = byte;
        self.held.push(byte);
        let is_full = self.held.len() > MAX_BANNER_BYTES;
        if self.style == PipeStyle::Transcript || (self.has_asked && byte == b'\n') || is_full {
            // So much text is no banner, and a line so long no prompt.
            self.has_asked = true;
            self.release()?;
        }
        Ok(())
    }
}

impl<R: BufRead, W: Write> Console for Pipe<R, W> {
    fn write(&mut self, byte: u8) -> io::Result<()> {
        if self.is_on_input_line && self.style == PipeStyle::Replies {
            match byte {
                b'\r' => return Ok(()),
                b'\n' => {
                    self.is_on_input_line = false;
                    return Ok(());
                }
                _ => self.is_on_input_line = false,
            }
        }
        if byte == b'\r' {
            self.pending_cr = true;
            return Ok(());
        }
        if std::mem::take(&mut self.pending_cr) && byte != b'\n' {
            self.put(b'\r')?;
        }
        self.put(byte)
    }

    fn read(&mut self) -> io::Result<Option<u8>> {
        self.output.flush()?;
        loop {
            let mut byte = [0];
            if self.input.read(&mut byte)? == 0 {
                return Ok(None);
            }
            // CR LF and LF are both one Enter.
            let follows_cr = std::mem::replace(&mut self.last_was_cr, byte[0] == b'\r');
            match byte[0] {
                b'\n' if follows_cr => {}
                b'\n' => return Ok(Some(b'\r')),
                other => return Ok(Some(other)),
            }
        }
    }

    fn poll(&mut self, is_idle: bool) -> io::Result<Availability> {
        if !is_idle {
            return Ok(Availability::Later);
        }
        self.output.flush()?;
        Ok(match self.input.fill_buf()?.is_empty() {
            true => Availability::Never,
            false => Availability::Ready,
        })
    }

    fn begin_line(&mut self) {
        if self.style == PipeStyle::Replies {
            self.held.clear();
            self.pending_cr = false;
            self.has_asked = true;
            self.is_on_input_line = true;
        }
    }

    fn is_silent(&self) -> bool {
        self.style == PipeStyle::Replies
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.style == PipeStyle::Transcript && self.last_shown != b'\n' {
            self.put(b'\n')?;
        }
        self.release()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out when `program` prints, with `?` where it reads a line.
    fn shown(input: &str, style: PipeStyle, program: &str) -> String {
        let mut output = Vec::new();
        let mut pipe = Pipe::new(input.as_bytes(), &mut output, style);
        for byte in program.bytes() {
            if byte != b'?' {
                pipe.write(byte).unwrap();
                continue;
            }
            pipe.begin_line();
            while let Some(key) = pipe.read().unwrap().filter(|key| *key != b'\r') {
                if !pipe.is_silent() {
                    pipe.write(key).unwrap();
                }
            }
            if !pipe.is_silent() {
                pipe.write(b'\r').unwrap();
            }
        }
        pipe.finish().unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn replies_alone() {
        let chat = "BANNER\r\nMORE\r\n> ?\r\nHELLO\r\n> ?\r\nFINE\r\n> ?";
        assert_eq!(
            shown("hi\nhow\n", PipeStyle::Replies, chat),
            "HELLO\nFINE\n"
        );
        let bare = ">?\nONE\r\n\r\n>?TWO\n>?";
        assert_eq!(shown("a\r\nb", PipeStyle::Replies, bare), "ONE\n\nTWO\n");
    }

    #[test]
    fn an_empty_reply_is_an_empty_line() {
        let chat = "> ?\r\n\r\n> ?\r\nYES\r\n> ?";
        assert_eq!(shown("\nb\n", PipeStyle::Replies, chat), "\nYES\n");
    }

    #[test]
    fn a_program_that_asks_nothing_keeps_its_output() {
        assert_eq!(
            shown("", PipeStyle::Replies, "A\rB\r\nNO LINE END"),
            "A\rB\nNO LINE END"
        );
        let long = "x".repeat(MAX_BANNER_BYTES + 1) + "\n> ?";
        assert_eq!(
            shown("", PipeStyle::Replies, &long).len(),
            MAX_BANNER_BYTES + 2
        );
    }

    #[test]
    fn transcript() {
        let chat = "BANNER\r\n> ?\r\nHELLO\r\n> ?";
        assert_eq!(
            shown("hi\n", PipeStyle::Transcript, chat),
            "BANNER\n> hi\nHELLO\n> \n"
        );
    }
}
