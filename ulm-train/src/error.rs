//! What can be wrong with hyperparameters and with data.

use std::error::Error;
use std::fmt;

use ulm_core::write::WriteError;

/// Hyperparameters that no network can have.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ParamsError {
    /// A number of buckets is no power of two from 1 to 4096.
    Buckets {
        /// Which: `query` or `context`.
        kind: &'static str,
        /// The number.
        given: u16,
    },
    /// There are more than 7 hidden layers (8 layers in all).
    Layers {
        /// Hidden layers.
        given: usize,
    },
    /// A hidden layer has not 1 to 256 neurons.
    Width {
        /// Its neurons.
        given: u16,
    },
    /// A number is out of its range.
    Range {
        /// The hyperparameter.
        name: &'static str,
        /// Its value.
        given: f64,
        /// What it must be.
        range: &'static str,
    },
    /// The fallback reply is not 1 to 255 bytes of 20h or above.
    Fallback,
    /// There is a threshold, but no fallback reply.
    NoFallback,
}

impl fmt::Display for ParamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buckets { kind, given } => write!(
                f,
                "{given} {kind} buckets: must be a power of two from 1 to 4096"
            ),
            Self::Layers { given } => write!(f, "{given} hidden layers: at most 7"),
            Self::Width { given } => {
                write!(f, "a hidden layer of {given} neurons: must be 1 to 256")
            }
            Self::Range { name, given, range } => write!(f, "{name} of {given}: must be {range}"),
            Self::Fallback => {
                f.write_str("the fallback reply must be 1 to 255 printable characters")
            }
            Self::NoFallback => f.write_str("a threshold without a fallback reply"),
        }
    }
}

impl Error for ParamsError {}

/// Why a model cannot be fitted.
#[derive(Debug)]
#[non_exhaustive]
pub enum FitError {
    /// The hyperparameters are not valid.
    Params(ParamsError),
    /// linfa's own: records and targets differ in number.
    Linfa(linfa::Error),
    /// There is no pair.
    NoPairs,
    /// A question has nothing but spaces.
    EmptyQuestion {
        /// The pair, from 0.
        pair: usize,
    },
    /// A reply is empty.
    EmptyReply {
        /// The pair, from 0.
        pair: usize,
    },
    /// A reply has more than 255 bytes.
    ReplyTooLong {
        /// The pair, from 0.
        pair: usize,
        /// The reply's length, in bytes.
        bytes: usize,
    },
    /// A reply holds a control character.
    ReplyByte {
        /// The pair, from 0.
        pair: usize,
        /// The character.
        byte: u8,
    },
    /// All pairs have the same reply: there is nothing to learn.
    OneReply {
        /// The reply.
        reply: String,
    },
    /// The replies hold more characters than a charset can.
    CharsetTooLarge {
        /// Distinct characters.
        characters: usize,
        /// Most that fit.
        most: usize,
    },
    /// No network makes a file as small as asked for.
    TooSmall {
        /// Most bytes that the file may have.
        asked: usize,
        /// Bytes of the smallest.
        smallest: usize,
    },
    /// A checkpoint was made from other pairs.
    OtherPairs,
    /// The model cannot be written.
    Write(WriteError),
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Params(error) => error.fmt(f),
            Self::Linfa(error) => error.fmt(f),
            Self::NoPairs => f.write_str("there are no pairs to learn from"),
            Self::EmptyQuestion { pair } => write!(f, "pair {pair}: the question is empty"),
            Self::EmptyReply { pair } => write!(f, "pair {pair}: the reply is empty"),
            Self::ReplyTooLong { pair, bytes } => {
                write!(f, "pair {pair}: the reply has {bytes} bytes, at most 255")
            }
            Self::ReplyByte { pair, byte } => write!(
                f,
                "pair {pair}: the reply holds the control character {byte:#04x}"
            ),
            Self::OneReply { reply } => write!(
                f,
                "every question has the reply `{reply}`: there is nothing to learn"
            ),
            Self::CharsetTooLarge { characters, most } => write!(
                f,
                "the replies use {characters} different characters, at most {most} fit a charset"
            ),
            Self::TooSmall { asked, smallest } => write!(
                f,
                "no network fits {asked} bytes: the smallest takes {smallest}"
            ),
            Self::OtherPairs => f.write_str("the checkpoint was made from other pairs"),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl Error for FitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Params(error) => Some(error),
            Self::Linfa(error) => Some(error),
            Self::Write(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ParamsError> for FitError {
    fn from(error: ParamsError) -> Self {
        Self::Params(error)
    }
}

impl From<linfa::Error> for FitError {
    fn from(error: linfa::Error) -> Self {
        Self::Linfa(error)
    }
}

impl From<WriteError> for FitError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}
