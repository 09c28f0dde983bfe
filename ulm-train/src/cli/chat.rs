//! `chat`: a question a line, a reply a line.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;

use ulm_core::encode::QUERY_BYTES;
use ulm_core::{Engine, Model};

use super::failure::Failure;
use super::files::ModelFile;

/// What ends a chat on a terminal.
const LEAVE: &[u8] = b"!";

/// Talk to a model
///
/// On a terminal it prompts, and `!` or the end of the input leaves. Otherwise it prints exactly
/// one reply for each line read.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model
    #[arg(value_name = "MODEL.ulm")]
    model: PathBuf,
}

impl Args {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let file = ModelFile::read(&self.model)?;
        run(&file.model()?)
    }
}

/// Chats with `model` over standard input and output.
pub(crate) fn run(model: &Model<'_>) -> Result<(), Failure> {
    let mut input = BufReader::new(io::stdin());
    let output = io::stdout();
    let done = if io::stdin().is_terminal() {
        on_terminal(model, &mut input, output.lock())
    } else {
        line_by_line(model, &mut input, output.lock())
    };
    done.map_err(|error| Failure::output(&error))
}

fn on_terminal(
    model: &Model<'_>,
    input: &mut impl BufRead,
    mut output: impl Write,
) -> io::Result<()> {
    let mut engine = Engine::<256>::new();
    loop {
        output.write_all(b"> ")?;
        output.flush()?;
        match read_question(input)? {
            None => return output.write_all(b"\n"),
            Some(question) if question.trim_ascii() == LEAVE => return Ok(()),
            Some(question) if question.trim_ascii().is_empty() => {}
            Some(question) => say(&mut engine, model, &question, &mut output)?,
        }
    }
}

fn line_by_line(
    model: &Model<'_>,
    input: &mut impl BufRead,
    mut output: impl Write,
) -> io::Result<()> {
    let mut engine = Engine::<256>::new();
    while let Some(question) = read_question(input)? {
        say(&mut engine, model, &question, &mut output)?;
    }
    Ok(())
}

/// Prints the reply as a line. A whole line at once: there is no wait between characters here.
fn say(
    engine: &mut Engine<256>,
    model: &Model<'_>,
    question: &[u8],
    output: &mut impl Write,
) -> io::Result<()> {
    let reply = engine.ask(model, question).map_err(io::Error::other)?;
    let mut line: String = reply.map(char::from).collect();
    line.push('\n');
    output.write_all(line.as_bytes())?;
    output.flush()
}

/// Reads a line, without its LF or CRLF, and returns as much of it as the network hears: the blanks
/// in front are dropped, then [`QUERY_BYTES`] kept. `None` at the end of the input.
fn read_question(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Line::default();
    let mut any = false;
    loop {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            break;
        }
        any = true;
        let end = available.iter().position(|&byte| byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        for &byte in part {
            line.push(byte);
        }
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            break;
        }
    }
    Ok(any.then_some(line.kept))
}

/// A line of any length in bounded memory.
#[derive(Default)]
struct Line {
    /// What the network hears; one byte more where the line goes on, lest trailing spaces in the
    /// middle of it be taken for its end.
    kept: Vec<u8>,
    /// A CR was read: it counts unless the line ends here.
    pending_cr: bool,
}

impl Line {
    fn push(&mut self, byte: u8) {
        if std::mem::take(&mut self.pending_cr) {
            self.keep(b'\r');
        }
        match byte {
            b'\r' => self.pending_cr = true,
            _ => self.keep(byte),
        }
    }

    fn keep(&mut self, byte: u8) {
        let is_leading = byte == b' ' && self.kept.is_empty();
        let is_heard = self.kept.len() < QUERY_BYTES;
        let is_end = self.kept.len() == QUERY_BYTES && byte != b' ';
        if (is_heard && !is_leading) || is_end {
            self.kept.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulm_core::encode::trim;

    fn questions(mut input: &[u8]) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| read_question(&mut input).unwrap()).collect()
    }

    #[test]
    fn lines_end_in_lf_or_crlf_or_with_the_input() {
        assert_eq!(
            questions(b"a\r\n\nb\rc\r\nd"),
            [&b"a"[..], b"", b"b\rc", b"d"]
        );
        assert_eq!(questions(b""), [&b""[..]; 0]);
        assert_eq!(questions(b"\n"), [b""]);
    }

    #[test]
    fn of_a_long_line_the_network_hears_the_same_as_of_the_whole() {
        let spaces = |n| " ".repeat(n);
        for line in [
            spaces(1000),
            "x".repeat(1000),
            format!("{}y{}z", spaces(700), spaces(300)),
            format!("y{}", spaces(300)),
            format!("y{}z", spaces(254)),
            format!("y{}z", spaces(255)),
            format!("{}{}z", "y".repeat(254), spaces(9)),
            format!("{}{}", "y".repeat(255), spaces(9)),
        ] {
            let kept = questions(line.as_bytes());
            assert_eq!(trim(&kept[0]), trim(line.as_bytes()), "{line:?}");
            assert!(kept[0].len() <= QUERY_BYTES + 1);
        }
    }
}
