//! Plain methods on the same pairs: does this data need a network?
//!
//! Each is trained on one set of pairs and judged on another by whole replies, as a model is, and
//! each knows how many bytes it would take on the device. Naive Bayes and logistic regression see
//! what a network sees, counts of hashed trigrams. The regression is linfa's; its naive Bayes
//! (`linfa-bayes` 0.8.1) prints the whole model on standard error as it fits, hence one of ours.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt;

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use ulm_core::encode::query_buckets;

use crate::dataset::normalize;
use crate::eval::Evaluation;
use crate::pairs::Pairs;

/// Iterations of logistic regression, at most.
const LOGISTIC_ITERATIONS: u64 = 100;

/// Strength of its L2 penalty.
const LOGISTIC_PENALTY: f32 = 1.0;

/// A plain method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// Always the most frequent reply.
    Majority,
    /// The reply of the most similar training question: cosine of trigram counts, without hashing.
    NearestNeighbour,
    /// Multinomial naive Bayes with Laplace smoothing.
    NaiveBayes,
    /// Multinomial logistic regression with an L2 penalty.
    LogisticRegression,
}

/// A plain method fails on these pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineError {
    /// The method.
    pub baseline: Baseline,
    /// linfa's reason.
    pub cause: String,
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.baseline.name(), self.cause)
    }
}

impl Error for BaselineError {}

/// What a plain method reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Whole replies right and wrong.
    pub evaluation: Evaluation,
    /// Bytes that it would take on the device, its program not counted.
    pub bytes: usize,
}

impl Baseline {
    /// All of them, the simplest first.
    pub const ALL: [Self; 4] = [
        Self::Majority,
        Self::NearestNeighbour,
        Self::NaiveBayes,
        Self::LogisticRegression,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Majority => "majority",
            Self::NearestNeighbour => "nearest neighbour",
            Self::NaiveBayes => "naive Bayes",
            Self::LogisticRegression => "logistic regression",
        }
    }

    /// What the bytes are.
    #[must_use]
    pub const fn bytes_are(self) -> &'static str {
        match self {
            Self::Majority => "the reply",
            Self::NearestNeighbour => "all distinct questions and replies",
            Self::NaiveBayes | Self::LogisticRegression => {
                "a byte for each bucket and reply, and the replies"
            }
        }
    }

    /// Trains on one set of pairs and judges on another. `buckets` (a power of two) is the number
    /// of query buckets.
    ///
    /// # Errors
    ///
    /// [`BaselineError`], where there are too few replies for instance.
    pub fn judge(
        self,
        training: &Pairs,
        test: &Pairs,
        buckets: u16,
    ) -> Result<Judged, BaselineError> {
        let replies = Replies::of(training);
        let classes = match self {
            Self::Majority => vec![replies.most_frequent(); test.len()],
            Self::NearestNeighbour => Neighbours::of(training, &replies).nearest(test),
            Self::NaiveBayes => NaiveBayes::of(training, &replies, buckets).most_likely(test),
            Self::LogisticRegression => self.logistic(training, &replies, test, buckets)?,
        };
        let said = classes
            .into_iter()
            .map(|class| replies.texts[class].as_bytes());
        let expected = test.iter().map(|pair| pair.reply.as_bytes());
        Ok(Judged {
            evaluation: Evaluation::of(expected.zip(said)),
            bytes: self.bytes(training, &replies, buckets),
        })
    }

    fn bytes(self, training: &Pairs, replies: &Replies<'_>, buckets: u16) -> usize {
        // A text takes its characters and a byte for its end or length.
        let texts: usize = replies.texts.iter().map(|text| text.len() + 1).sum();
        match self {
            Self::Majority => replies.texts[replies.most_frequent()].len() + 1,
            Self::NearestNeighbour => {
                let questions = training.iter().map(|pair| pair.question.as_str());
                let distinct: std::collections::BTreeSet<&str> = questions.collect();
                let class_bytes = if replies.texts.len() > 256 { 2 } else { 1 };
                let length = |question: &&str| question.len() + 1 + class_bytes;
                distinct.iter().map(length).sum::<usize>() + texts
            }
            Self::NaiveBayes | Self::LogisticRegression => {
                (usize::from(buckets) + 1) * replies.texts.len() + texts
            }
        }
    }

    fn logistic(
        self,
        training: &Pairs,
        replies: &Replies<'_>,
        test: &Pairs,
        buckets: u16,
    ) -> Result<Vec<usize>, BaselineError> {
        let dataset = DatasetBase::new(counts(training, buckets), replies.classes());
        let fitted = MultiLogisticRegression::default()
            .alpha(LOGISTIC_PENALTY)
            .max_iterations(LOGISTIC_ITERATIONS)
            .fit(&dataset);
        let model = fitted.map_err(|error| self.failed(&error))?;
        let predicted: Array1<usize> = model.predict(&counts(test, buckets));
        Ok(predicted.to_vec())
    }

    fn failed(self, error: &dyn Error) -> BaselineError {
        BaselineError {
            baseline: self,
            cause: error.to_string(),
        }
    }
}

