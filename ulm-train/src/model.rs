//! A fitted model, which owns its bytes.

use linfa::traits::PredictInplace;
use ndarray::{Array1, ArrayBase, Data, Ix1};
use serde::{Deserialize, Serialize};
use ulm_core::{Model, ParseError};

use crate::accuracy::{Accuracy, AnyEngine};
use crate::eval::TradeOff;

/// How a model was fitted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// Epochs that were trained, the last one perhaps in part.
    pub epochs: u32,
    /// Steps that were trained.
    pub steps: u32,
    /// Time that training took, in seconds, that before a resumption included.
    pub seconds: f64,
    /// Accuracy on the questions that were held out, the doubt left aside.
    pub held_out: Option<Accuracy>,
    /// What the model's threshold does to the questions that were held out, for a model with a
    /// fallback.
    pub doubt: Option<TradeOff>,
}

/// A micro language model in the form of a `.ulm` file, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ulm {
    bytes: Vec<u8>,
    report: Report,
}

impl Ulm {
    /// Checks `bytes`, a whole `.ulm` file.
    ///
    /// # Errors
    ///
    /// What [`Model::parse`] refuses.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ParseError> {
        Self::new(bytes, Report::default())
    }

    pub(crate) fn new(bytes: Vec<u8>, report: Report) -> Result<Self, ParseError> {
        Model::parse(&bytes)?;
        Ok(Self { bytes, report })
    }

    /// The `.ulm` file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The view of the file that `ulm-core` runs.
    ///
    /// # Panics
    ///
    /// Never: the bytes were checked when they came in.
    #[must_use]
    pub fn model(&self) -> Model<'_> {
        Model::parse(&self.bytes).expect("the bytes were checked")
    }

    /// How the model was fitted; empty for one that was read from a file.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// The reply to a question; bytes above 7Eh become the characters of their number.
    #[must_use]
    pub fn reply(&self, question: impl AsRef<[u8]>) -> String {
        Self::ask(&mut AnyEngine::new(), &self.model(), question.as_ref())
    }

    fn ask(engine: &mut AnyEngine, model: &Model<'_>, question: &[u8]) -> String {
        let reply = engine.ask(model, question);
        reply.into_iter().flatten().map(char::from).collect()
    }
}

/// Replies to questions, both of shape `[questions]`.
impl<Q: AsRef<[u8]>, D: Data<Elem = Q>> PredictInplace<ArrayBase<D, Ix1>, Array1<String>> for Ulm {
    fn predict_inplace(&self, questions: &ArrayBase<D, Ix1>, replies: &mut Array1<String>) {
        let (mut engine, model) = (AnyEngine::new(), self.model());
        for (question, reply) in questions.iter().zip(replies) {
            *reply = Self::ask(&mut engine, &model, question.as_ref());
        }
    }

    fn default_target(&self, questions: &ArrayBase<D, Ix1>) -> Array1<String> {
        Array1::default(questions.len())
    }
}
