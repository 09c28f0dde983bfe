//! Training data: `question|reply` pairs, one a line.
//!
//! * A line whose first character is `#` is a comment; a blank line is nothing. Lines end in LF or
//!   CRLF, the last one may end in neither, and a UTF-8 byte order mark may come first.
//! * The first `|` ends the question; there is no second one. Blanks around both parts go.
//! * Questions are lowercased (`A`–`Z`), as the encoder does it; replies are put in upper case
//!   unless asked otherwise ([`ReplyCase`]).
//! * A question is UTF-8 text without NUL. A reply is printable ASCII, at most
//!   [`MAX_REPLY_BYTES`] of it.
//!
//! ```
//! use ulm_train::pairs::{Pairs, ReplyCase};
//!
//! let pairs = Pairs::parse("# small talk\nHello there|hi\n\nwho are you?|a z80\n", ReplyCase::Upper)?;
//! assert_eq!(pairs.len(), 2);
//! let pair = &pairs[0];
//! assert_eq!((pair.question.as_str(), pair.reply.as_str()), ("hello there", "HI"));
//! assert_eq!(pairs.place(pair).to_string(), "<text>:2");
//! # Ok::<(), ulm_train::pairs::PairsError>(())
//! ```

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::ops::Index;
use std::path::Path;
use std::sync::Arc;

/// Longest line that is read, in bytes: far beyond what a network hears of a question (255), and
/// small enough that a file which is no text cannot fill the memory.
pub const MAX_LINE_BYTES: usize = 1 << 16;

/// Longest reply, in bytes: a model states its maximum in one byte.
pub const MAX_REPLY_BYTES: usize = 255;

/// What a path must be to mean standard input.
pub const STDIN: &str = "-";

/// What happens to the letters of replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReplyCase {
    /// They become upper case: a smaller charset, and what old machines print best.
    #[default]
    Upper,
    /// They stay as they are.
    Keep,
}

/// A question and the reply to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The question: trimmed, `A`–`Z` lowercased, not empty.
    pub question: String,
    /// The reply: trimmed, printable ASCII, 1 to [`MAX_REPLY_BYTES`] bytes.
    pub reply: String,
    /// Index into [`Pairs::sources`].
    source: u32,
    /// Line number, from 1.
    line: u32,
}

/// Where a line is. Displays as `file:line`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file's path as it was given, or `<stdin>`.
    pub source: Arc<str>,
    /// Line number, from 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.line)
    }
}

/// Why pairs cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum PairsError {
    /// A file cannot be opened or read.
    Read {
        /// Its path as it was given, or `<stdin>`.
        source: Arc<str>,
        /// The system's reason.
        error: io::Error,
    },
    /// A line is no pair.
    Line {
        /// Where it is.
        place: Place,
        /// What is wrong with it.
        error: LineError,
    },
    /// There is not a single pair.
    Empty {
        /// The files read.
        sources: Vec<Arc<str>>,
    },
}

impl fmt::Display for PairsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { source, error } => write!(f, "{source}: {error}"),
            Self::Line { place, error } => write!(f, "{place}: {error}"),
            Self::Empty { sources } => {
                write!(f, "{}: no question|reply pairs", sources.join(", "))
            }
        }
    }
}

impl Error for PairsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Read { error, .. } => Some(error),
            Self::Line { error, .. } => Some(error),
            Self::Empty { .. } => None,
        }
    }
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineError {
    /// It is longer than [`MAX_LINE_BYTES`].
    TooLong,
    /// It is not UTF-8.
    NotUtf8 {
        /// The first byte that is not, counted from 1.
        column: usize,
        /// Its value.
        byte: u8,
    },
    /// It holds a NUL.
    Nul {
        /// The byte, counted from 1.
        column: usize,
    },
    /// It has no `|`.
    NoBar,
    /// It has a second `|`.
    SecondBar {
        /// The byte, counted from 1.
        column: usize,
    },
    /// Nothing but blanks stands before the `|`.
    EmptyQuestion,
    /// Nothing but blanks stands after the `|`.
    EmptyReply,
    /// The reply holds something else than printable ASCII.
    ReplyCharacter {
        /// The first such character.
        character: char,
    },
    /// The reply is longer than [`MAX_REPLY_BYTES`].
    ReplyTooLong {
        /// Its length, in bytes.
        bytes: usize,
    },
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the line is longer than {MAX_LINE_BYTES} bytes"),
            Self::NotUtf8 { column, byte } => {
                write!(f, "byte {column} of the line ({byte:#04x}) is not UTF-8")
            }
            Self::Nul { column } => write!(f, "byte {column} of the line is a NUL"),
            Self::NoBar => f.write_str("no `|` between a question and a reply"),
            Self::SecondBar { column } => {
                write!(f, "a second `|` in byte {column}: a reply cannot hold one")
            }
            Self::EmptyQuestion => f.write_str("no question before the `|`"),
            Self::EmptyReply => f.write_str("no reply after the `|`"),
            Self::ReplyCharacter { character } => {
                write!(
                    f,
                    "the reply holds {character:?}: only printable ASCII can be said"
                )
            }
            Self::ReplyTooLong { bytes } => write!(
                f,
                "the reply has {bytes} characters, at most {MAX_REPLY_BYTES} can be said"
            ),
        }
    }
}