/// Counts of hashed trigrams, of shape `[pairs, buckets]`.
fn counts(pairs: &Pairs, buckets: u16) -> Array2<f32> {
    let mut counts = Array2::zeros((pairs.len(), buckets.into()));
    for (pair, mut row) in pairs.iter().zip(counts.rows_mut()) {
        for bucket in query_buckets(pair.question.as_bytes(), buckets) {
            row[usize::from(bucket)] += 1.0;
        }
    }
    counts
}

/// The distinct replies of training pairs, and each pair's.
struct Replies<'p> {
    texts: Vec<&'p str>,
    of_pairs: Vec<usize>,
}

impl<'p> Replies<'p> {
    fn of(pairs: &'p Pairs) -> Self {
        let mut texts: Vec<&str> = pairs.iter().map(|pair| pair.reply.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        let number = |reply: &str| texts.partition_point(|&text| text < reply);
        let of_pairs = pairs.iter().map(|pair| number(&pair.reply)).collect();
        Self { texts, of_pairs }
    }

    fn classes(&self) -> Array1<usize> {
        self.of_pairs.iter().copied().collect()
    }

    fn most_frequent(&self) -> usize {
        let mut counts = vec![0_usize; self.texts.len()];
        for &class in &self.of_pairs {
            counts[class] += 1;
        }
        // The first of equals.
        let most = counts.iter().copied().max().unwrap_or(0);
        counts.iter().position(|&count| count == most).unwrap_or(0)
    }
}

/// Multinomial naive Bayes over counts of buckets (Manning, Raghavan and Schütze, "Introduction to
/// Information Retrieval", 2008, section 13.2).
struct NaiveBayes {
    buckets: u16,
    /// Logarithm of each reply's share of the pairs.
    priors: Vec<f64>,
    /// For each reply, the logarithm of each bucket's share of the trigrams, with one added to
    /// every count.
    likelihoods: Vec<Vec<f64>>,
}

impl NaiveBayes {
    fn of(training: &Pairs, replies: &Replies<'_>, buckets: u16) -> Self {
        let mut pairs = vec![0_usize; replies.texts.len()];
        let mut counts = vec![vec![1_usize; buckets.into()]; replies.texts.len()];
        for (pair, &class) in training.iter().zip(&replies.of_pairs) {
            pairs[class] += 1;
            for bucket in query_buckets(pair.question.as_bytes(), buckets) {
                counts[class][usize::from(bucket)] += 1;
            }
        }
        let log_share = |count: usize, all: usize| (count as f64 / all as f64).ln();
        let likelihoods = counts.into_iter().map(|counts| {
            let all = counts.iter().sum();
            counts
                .into_iter()
                .map(|count| log_share(count, all))
                .collect()
        });
        Self {
            buckets,
            priors: pairs
                .iter()
                .map(|&count| log_share(count, training.len()))
                .collect(),
            likelihoods: likelihoods.collect(),
        }
    }

