//! Pairs from patterns: `(are|r) (you|u) (a )?(robot|bot)|YES`.
//!
//! A pattern is a question, a `|` outside of all parentheses, and a reply. In the question, a group
//! `(a|b|)` stands for each of its alternatives, and `?` right behind a group makes it optional.
//! Groups nest. A backslash before `(`, `)`, `|`, `?` or `\` takes its meaning away; a `?` elsewhere
//! is a question mark. Comments and blank lines are as in pairs.
//!
//! ```
//! use ulm_train::generate::template::Pattern;
//! use ulm_train::pairs::ReplyCase;
//!
//! let pattern = Pattern::parse("(are|r) (you|u) ok?|yes", ReplyCase::Upper)?;
//! assert_eq!(pattern.count(), 4);
//! assert_eq!(pattern.expand(10), ["are you ok?", "are u ok?", "r you ok?", "r u ok?"]);
//! assert_eq!(pattern.reply(), "YES");
//! # Ok::<(), ulm_train::generate::template::TemplateError>(())
//! ```

use std::error::Error;
use std::fmt;

use crate::pairs::{LineError, ReplyCase, parse_pair};

/// Deepest nesting of groups.
const MAX_DEPTH: usize = 32;

/// Why a line is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateError {
    /// A group is not closed.
    Unclosed {
        /// Where it is opened, in bytes from 1.
        column: usize,
    },
    /// A `)` closes nothing.
    Unopened {
        /// Where it is, in bytes from 1.
        column: usize,
    },
    /// Groups nest deeper than 32.
    TooDeep {
        /// Where they do, in bytes from 1.
        column: usize,
    },
    /// It stands for 2⁶⁴ questions or more.
    TooMany,
    /// The line is no pair for another reason.
    Line(LineError),
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed { column } => write!(f, "the `(` in byte {column} is not closed"),
            Self::Unopened { column } => write!(f, "the `)` in byte {column} closes nothing"),
            Self::TooDeep { column } => {
                write!(f, "groups nest deeper than {MAX_DEPTH} in byte {column}")
            }
            Self::TooMany => f.write_str("the pattern stands for 2^64 questions or more"),
            Self::Line(error) => error.fmt(f),
        }
    }
}

impl Error for TemplateError {}

/// A question with alternatives, and its reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    question: Sequence,
    reply: String,
}

/// Pieces, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Sequence(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// One of these.
    Group(Vec<Sequence>),
}

impl Pattern {
    /// Parses a line, which is no comment and not blank.
    ///
    /// # Errors
    ///
    /// [`TemplateError`].
    pub fn parse(line: &str, case: ReplyCase) -> Result<Self, TemplateError> {
        let mut parser = Parser { line, at: 0 };
        let question = parser.sequence(0)?;
        match parser.peek() {
            Some('|') => {}
            Some(_) => {
                return Err(TemplateError::Unopened {
                    column: parser.at + 1,
                });
            }
            None => return Err(TemplateError::Line(LineError::NoBar)),
        }
        let reply = &line[parser.at + 1..];
        if let Some(at) = reply.find('|') {
            let column = parser.at + 1 + at + 1;
            return Err(TemplateError::Line(LineError::SecondBar { column }));
        }
        // Any question that is not blank will do to check the reply.
        let (_, reply) = parse_pair("?", reply, case).map_err(TemplateError::Line)?;
        let pattern = Self { question, reply };
        if pattern.count() == u64::MAX {
            return Err(TemplateError::TooMany);
        }
        if pattern.count() == 1 && pattern.expand(1).is_empty() {
            return Err(TemplateError::Line(LineError::EmptyQuestion));
        }
        Ok(pattern)
    }

    /// The reply.
    #[must_use]
    pub fn reply(&self) -> &str {
        &self.reply
    }

    /// How many questions the pattern stands for, equal ones counted as often as they come.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.question.count()
    }

    /// The questions in order, lowercased, blanks put right and equal ones dropped; of more than
    /// `most` as many, spread evenly.
    #[must_use]
    pub fn expand(&self, most: usize) -> Vec<String> {
        let count = self.count();
        let taken = count.min(most as u64);
        let mut questions = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for i in 0..taken {
            let number = u128::from(i) * u128::from(count) / u128::from(taken);
            let mut question = String::new();
            self.question.write(number as u64, &mut question);
            let words: Vec<&str> = question.split_whitespace().collect();
            let question = words.join(" ").to_ascii_lowercase();
            if !question.is_empty() && seen.insert(question.clone()) {
                questions.push(question);
            }
        }
        questions
    }
}

impl Sequence {
    fn count(&self) -> u64 {
        let counts = self.0.iter().map(Piece::count);
        counts.fold(1, u64::saturating_mul)
    }