impl Error for LineError {}

/// Pairs in the order of their lines, each with the place that it came from.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    sources: Vec<Arc<str>>,
    pairs: Vec<Pair>,
}

impl Pairs {
    /// Reads files one after the other; the path `-` is standard input.
    ///
    /// # Errors
    ///
    /// The first thing that cannot be read, the first line that is no pair, or
    /// [`PairsError::Empty`].
    pub fn read<P: AsRef<Path>>(paths: &[P], case: ReplyCase) -> Result<Self, PairsError> {
        let mut pairs = Self::default();
        for path in paths {
            pairs.add_path(path.as_ref(), case, |place, error| {
                Err(PairsError::Line { place, error })
            })?;
        }
        pairs.not_empty()
    }

    /// Reads files as [`read`](Self::read) does, but goes on after lines that are no pairs, and
    /// returns them beside the pairs, of which there may be none.
    ///
    /// # Errors
    ///
    /// The first file that cannot be read.
    pub fn read_leniently<P: AsRef<Path>>(
        paths: &[P],
        case: ReplyCase,
    ) -> Result<(Self, Vec<(Place, LineError)>), PairsError> {
        let (mut pairs, mut refused) = (Self::default(), Vec::new());
        for path in paths {
            pairs.add_path(path.as_ref(), case, |place, error| {
                refused.push((place, error));
                Ok(())
            })?;
        }
        Ok((pairs, refused))
    }

    /// Reads pairs from a text; their places are in `<text>`.
    ///
    /// # Errors
    ///
    /// The first line that is no pair, or [`PairsError::Empty`].
    pub fn parse(text: &str, case: ReplyCase) -> Result<Self, PairsError> {
        let mut pairs = Self::default();
        pairs.add("<text>", text.as_bytes(), case, |place, error| {
            Err(PairsError::Line { place, error })
        })?;
        pairs.not_empty()
    }

    /// The files that the pairs came from, in order.
    #[must_use]
    pub fn sources(&self) -> &[Arc<str>] {
        &self.sources
    }

    /// The place of one of these pairs.
    #[must_use]
    pub fn place(&self, pair: &Pair) -> Place {
        Place {
            source: self.sources[pair.source as usize].clone(),
            line: pair.line,
        }
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is no pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The pairs, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Pair> {
        self.pairs.iter()
    }

    /// These pairs without those that `keep` refuses.
    #[must_use]
    pub fn filtered(&self, keep: impl FnMut(&&Pair) -> bool) -> Self {
        Self {
            sources: self.sources.clone(),
            pairs: self.pairs.iter().filter(keep).cloned().collect(),
        }
    }

    fn not_empty(self) -> Result<Self, PairsError> {
        if self.is_empty() {
            let sources = self.sources;
            return Err(PairsError::Empty { sources });
        }
        Ok(self)
    }

    fn add_path(
        &mut self,
        path: &Path,
        case: ReplyCase,
        refuse: impl FnMut(Place, LineError) -> Result<(), PairsError>,
    ) -> Result<(), PairsError> {
        if path == Path::new(STDIN) {
            return self.add("<stdin>", io::stdin().lock(), case, refuse);
        }
        let source = path.to_string_lossy();
        let file = File::open(path).map_err(|error| PairsError::Read {
            source: source.as_ref().into(),
            error,
        })?;
        self.add(&source, BufReader::new(file), case, refuse)
    }

    fn add(
        &mut self,
        name: &str,
        mut reader: impl BufRead,
        case: ReplyCase,
        mut refuse: impl FnMut(Place, LineError) -> Result<(), PairsError>,
    ) -> Result<(), PairsError> {
        let name: Arc<str> = name.into();
        let source = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        self.sources.push(name.clone());
        let mut buffer = Vec::new();
        for line in 1.. {
            let read = read_line(&mut reader, &mut buffer).map_err(|error| PairsError::Read {
                source: name.clone(),
                error,
            })?;
            let parsed = match read {
                LineRead::End => break,
                LineRead::TooLong => Err(LineError::TooLong),
                LineRead::Whole => {
                    let text = buffer.as_slice();
                    let text = match line {
                        1 => text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text),
                        _ => text,
                    };
                    parse_line(text, case)
                }
            };
            match parsed {
                Ok(Some((question, reply))) => self.pairs.push(Pair {
                    question,
                    reply,
                    source,
                    line,
                }),
                Ok(None) => {}
                Err(error) => refuse(
                    Place {
                        source: name.clone(),
                        line,
                    },
                    error,
                )?,
            }
        }
        Ok(())
    }
}

