//! What can be wrong with a source, and where.

use std::fmt;
use std::sync::Arc;

/// An error of the assembler: where it is, and what it is.
///
/// The text is one line `FILE:LINE: CAUSE`, followed by one line for each include or macro call that led there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsmError {
    /// The place of the error.
    pub at: Place,
    /// What is wrong there.
    pub kind: AsmErrorKind,
    /// The includes and macro calls that led to the place, innermost first.
    pub trail: Vec<(Place, String)>,
}

impl fmt::Display for AsmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.kind)?;
        for (place, what) in &self.trail {
            write!(f, "\n  {place}: {what}")?;
        }
        Ok(())
    }
}

impl std::error::Error for AsmError {}

/// A line of a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named on the command line or in `include`.
    pub file: Arc<str>,
    /// The line, counted from 1; 0 stands for the file as a whole.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AsmErrorKind {
    /// A file that the sources don't hold.
    NoSuchFile {
        /// The name asked for.
        name: String,
        /// Why it could not be read.
        cause: String,
    },
    /// A file that includes itself, directly or through others.
    IncludeLoop {
        /// The file.
        name: String,
    },
    /// An `include` or `macro` inside `macro` or `rept`, which assemblers treat differently.
    NotInBlock {
        /// The directive.
        directive: &'static str,
    },
    /// A `local` outside of a macro.
    NotInMacro,
    /// A character that no token starts with.
    UnexpectedCharacter {
        /// The character.
        found: char,
    },
    /// A string without its closing quote.
    UnclosedString,
    /// A backslash in a double-quoted string that is followed by nothing we know.
    BadEscape,
    /// A number whose digits don't fit its notation or 32 bits.
    BadNumber {
        /// The number as written.
        text: String,
    },
    /// A way of writing that assemblers read differently; the text says what to write instead.
    Ambiguous {
        /// What to write.
        advice: &'static str,
    },
    /// Neither an instruction, nor a directive, nor a macro defined above.
    UnknownInstruction {
        /// The word.
        name: String,
    },
    /// An instruction that exists, but not with these operands.
    BadOperands {
        /// The instruction as written.
        instruction: String,
    },
    /// Something else was expected here.
    Expected {
        /// What was expected.
        what: &'static str,
        /// What was found.
        found: String,
    },
    /// A register, condition, instruction, directive or operator used as a name.
    ReservedWord {
        /// The word.
        name: String,
    },
    /// A name defined twice.
    Duplicate {
        /// The name.
        name: String,
        /// Where it was defined first.
        first: String,
    },
    /// A name that nothing defines.
    Undefined {
        /// The name.
        name: String,
    },
    /// A value that must be known at once depends on a name that is defined further down or nowhere.
    NotYetDefined {
        /// The name.
        name: String,
        /// The directive that needs the value.
        directive: &'static str,
    },
    /// An `equ` that refers down to another `equ` which itself refers down: two-pass assemblers get that wrong.
    ForwardChain {
        /// The name defined.
        name: String,
        /// The name it needs.
        through: String,
    },
    /// A value that does not fit its place.
    OutOfRange {
        /// The value.
        value: i64,
        /// What the value is for.
        what: &'static str,
        /// The least value that fits.
        min: i64,
        /// The greatest value that fits.
        max: i64,
    },
    /// A relative branch whose target is too far away.
    BranchOutOfRange {
        /// Bytes beyond the reach of the branch.
        by: u32,
    },
    /// Division or remainder by zero.
    DivisionByZero,
    /// An operand below 0 or above 65535, where 16-bit assemblers would compute something else.
    NoWord {
        /// The operator.
        operator: &'static str,
        /// The operand.
        value: i64,
    },
    /// A result beyond 32 bits.
    Overflow {
        /// The operator.
        operator: &'static str,
    },
    /// Parentheses, repetitions or macro calls nested deeper than anyone writes them.
    TooDeep,
    /// A block without its end.
    Unterminated {
        /// The directive that opened it.
        block: &'static str,
    },
    /// An end or `else` without its beginning.
    Unmatched {
        /// The directive.
        directive: String,
    },
    /// A macro called with too few or too many arguments.
    ArgumentCount {
        /// The macro.
        name: String,
        /// Parameters of its definition.
        expected: usize,
        /// Arguments of the call.
        found: usize,
    },
    /// More lines than a 64 KB machine can use, after repetition.
    TooManyLines,
    /// `org` to an address below the current one.
    OrgBackwards {
        /// The current address.
        from: u32,
        /// The address asked for.
        to: u32,
    },
    /// Code or data beyond address 0FFFFh.
    BeyondMemory {
        /// The bytes over.
        over: u32,
    },
    /// The source itself refused, with `.error`.
    Refused {
        /// Its message.
        message: String,
    },
}

