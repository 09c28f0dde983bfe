//! A line and its parts.

use std::sync::Arc;

use super::error::{AsmErrorKind, Place};
use super::expr;
use super::lexer::{Line, Token, Word};
use super::words;

/// A file, split into lines.
#[derive(Debug)]
pub(super) struct SourceFile {
    pub(super) name: Arc<str>,
    pub(super) lines: Vec<String>,
}

/// A line with its place, ready to be assembled; macro calls make copies of them with other tokens.
#[derive(Clone)]
pub(super) struct SourceLine {
    pub(super) file: Arc<SourceFile>,
    pub(super) number: u32,
    pub(super) line: Line,
}

impl SourceLine {
    pub(super) fn place(&self) -> Place {
        Place {
            file: Arc::clone(&self.file.name),
            line: self.number,
        }
    }
}

/// The parts of a line.
pub(super) struct Statement<'t> {
    pub(super) label: Option<&'t Word>,
    /// Whether the label has a colon, so that it cannot be a misspelt instruction.
    pub(super) has_colon: bool,
    pub(super) operation: Option<&'t Word>,
    pub(super) operands: &'t [Token],
}

pub(super) fn nothing_after(rest: &[Token]) -> Result<(), AsmErrorKind> {
    match rest {
        [] => Ok(()),
        rest => Err(expr::expected("the end of the line", rest)),
    }
}

pub(super) fn file_name(operands: &[Token]) -> Result<String, AsmErrorKind> {
    match operands {
        [Token::Text(name)] => Ok(String::from_utf8_lossy(name).into_owned()),
        other => Err(expr::expected("a file name in quotes", other)),
    }
}

pub(super) fn parse_names(list: &[Token]) -> Result<Vec<Word>, AsmErrorKind> {
    let mut names = Vec::new();
    let mut rest = list;
    while let [first, after @ ..] = rest {
        let Token::Word(name) = first else {
            return Err(expr::expected("a name", rest));
        };
        names.push(name.clone());
        rest = match after {
            [Token::Mark(","), after @ ..] if !after.is_empty() => after,
            [] => after,
            other => return Err(expr::expected("a comma and a name", other)),
        };
    }
    Ok(names)
}

/// Whether what follows a name gives it a meaning of its own.
pub(super) fn is_defined_by(rest: &[Token]) -> bool {
    matches!(rest, [Token::Word(word), ..] if matches!(&*word.lower, "equ" | "defl" | "macro"))
}

/// The directive of a line that may be skipped, label or not.
pub(super) fn directive_of(line: &Line) -> Option<&str> {
    let word = match &line.tokens[..] {
        [Token::Word(_), Token::Mark(":"), Token::Word(word), ..] => word,
        [Token::Word(first), Token::Word(word), ..] if !words::is_reserved(&first.lower) => word,
        [Token::Word(word), ..] => word,
        _ => return None,
    };
    Some(&word.lower)
}
