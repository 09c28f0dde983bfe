//! From pairs to what the network is shown: charset, distinct replies, and the contexts they pass
//! through.

use std::collections::HashMap;

use linfa::DatasetBase;
use ndarray::{Array1, ArrayBase, Data, Ix1};
use ulm_core::encode::{CONTEXT_BYTES, CONTEXT_WINDOWS, Context, trim};
use ulm_core::format::{CHARSET_ENTRIES, FIRST_PRINTABLE};

use crate::error::FitError;
use crate::pairs::Pairs;

/// linfa's dataset of questions (records) and replies (targets), both of shape `[pairs]`.
pub type PairDataset = DatasetBase<Array1<String>, Array1<String>>;

impl From<&Pairs> for PairDataset {
    fn from(pairs: &Pairs) -> Self {
        let questions = pairs.iter().map(|pair| pair.question.clone()).collect();
        let replies = pairs.iter().map(|pair| pair.reply.clone()).collect();
        Self::new(questions, replies)
    }
}

/// A question as the network hears it: trimmed, at most 255 bytes, `A`–`Z` lowercased. Questions
/// that are equal in this form are the same question.
#[must_use]
pub fn normalize(question: &[u8]) -> Vec<u8> {
    trim(question).to_ascii_lowercase()
}

/// A step of a reply: what is to be chosen in which context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// Index into [`Corpus::contexts`].
    pub(crate) context: u32,
    /// Charset entry to be chosen; the last one is EOS.
    pub(crate) entry: u8,
}

/// A distinct reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) text: Vec<u8>,
    /// One step a byte, then EOS.
    pub(crate) steps: Vec<Step>,
}

/// A question and the index of its reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Example {
    /// [Normalized](normalize), not empty.
    pub(crate) question: Vec<u8>,
    /// Index into [`Corpus::replies`].
    pub(crate) reply: u32,
}

/// Pairs, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Corpus {
    /// Characters of all replies, ascending; EOS comes after them.
    pub(crate) charset: Vec<u8>,
    /// Distinct replies, ascending.
    pub(crate) replies: Vec<Reply>,
    /// Distinct contexts of all replies' steps.
    pub(crate) contexts: Vec<Context>,
    /// The pairs in their order.
    pub(crate) examples: Vec<Example>,
}

impl Corpus {
    /// Takes a dataset apart. `fallback`, where there is one, is among the replies.
    pub(crate) fn new<Q, R, D, T>(
        dataset: &DatasetBase<ArrayBase<D, Ix1>, ArrayBase<T, Ix1>>,
    ) -> Result<Self, FitError>
    where
        Q: AsRef<[u8]>,
        R: AsRef<[u8]>,
        D: Data<Elem = Q>,
        T: Data<Elem = R>,
    {
        let (questions, replies) = (dataset.records(), dataset.targets());
        if questions.len() != replies.len() {
            return Err(linfa::Error::MismatchedShapes(questions.len(), replies.len()).into());
        }
        if questions.is_empty() {
            return Err(FitError::NoPairs);
        }
        let mut texts: Vec<&[u8]> = Vec::new();
        for (pair, (question, reply)) in questions.iter().zip(replies).enumerate() {
            let reply = reply.as_ref();
            if trim(question.as_ref()).is_empty() {
                return Err(FitError::EmptyQuestion { pair });
            }
            if reply.is_empty() {
                return Err(FitError::EmptyReply { pair });
            }
            if u8::try_from(reply.len()).is_err() {
                let bytes = reply.len();
                return Err(FitError::ReplyTooLong { pair, bytes });
            }
            if let Some(&byte) = reply.iter().find(|&&byte| byte < FIRST_PRINTABLE) {
                return Err(FitError::ReplyByte { pair, byte });
            }
            texts.push(reply);
        }
        texts.sort_unstable();
        texts.dedup();
        if let [only] = texts[..] {
            let reply = String::from_utf8_lossy(only).into_owned();
            return Err(FitError::OneReply { reply });
        }
        let mut charset = texts.concat();
        charset.sort_unstable();
        charset.dedup();
        let most = usize::from(*CHARSET_ENTRIES.end()) - 1;
        if charset.len() > most {
            let characters = charset.len();
            return Err(FitError::CharsetTooLarge { characters, most });
        }

        let mut corpus = Self {
            charset,
            replies: Vec::new(),
            contexts: Vec::new(),
            examples: Vec::new(),
        };
        let mut known = HashMap::new();
        for text in &texts {
            let reply = corpus.steps_of(text, &mut known);
            corpus.replies.push(reply);
        }
        corpus.examples = questions
            .iter()
            .zip(replies)
            .map(|(question, reply)| Example {
                question: normalize(question.as_ref()),
                reply: texts.partition_point(|&text| text < reply.as_ref()) as u32,
            })
            .collect();
        Ok(corpus)
    }