    /// Appends the expansion of this number: the last piece changes fastest.
    fn write(&self, mut number: u64, text: &mut String) {
        let mut below = self.count();
        for piece in &self.0 {
            below /= piece.count().max(1);
            let below = below.max(1);
            piece.write(number / below, text);
            number %= below;
        }
    }
}

impl Piece {
    fn count(&self) -> u64 {
        match self {
            Self::Text(_) => 1,
            Self::Group(alternatives) => {
                let counts = alternatives.iter().map(Sequence::count);
                counts.fold(0, u64::saturating_add)
            }
        }
    }

    fn write(&self, mut number: u64, text: &mut String) {
        match self {
            Self::Text(piece) => text.push_str(piece),
            Self::Group(alternatives) => {
                for alternative in alternatives {
                    let count = alternative.count();
                    if number < count {
                        return alternative.write(number, text);
                    }
                    number -= count;
                }
            }
        }
    }
}

/// Reads a line from left to right.
struct Parser<'l> {
    line: &'l str,
    /// In bytes.
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.line[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// Reads up to a `|` or `)` that belongs to what is around, or to the end.
    fn sequence(&mut self, depth: usize) -> Result<Sequence, TemplateError> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        while let Some(character) = self.peek() {
            match character {
                '|' | ')' => break,
                '(' => {
                    if !text.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut text)));
                    }
                    pieces.push(self.group(depth + 1)?);
                }
                '\\' => {
                    self.next();
                    text.push(self.next().unwrap_or('\\'));
                }
                _ => {
                    self.next();
                    text.push(character);
                }
            }
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(Sequence(pieces))
    }

    /// Reads a group, and the `?` behind it.
    fn group(&mut self, depth: usize) -> Result<Piece, TemplateError> {
        let column = self.at + 1;
        if depth > MAX_DEPTH {
            return Err(TemplateError::TooDeep { column });
        }
        self.next();
        let mut alternatives = vec![self.sequence(depth)?];
        loop {
            match self.next() {
                Some('|') => alternatives.push(self.sequence(depth)?),
                Some(_) => break,
                None => return Err(TemplateError::Unclosed { column }),
            }
        }
        if self.peek() == Some('?') {
            self.next();
            alternatives.push(Sequence::default());
        }
        Ok(Piece::Group(alternatives))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(line: &str) -> Vec<String> {
        Pattern::parse(line, ReplyCase::Upper).unwrap().expand(1000)
    }

    fn refused(line: &str) -> String {
        Pattern::parse(line, ReplyCase::Upper)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn groups_nest_and_can_be_left_out() {
        let questions = expand("(are|r) (you|u) (a )?(robot|bot)|YES");
        assert_eq!(questions.len(), 16);
        assert_eq!(questions[0], "are you a robot");
        assert_eq!(questions[15], "r u bot");
        assert_eq!(expand("a(b(c|d)?|e) |X"), ["abc", "abd", "ab", "ae"]);
        assert_eq!(
            expand("(very )?(very )?big|X"),
            ["very very big", "very big", "big"]
        );
    }

    #[test]
    fn question_marks_and_escapes_are_text() {
        assert_eq!(expand("who is it?|X"), ["who is it?"]);
        assert_eq!(expand(r"(ok|k)\?|X"), ["ok?", "k?"]);
        assert_eq!(expand(r"\(a\|b\) \\|X"), [r"(a|b) \"]);
    }

    #[test]
    fn too_many_are_thinned_evenly_without_being_made() {
        let huge = "(a|b|c|d)".repeat(30) + "|X";
        let pattern = Pattern::parse(&huge, ReplyCase::Upper).unwrap();
        assert_eq!(pattern.count(), 1 << 60);
        let some = pattern.expand(4);
        let starts: Vec<_> = some.iter().map(|question| &question[..2]).collect();
        assert_eq!(starts, ["aa", "ba", "ca", "da"]);
    }

    #[test]
    fn what_is_no_pattern_is_named() {
        assert_eq!(refused("(a|b|YES"), "the `(` in byte 1 is not closed");
        assert_eq!(refused("a) b|YES"), "the `)` in byte 2 closes nothing");
        assert_eq!(refused("(a|b)"), "no `|` between a question and a reply");
        assert_eq!(
            refused("a|b|c"),
            "a second `|` in byte 4: a reply cannot hold one"
        );
        assert_eq!(refused("a|"), "no reply after the `|`");
        assert_eq!(refused(" |x"), "no question before the `|`");
        let huge = "(a|b|c|d)".repeat(32) + "|X";
        assert_eq!(
            refused(&huge),
            "the pattern stands for 2^64 questions or more"
        );
        let deep = "(".repeat(60_000);
        assert_eq!(refused(&deep), "groups nest deeper than 32 in byte 33");
    }
}
