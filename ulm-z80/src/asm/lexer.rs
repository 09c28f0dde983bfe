//! From a line of text to tokens.

use std::rc::Rc;

use super::error::AsmErrorKind;

/// A word of the source, as written and in lower case (instructions and registers ignore case, names don't).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: Rc<str>,
    pub(super) lower: Rc<str>,
}

impl Word {
    fn new(text: &str) -> Self {
        let text: Rc<str> = text.into();
        let lower = if text.bytes().any(|b| b.is_ascii_uppercase()) {
            text.to_ascii_lowercase().into()
        } else {
            Rc::clone(&text)
        };
        Self { text, lower }
    }
}

/// The smallest parts of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    Number(i64),
    /// A quoted string, escapes resolved; or the message of `.error`.
    Text(Rc<[u8]>),
    /// An operator or mark, such as `<<` or `,`.
    Mark(&'static str),
}

impl Token {
    pub(super) fn is(&self, mark: &str) -> bool {
        matches!(self, Self::Mark(m) if *m == mark)
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word(word) => write!(f, "{}", word.text),
            Self::Number(n) => write!(f, "{n}"),
            Self::Text(bytes) => write!(f, "\"{}\"", String::from_utf8_lossy(bytes)),
            Self::Mark(mark) => write!(f, "{mark}"),
        }
    }
}

/// A line's tokens, and whether its first word starts in the first column.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) tokens: Vec<Token>,
    pub(super) at_margin: bool,
}

/// Longest first, so that `<<` is not read as two `<`.
const MARKS: [&str; 21] = [
    "<<", ">>", "<=", ">=", "!=", ",", "(", ")", "+", "-", "*", "/", "%", "&", "|", "~", "!", "=",
    "<", ">", ":",
];

const ADVICE_AMPERSAND: &str = "write a blank after & (pasmo reads &1F as a number)";
const ADVICE_PERCENT: &str =
    "write a blank after % for the remainder, or only 0 and 1 for a binary number";
const ADVICE_CARET: &str = "write xor for ^";

/// Splits `text` into tokens; a comment ends it.
pub(super) fn tokenize(text: &str) -> Result<Line, AsmErrorKind> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r']);
        let Some(first) = rest.chars().next() else {
            break;
        };
        let (token, used) = match first {
            ';' => break,
            '0'..='9' => number(rest)?,
            '$' | '#' => prefixed_hex(rest)?,
            '%' if next_is_alphanumeric(rest) => binary(rest)?,
            '&' if next_is_alphanumeric(rest) => {
                return Err(AsmErrorKind::Ambiguous {
                    advice: ADVICE_AMPERSAND,
                });
            }
            '^' => {
                return Err(AsmErrorKind::Ambiguous {
                    advice: ADVICE_CARET,
                });
            }
            '\'' => single_quoted(rest)?,
            '"' => double_quoted(rest)?,
            c if is_word_start(c) => {
                let length = rest.find(|c| !is_word_part(c)).unwrap_or(rest.len());
                let word = &rest[..length];
                if word.eq_ignore_ascii_case("af") && rest[length..].starts_with('\'') {
                    (Token::Word(Word::new("af'")), length + 1)
                } else {
                    (Token::Word(Word::new(word)), length)
                }
            }
            c => match MARKS.iter().find(|mark| rest.starts_with(**mark)) {
                Some(mark) => (Token::Mark(mark), mark.len()),
                None => return Err(AsmErrorKind::UnexpectedCharacter { found: c }),
            },
        };
        rest = &rest[used..];
        let is_refusal = matches!(&token, Token::Word(word) if &*word.lower == ".error");
        tokens.push(token);
        if is_refusal {
            tokens.push(Token::Text(rest.trim().as_bytes().into()));
            break;
        }
    }
    let at_margin = text.starts_with(is_word_start);
    Ok(Line { tokens, at_margin })
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | '?' | '@' | '.')
}

fn is_word_part(c: char) -> bool {
    is_word_start(c) || c.is_ascii_digit()
}

