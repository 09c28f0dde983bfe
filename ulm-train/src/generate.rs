//! Training pairs from a language model, or from patterns.
//!
//! The pairs are those of a guessing game, as in the original project: a topic is secret, and
//! questions about it are answered `YES`, `NO`, `MAYBE`, or `WIN` where they name it. Other
//! [`Kind`]s ask for one of these only, for nonsense that deserves a fallback reply, or for other
//! wordings of given pairs.
//!
//! [`Generator`] asks a [`Backend`] batch by batch, keeps of its answers what is a new pair, and
//! gives up when several batches in a row bring nothing. [`template`] needs no backend at all.

mod answer;
pub mod claude;
mod http;
pub mod ollama;
mod prompt;
pub mod template;

use std::collections::HashSet;
use std::error::Error;
use std::fmt;

pub use answer::Tally;
pub use http::Retry;
pub use prompt::Kind;

/// Batches without a new pair after which a generator gives up.
const FRUITLESS_BATCHES: u32 = 3;

/// What is said to a language model in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Who it is to be.
    pub system: String,
    /// What it is to do.
    pub user: String,
    /// Seed of its choices, where the backend knows such a thing.
    pub seed: u64,
}

/// What a language model answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// Whether the text was cut off, at a limit of length for instance: its last line is then not
    /// to be trusted.
    pub is_cut: bool,
}

/// A language model to ask.
pub trait Backend {
    /// Asks, and waits for the whole answer.
    ///
    /// # Errors
    ///
    /// [`BackendError`]; [`Refused`](BackendError::Refused) is the only one that says nothing about
    /// the next question.
    fn ask(&self, prompt: &Prompt) -> Result<Answer, BackendError>;
}

/// Why a backend did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BackendError {
    /// There is no connection, or it breaks again and again.
    Connection {
        /// The address asked.
        url: String,
        /// The last cause.
        cause: String,
    },
    /// It answers with an error.
    Status {
        /// The address asked.
        url: String,
        /// HTTP status.
        status: u16,
        /// What it says about it, or the start of that.
        message: String,
        /// How often it was asked.
        attempts: u32,
    },
    /// What it answers is not what its protocol says, again and again.
    Garbage {
        /// The address asked.
        url: String,
        /// The start of the last answer.
        start: String,
    },
    /// The model declines to answer this question.
    Refused {
        /// What it says about it, may be empty.
        reason: String,
    },
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection { url, cause } => write!(f, "{url}: {cause}"),
            Self::Status {
                url,
                status,
                message,
                attempts,
            } => {
                write!(f, "{url}: status {status} ({message})")?;
                match attempts {
                    1 => Ok(()),
                    _ => write!(f, ", asked {attempts} times"),
                }
            }
            Self::Garbage { url, start } => {
                write!(f, "{url}: an answer that is not its protocol's: {start}")
            }
            Self::Refused { reason } if reason.is_empty() => f.write_str("the model refuses"),
            Self::Refused { reason } => write!(f, "the model refuses: {reason}"),
        }
    }
}

impl Error for BackendError {}

/// A pair from a language model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NewPair {
    /// The question: trimmed, lowercased, without `|`.
    pub question: String,
    /// The reply, in upper case: one of those that the kind allows.
    pub reply: String,
}

/// What a batch brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The new pairs, in the order of the answer.
    pub pairs: Vec<NewPair>,
    /// What became of the answer's lines.
    pub tally: Tally,
    /// What the model said if it declined.
    pub refusal: Option<String>,
}

/// Why generating ends early.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenerateError {
    /// The backend fails.
    Backend(BackendError),
    /// Several batches in a row brought no new pair.
    Fruitless {
        /// How many.
        batches: u32,
        /// What the last answer was, in short.
        last: String,
    },
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backend(error) => error.fmt(f),
            Self::Fruitless { batches, last } => {
                write!(
                    f,
                    "{batches} answers in a row without a new pair; the last: {last}"
                )
            }
        }
    }
}

impl Error for GenerateError {}

/// Asks a backend for pairs, a batch at a time.
pub struct Generator<'b> {
    backend: &'b dyn Backend,
    kind: Kind,
    seed: u64,
    batch: u64,
    fruitless: u32,
    known: HashSet<String>,
}

impl<'b> Generator<'b> {
    /// A generator of pairs of this kind. It never repeats a question that is `known`, and starts
    /// with another part of the seed's sequence for another number of them.
    pub fn new(
        backend: &'b dyn Backend,
        kind: Kind,
        seed: u64,
        known: impl IntoIterator<Item = String>,
    ) -> Self {
        let known: HashSet<String> = known.into_iter().collect();
        Self {
            backend,
            kind,
            seed,
            batch: known.len() as u64,
            fruitless: 0,
            known,
        }
    }

    /// Asks for the next batch.
    ///
    /// # Errors
    ///
    /// [`GenerateError`]: asking again is of no use.
    pub fn next_batch(&mut self) -> Result<Batch, GenerateError> {
        let task = self.kind.task(self.batch);
        let prompt = task.prompt(self.seed.wrapping_add(self.batch));
        self.batch += 1;
        let (answer, refusal) = match self.backend.ask(&prompt) {
            Ok(answer) => (answer, None),
            Err(BackendError::Refused { reason }) => {
                let answer = Answer {
                    text: String::new(),
                    is_cut: false,
                };
                (answer, Some(reason))
            }
            Err(error) => return Err(GenerateError::Backend(error)),
        };
        let (pairs, tally) = answer::pairs(&answer, &task.replies, &mut self.known);
        if !pairs.is_empty() {
            self.fruitless = 0;
            return Ok(Batch {
                pairs,
                tally,
                refusal,
            });
        }
        self.fruitless += 1;
        if self.fruitless < FRUITLESS_BATCHES {
            return Ok(Batch {
                pairs,
                tally,
                refusal,
            });
        }
        let last = match refusal {
            Some(reason) => BackendError::Refused { reason }.to_string(),
            None => format!("{:?}", http::start(&answer.text)),
        };
        Err(GenerateError::Fruitless {
            batches: self.fruitless,
            last,
        })
    }
}