    fn most_likely(&self, test: &Pairs) -> Vec<usize> {
        let reply_to = |question: &str| {
            let lit: Vec<_> = query_buckets(question.as_bytes(), self.buckets).collect();
            let scores = self
                .priors
                .iter()
                .zip(&self.likelihoods)
                .map(|(prior, likelihoods)| {
                    lit.iter()
                        .map(|&bucket| likelihoods[usize::from(bucket)])
                        .sum::<f64>()
                        + prior
                });
            let best = scores.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
            best.map_or(0, |(class, _)| class)
        };
        test.iter().map(|pair| reply_to(&pair.question)).collect()
    }
}

/// Training questions by their trigrams.
struct Neighbours {
    /// For each trigram the questions that hold it, and how often.
    questions_with: HashMap<[u8; 3], Vec<(usize, f32)>>,
    /// Length of each question's vector of counts.
    lengths: Vec<f32>,
    classes: Vec<usize>,
    most_frequent: usize,
}

impl Neighbours {
    fn of(training: &Pairs, replies: &Replies<'_>) -> Self {
        let mut questions_with: HashMap<[u8; 3], Vec<(usize, f32)>> = HashMap::new();
        let mut lengths = Vec::with_capacity(training.len());
        for (number, pair) in training.iter().enumerate() {
            let trigrams = trigrams(&pair.question);
            lengths.push(length(&trigrams));
            for (trigram, count) in trigrams {
                questions_with
                    .entry(trigram)
                    .or_default()
                    .push((number, count));
            }
        }
        Self {
            questions_with,
            lengths,
            classes: replies.of_pairs.clone(),
            most_frequent: replies.most_frequent(),
        }
    }

    fn nearest(&self, test: &Pairs) -> Vec<usize> {
        let mut products = vec![0.0; self.lengths.len()];
        let mut nearest_to = |question: &str| {
            products.fill(0.0);
            for (trigram, count) in trigrams(question) {
                for &(number, other) in self.questions_with.get(&trigram).into_iter().flatten() {
                    products[number] += count * other;
                }
            }
            let cosines = products
                .iter()
                .zip(&self.lengths)
                .map(|(product, length)| product / length);
            let mut best = (0.0, None);
            for (number, cosine) in cosines.enumerate() {
                if cosine > best.0 {
                    best = (cosine, Some(number));
                }
            }
            best.1
                .map_or(self.most_frequent, |number| self.classes[number])
        };
        test.iter().map(|pair| nearest_to(&pair.question)).collect()
    }
}

/// Trigrams of a question with a space at each end, and their counts.
fn trigrams(question: &str) -> BTreeMap<[u8; 3], f32> {
    let text = [b" ", normalize(question.as_bytes()).as_slice(), b" "].concat();
    let mut counts = BTreeMap::new();
    for window in text.windows(3) {
        *counts.entry([window[0], window[1], window[2]]).or_default() += 1.0;
    }
    counts
}

fn length(trigrams: &BTreeMap<[u8; 3], f32>) -> f32 {
    trigrams
        .values()
        .map(|count| count * count)
        .sum::<f32>()
        .sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairs::ReplyCase;

    fn right(baseline: Baseline) -> (usize, usize) {
        let mut training = String::new();
        for (start, reply) in [
            ("hello", "HI"),
            ("good bye", "SO LONG"),
            ("how are you", "FINE"),
        ] {
            for end in ["", " there", " now", " my friend", " robot"] {
                training += &format!("{start}{end}|{reply}\n");
            }
        }
        training += "hello again|HI\n";
        let test = "hello you|HI\ngood bye then|SO LONG\nhow are they|FINE\nhello world|HI\n";
        let training = Pairs::parse(&training, ReplyCase::Upper).unwrap();
        let test = Pairs::parse(test, ReplyCase::Upper).unwrap();
        let judged = baseline.judge(&training, &test, 256).unwrap();
        (judged.evaluation.all().right, judged.bytes)
    }

    #[test]
    fn plain_methods_answer_plain_questions() {
        // Of two greetings the majority is HI; the others tell all four apart. Replies take
        // 3 + 8 + 5 bytes with their ends.
        assert_eq!(right(Baseline::Majority), (2, 3));
        assert_eq!(right(Baseline::NearestNeighbour).0, 4);
        assert_eq!(right(Baseline::NaiveBayes), (4, 257 * 3 + 16));
        assert_eq!(right(Baseline::LogisticRegression), (4, 257 * 3 + 16));
    }

    #[test]
    fn one_reply_is_no_riddle() {
        let pairs = Pairs::parse("a|x\nb|x\n", ReplyCase::Upper).unwrap();
        for baseline in Baseline::ALL {
            let judged = baseline.judge(&pairs, &pairs, 64).unwrap();
            assert_eq!(judged.evaluation.all().right, 2, "{}", baseline.name());
        }
    }
}