    fn steps_of(&mut self, text: &[u8], known: &mut HashMap<[u8; CONTEXT_BYTES], u32>) -> Reply {
        let mut context = Context::new();
        let mut steps = Vec::with_capacity(text.len() + 1);
        for position in 0..=text.len() {
            let index = *known.entry(*context.bytes()).or_insert_with(|| {
                self.contexts.push(context);
                self.contexts.len() as u32 - 1
            });
            let byte = text.get(position);
            steps.push(Step {
                context: index,
                entry: byte.map_or(self.charset.len(), |byte| {
                    self.charset.partition_point(|entry| entry < byte)
                }) as u8,
            });
            if let Some(&byte) = byte {
                context.push(byte);
            }
        }
        Reply {
            text: text.to_vec(),
            steps,
        }
    }

    /// Charset entries, EOS included: the width of the last layer.
    pub(crate) const fn entries(&self) -> usize {
        self.charset.len() + 1
    }

    /// Length of the longest reply, in bytes.
    pub(crate) fn longest_reply(&self) -> u8 {
        let longest = self.replies.iter().map(|reply| reply.text.len()).max();
        longest.unwrap_or(0) as u8
    }

    /// Buckets of a context, as inputs of the first layer.
    pub(crate) fn context_inputs(
        &self,
        context: usize,
        query_buckets: u16,
        context_buckets: u16,
    ) -> [u16; CONTEXT_WINDOWS] {
        let mut inputs = [0; CONTEXT_WINDOWS];
        let buckets = self.contexts[context].buckets(context_buckets);
        for (input, bucket) in inputs.iter_mut().zip(buckets) {
            *input = query_buckets + bucket;
        }
        inputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn corpus(pairs: &[(&str, &str)]) -> Result<Corpus, FitError> {
        let questions: Array1<&str> = pairs.iter().map(|pair| pair.0).collect();
        let replies: Array1<&str> = pairs.iter().map(|pair| pair.1).collect();
        Corpus::new(&DatasetBase::new(questions, replies))
    }

    #[test]
    fn replies_share_contexts_and_end() {
        let corpus = corpus(&[(" Hello ", "YO"), ("hi", "YES"), ("bye", "YO")]).unwrap();
        assert_eq!(corpus.charset, b"EOSY");
        assert_eq!(corpus.replies[0].text, b"YES");
        let steps = |reply: usize| {
            let steps = corpus.replies[reply].steps.iter();
            steps
                .map(|step| (step.context, step.entry))
                .collect::<Vec<_>>()
        };
        assert_eq!(steps(0), [(0, 3), (1, 0), (2, 2), (3, 4)]);
        assert_eq!(steps(1), [(0, 3), (1, 1), (4, 4)]);
        assert_eq!(corpus.contexts[4].bytes(), b"      yo");
        assert_eq!(corpus.examples[0].question, b"hello");
        assert_eq!(
            corpus.examples.iter().map(|e| e.reply).collect::<Vec<_>>(),
            [1, 0, 1]
        );
        assert_eq!((corpus.longest_reply(), corpus.entries()), (3, 5));
    }

    #[test]
    fn what_cannot_be_learned_is_named() {
        assert!(matches!(corpus(&[]), Err(FitError::NoPairs)));
        assert!(matches!(
            corpus(&[("a", "X"), ("  ", "Y")]),
            Err(FitError::EmptyQuestion { pair: 1 })
        ));
        assert!(matches!(
            corpus(&[("a", "")]),
            Err(FitError::EmptyReply { pair: 0 })
        ));
        assert!(matches!(
            corpus(&[("a", "X"), ("b", "Y\t")]),
            Err(FitError::ReplyByte { pair: 1, byte: 9 })
        ));
        let long = "X".repeat(256);
        assert!(matches!(
            corpus(&[("a", &long)]),
            Err(FitError::ReplyTooLong {
                pair: 0,
                bytes: 256
            })
        ));
        assert!(matches!(
            corpus(&[("a", "X"), ("b", "X")]),
            Err(FitError::OneReply { .. })
        ));
        let all: Vec<u8> = (0x20..=0xff).collect();
        let dataset = DatasetBase::new(array!["a", "b"], array![&all[..100], &all[100..]]);
        assert!(matches!(
            Corpus::new(&dataset),
            Err(FitError::CharsetTooLarge {
                characters: 224,
                most: 127
            })
        ));
        let dataset = DatasetBase::new(array!["a", "b"], array!["X"]);
        assert!(matches!(Corpus::new(&dataset), Err(FitError::Linfa(_))));
    }
}