impl Index<usize> for Pairs {
    type Output = Pair;

    fn index(&self, index: usize) -> &Pair {
        &self.pairs[index]
    }
}

impl<'a> IntoIterator for &'a Pairs {
    type Item = &'a Pair;
    type IntoIter = std::slice::Iter<'a, Pair>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

enum LineRead {
    End,
    Whole,
    TooLong,
}

/// Reads the next line into `buffer`, without its LF. Of one that is too long it keeps nothing,
/// and reads on to its end.
fn read_line(reader: &mut impl BufRead, buffer: &mut Vec<u8>) -> io::Result<LineRead> {
    buffer.clear();
    let (mut any, mut too_long) = (false, false);
    loop {
        let available = match reader.fill_buf() {
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
        too_long |= buffer.len() + part.len() > MAX_LINE_BYTES;
        if !too_long {
            buffer.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    Ok(match (any, too_long) {
        (false, _) => LineRead::End,
        (true, true) => LineRead::TooLong,
        (true, false) => LineRead::Whole,
    })
}

/// Parses a line without its LF; `None` for a comment or a blank line.
fn parse_line(line: &[u8], case: ReplyCase) -> Result<Option<(String, String)>, LineError> {
    let text = std::str::from_utf8(line).map_err(|error| {
        let at = error.valid_up_to();
        LineError::NotUtf8 {
            column: at + 1,
            byte: line[at],
        }
    })?;
    if let Some(at) = text.find('\0') {
        return Err(LineError::Nul { column: at + 1 });
    }
    let text_start = text.trim_start();
    if text_start.is_empty() || text_start.starts_with('#') {
        return Ok(None);
    }
    let bar = text.find('|').ok_or(LineError::NoBar)?;
    let (question, reply) = (&text[..bar], &text[bar + 1..]);
    if let (false, Some(at)) = (question.trim().is_empty(), reply.find('|')) {
        let column = bar + 1 + at + 1;
        return Err(LineError::SecondBar { column });
    }
    parse_pair(question, reply, case).map(Some)
}

/// Question and reply as a pair holds them.
pub(crate) fn parse_pair(
    question: &str,
    reply: &str,
    case: ReplyCase,
) -> Result<(String, String), LineError> {
    let question = question.trim();
    if question.is_empty() {
        return Err(LineError::EmptyQuestion);
    }
    let reply = check_reply(reply)?;
    let reply = match case {
        ReplyCase::Upper => reply.to_ascii_uppercase(),
        ReplyCase::Keep => reply.to_owned(),
    };
    Ok((question.to_ascii_lowercase(), reply))
}

/// A reply without the blanks around it, if it can be said.
///
/// # Errors
///
/// [`LineError::EmptyReply`], [`LineError::ReplyCharacter`] or [`LineError::ReplyTooLong`].
pub fn check_reply(reply: &str) -> Result<&str, LineError> {
    let reply = reply.trim();
    if reply.is_empty() {
        return Err(LineError::EmptyReply);
    }
    if let Some(character) = reply.chars().find(|c| !(' '..='~').contains(c)) {
        return Err(LineError::ReplyCharacter { character });
    }
    if reply.len() > MAX_REPLY_BYTES {
        let bytes = reply.len();
        return Err(LineError::ReplyTooLong { bytes });
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &[u8]) -> Result<Vec<(String, String)>, String> {
        let mut pairs = Pairs::default();
        pairs
            .add("f", text, ReplyCase::Upper, |place, error| {
                Err(PairsError::Line { place, error })
            })
            .map_err(|error| error.to_string())?;
        let both = |pair: &Pair| (pair.question.clone(), pair.reply.clone());
        Ok(pairs.iter().map(both).collect())
    }

    fn one(question: &str, reply: &str) -> Result<Vec<(String, String)>, String> {
        Ok(vec![(question.into(), reply.into())])
    }

    #[test]
    fn line_ends_marks_and_blanks_are_no_part_of_a_pair() {
        for text in [
            "a b|ok",
            "a b|ok\n",
            "a b|ok\r\n",
            "\u{feff}a b|ok\r\n",
            "\u{feff}# note\r\n\r\n A B | Ok \t\r\n  # more | bars | here\n",
            "a b|ok\n\n\n",
        ] {
            assert_eq!(parse(text.as_bytes()), one("a b", "OK"), "{text:?}");
        }
    }

    #[test]
    fn a_mark_later_in_a_file_is_text() {
        let text = "a|b\n\u{feff}c|d\n";
        let second = parse(text.as_bytes()).unwrap().pop().unwrap().0;
        assert_eq!(second, "\u{feff}c");
    }

    #[test]
    fn only_ascii_letters_change_case() {
        assert_eq!(parse("ÄÖ Mu|x".as_bytes()), one("ÄÖ mu", "X"));
        let kept = Pairs::parse("A|Hello", ReplyCase::Keep).unwrap();
        assert_eq!(kept[0].reply, "Hello");
    }

    #[test]
    fn every_refused_line_is_named_with_its_values() {
        let long_reply = format!("q|{}", "x".repeat(256));
        let cases: &[(&[u8], &str)] = &[
            (b"hello", "no `|` between a question and a reply"),
            (b" |x", "no question before the `|`"),
            (b"|", "no question before the `|`"),
            (b"x| ", "no reply after the `|`"),
            (b"x|", "no reply after the `|`"),
            (b"x|a|b", "a second `|` in byte 4: a reply cannot hold one"),
            (b"x||b", "a second `|` in byte 3: a reply cannot hold one"),
            (b"x\0|b", "byte 2 of the line is a NUL"),
            (b"# \0", "byte 3 of the line is a NUL"),
            (b"caf\xe9|b", "byte 4 of the line (0xe9) is not UTF-8"),
            (
                "x|caf\u{e9}".as_bytes(),
                "the reply holds 'é': only printable ASCII can be said",
            ),
            (
                b"x|a\tb",
                "the reply holds '\\t': only printable ASCII can be said",
            ),
            (
                long_reply.as_bytes(),
                "the reply has 256 characters, at most 255 can be said",
            ),
        ];
        for (line, message) in cases {
            let text = [b"# first\nfine|yes\n", *line, b"\nalso fine|yes\n"].concat();
            let expected = format!("f:3: {message}");
            assert_eq!(parse(&text), Err(expected), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn the_longest_reply_and_the_longest_line_are_accepted() {
        let reply = "X".repeat(MAX_REPLY_BYTES);
        let question = "q".repeat(MAX_LINE_BYTES - MAX_REPLY_BYTES - 1);
        let text = format!("{question}|{reply}\n");
        assert_eq!(parse(text.as_bytes()), one(&question, &reply));
        let longer = format!("q{text}");
        assert_eq!(
            parse(longer.as_bytes()),
            Err("f:1: the line is longer than 65536 bytes".into())
        );
    }

    /// Counts what is read of it, gives one line of 'x' that never ends in time.
    struct Endless {
        left: usize,
    }

    impl io::Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = buffer.len().min(self.left);
            buffer[..count].fill(b'x');
            self.left -= count;
            Ok(count)
        }
    }

    #[test]
    fn of_an_endless_line_nothing_is_kept() {
        let mut reader = BufReader::new(Endless { left: 100 << 20 });
        let mut buffer = Vec::new();
        let read = read_line(&mut reader, &mut buffer).unwrap();
        assert!(matches!(read, LineRead::TooLong));
        assert!(buffer.capacity() <= 2 * MAX_LINE_BYTES);
    }

    #[test]
    fn a_lenient_reader_goes_on_and_remembers_places() {
        let directory = std::env::temp_dir();
        let path = directory.join(format!("ulm-pairs-{}.txt", std::process::id()));
        let long = "y".repeat(MAX_LINE_BYTES + 1);
        std::fs::write(&path, format!("a|b\nbad\n{long}\nc|d")).unwrap();
        let read = Pairs::read_leniently(&[&path, &path], ReplyCase::Upper);
        std::fs::remove_file(&path).unwrap();

        let (pairs, refused) = read.unwrap();
        let lines = |pair| pairs.place(pair).line;
        assert_eq!(pairs.iter().map(lines).collect::<Vec<_>>(), [1, 4, 1, 4]);
        let refused: Vec<_> = refused.iter().map(|(at, e)| (at.line, *e)).collect();
        let (no_bar, too_long) = ((2, LineError::NoBar), (3, LineError::TooLong));
        assert_eq!(refused, [no_bar, too_long, no_bar, too_long]);
    }

    #[test]
    fn files_without_pairs_and_missing_files_are_errors() {
        let empty = Pairs::parse("# nothing\n", ReplyCase::Upper).unwrap_err();
        assert_eq!(empty.to_string(), "<text>: no question|reply pairs");
        let missing = Pairs::read(&["no/such/file.txt"], ReplyCase::Upper).unwrap_err();
        assert!(missing.to_string().starts_with("no/such/file.txt: "));
    }
}