fn next_is_alphanumeric(rest: &str) -> bool {
    rest[1..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// Length of the letters and digits at the start of `rest`.
fn alphanumerics(rest: &str) -> usize {
    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len())
}

fn parse(digits: &str, radix: u32, text: &str) -> Result<Token, AsmErrorKind> {
    // `from_str_radix` alone would take a sign.
    let clean = digits.bytes().all(|b| b.is_ascii_alphanumeric());
    match u32::from_str_radix(digits, radix) {
        Ok(value) if clean => Ok(Token::Number(value.into())),
        _ => Err(AsmErrorKind::BadNumber {
            text: text.to_owned(),
        }),
    }
}

/// `255`, `0FFh`, `11b` or `0xFF`.
fn number(rest: &str) -> Result<(Token, usize), AsmErrorKind> {
    let length = alphanumerics(rest);
    let text = &rest[..length];
    let lower = text.to_ascii_lowercase();
    let token = if let Some(digits) = lower.strip_prefix("0x") {
        parse(digits, 16, text)
    } else if let Some(digits) = lower.strip_suffix('h') {
        parse(digits, 16, text)
    } else if let Some(digits) = lower.strip_suffix('b') {
        parse(digits, 2, text)
    } else {
        parse(&lower, 10, text)
    };
    Ok((token?, length))
}

/// `$FF`, `#FF`, or `$` alone: the address of the line.
fn prefixed_hex(rest: &str) -> Result<(Token, usize), AsmErrorKind> {
    let length = 1 + alphanumerics(&rest[1..]);
    match &rest[..length] {
        "$" => Ok((Token::Mark("$"), 1)),
        "#" => Err(AsmErrorKind::UnexpectedCharacter { found: '#' }),
        text => Ok((parse(&text[1..], 16, text)?, length)),
    }
}

/// `%101`.
fn binary(rest: &str) -> Result<(Token, usize), AsmErrorKind> {
    let length = 1 + alphanumerics(&rest[1..]);
    let token = parse(&rest[1..length], 2, "").map_err(|_| AsmErrorKind::Ambiguous {
        advice: ADVICE_PERCENT,
    })?;
    Ok((token, length))
}

/// `'it''s'`: two quotes are one, nothing else is special.
fn single_quoted(rest: &str) -> Result<(Token, usize), AsmErrorKind> {
    let bytes = rest.as_bytes();
    let mut text = Vec::new();
    let mut i = 1;
    loop {
        match bytes.get(i..) {
            Some([b'\'', b'\'', ..]) => {
                text.push(b'\'');
                i += 2;
            }
            Some([b'\'', ..]) => return Ok((Token::Text(text.into()), i + 1)),
            Some([byte, ..]) => {
                text.push(*byte);
                i += 1;
            }
            _ => return Err(AsmErrorKind::UnclosedString),
        }
    }
}

/// `"a\n\x41\"\\"`: the escapes of C that pasmo has, without octal.
fn double_quoted(rest: &str) -> Result<(Token, usize), AsmErrorKind> {
    let bytes = rest.as_bytes();
    let mut text = Vec::new();
    let mut i = 1;
    loop {
        match bytes.get(i..) {
            Some([b'"', ..]) => return Ok((Token::Text(text.into()), i + 1)),
            Some([b'\\', b'x', high, low, ..]) => {
                let digit = |b: u8| char::from(b).to_digit(16).ok_or(AsmErrorKind::BadEscape);
                text.push((digit(*high)? << 4 | digit(*low)?) as u8);
                i += 4;
            }
            Some([b'\\', code, ..]) => {
                text.push(match code {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'a' => 7,
                    b'"' | b'\\' => *code,
                    _ => return Err(AsmErrorKind::BadEscape),
                });
                i += 2;
            }
            Some([byte, ..]) => {
                text.push(*byte);
                i += 1;
            }
            _ => return Err(AsmErrorKind::UnclosedString),
        }
    }
}