impl fmt::Display for AsmErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchFile { name, cause } => write!(f, "cannot read {name}: {cause}"),
            Self::IncludeLoop { name } => write!(f, "{name} includes itself"),
            Self::NotInBlock { directive } => {
                write!(f, "{directive} cannot stand inside macro or rept")
            }
            Self::NotInMacro => write!(f, "local belongs inside a macro"),
            Self::UnexpectedCharacter { found } => write!(f, "unexpected character {found:?}"),
            Self::UnclosedString => write!(f, "string without closing quote"),
            Self::BadEscape => write!(f, "unknown escape in a double-quoted string"),
            Self::BadNumber { text } => write!(f, "{text} is no number"),
            Self::Ambiguous { advice } => write!(f, "assemblers disagree about this: {advice}"),
            Self::UnknownInstruction { name } => write!(
                f,
                "{name} is no instruction, directive or macro (a label needs a colon or the first column)"
            ),
            Self::BadOperands { instruction } => write!(f, "the Z80 has no `{instruction}`"),
            Self::Expected { what, found } => write!(f, "expected {what}, found {found}"),
            Self::ReservedWord { name } => write!(f, "{name} is a reserved word"),
            Self::Duplicate { name, first } => write!(f, "{name} is already defined at {first}"),
            Self::Undefined { name } => write!(f, "{name} is not defined"),
            Self::NotYetDefined { name, directive } => {
                write!(
                    f,
                    "{directive} needs its value at once, but {name} is not defined above"
                )
            }
            Self::ForwardChain { name, through } => write!(
                f,
                "{name} needs {through}, which itself needs a line below: put the definitions in order"
            ),
            Self::OutOfRange {
                value,
                what,
                min,
                max,
            } => write!(f, "{what} {value} is out of range {min} to {max}"),
            Self::BranchOutOfRange { by } => {
                write!(f, "relative branch out of range by {by} {}", bytes(*by))
            }
            Self::DivisionByZero => write!(f, "division by zero"),
            Self::Overflow { operator } => {
                write!(f, "the result of `{operator}` is beyond 32 bits")
            }
            Self::NoWord { operator, value } => write!(
                f,
                "{value} is out of range for `{operator}`, which works on 0 to 65535"
            ),
            Self::TooDeep => write!(f, "nested too deep"),
            Self::Unterminated { block } => write!(f, "{block} without its end"),
            Self::Unmatched { directive } => write!(f, "{directive} without its beginning"),
            Self::ArgumentCount {
                name,
                expected,
                found,
            } => write!(f, "macro {name} takes {expected} arguments, found {found}"),
            Self::TooManyLines => write!(f, "more lines than a Z80's memory can hold"),
            Self::OrgBackwards { from, to } => {
                write!(f, "org goes back from {from:04X}h to {to:04X}h")
            }
            Self::BeyondMemory { over } => {
                write!(f, "{over} {} beyond address FFFFh", bytes(*over))
            }
            Self::Refused { message } => write!(f, "{message}"),
        }
    }
}

fn bytes(n: u32) -> &'static str {
    if n == 1 { "byte" } else { "bytes" }
}
