//! Which questions are held out.

use std::collections::HashMap;

use crate::dataset::Corpus;
use crate::rng::{Rng, Stream};

/// Indices of examples to train on and of examples held out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) training: Vec<usize>,
    pub(crate) held_out: Vec<usize>,
}

impl Split {
    /// Holds out a share (0 to below 1) of the distinct questions of each reply, rounded, with
    /// all pairs that ask them: a question is never on both sides. Of each reply one question
    /// stays.
    pub(crate) fn new(corpus: &Corpus, share: f32, seed: u64) -> Self {
        let mut replies: Vec<Vec<&[u8]>> = vec![Vec::new(); corpus.replies.len()];
        let mut sides: HashMap<&[u8], bool> = HashMap::new();
        for example in &corpus.examples {
            if sides.insert(&example.question, false).is_none() {
                replies[example.reply as usize].push(&example.question);
            }
        }
        for (reply, questions) in replies.iter_mut().enumerate() {
            questions.sort_unstable();
            Rng::new(seed, Stream::Split, [reply as u64, 0]).shuffle(questions);
            let wanted = (questions.len() as f32 * share).round() as usize;
            let held_out = wanted.min(questions.len().saturating_sub(1));
            for question in &questions[..held_out] {
                sides.insert(question, true);
            }
        }
        let is_held_out = |index: &usize| sides[corpus.examples[*index].question.as_slice()];
        let (held_out, training) = (0..corpus.examples.len()).partition(is_held_out);
        Self { training, held_out }
    }
}
