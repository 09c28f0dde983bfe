//! What a language model is asked for.

use super::Prompt;

/// Pairs asked for in a batch.
const BATCH_PAIRS: usize = 25;

/// Pairs that a batch of paraphrases starts from.
const BATCH_SOURCES: usize = 5;

/// The reply of a question that names the secret.
const WIN: &str = "WIN";

/// Turns that batches take, so that the model does not say the same again and again.
const TURNS: [&str; 6] = [
    "Ask about size, shape, colour and material.",
    "Ask about where it is found and what it is used for or does.",
    "Ask about its parts, its abilities and its age.",
    "Use sloppy typing: no punctuation, r u, dont, wanna.",
    "Use very short questions of one to three words.",
    "Use whole polite sentences and unusual wording.",
];

/// What the pairs are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Questions about a secret topic, with every reply: YES, NO, MAYBE, WIN.
    Mixed {
        /// The secret.
        topic: String,
    },
    /// Questions about it that are answered YES.
    YesOnly {
        /// The secret.
        topic: String,
    },
    /// Guesses that name it: WIN.
    WinOnly {
        /// The secret.
        topic: String,
    },
    /// Guesses that name something else, near or far: NO.
    Distractors {
        /// The secret.
        topic: String,
    },
    /// Questions about anything else, and nonsense.
    Nonsense {
        /// The reply that they get, in upper case.
        reply: String,
    },
    /// Other wordings of given pairs, which must not be empty.
    Paraphrases {
        /// Questions and replies, the latter in upper case.
        pairs: Vec<(String, String)>,
    },
}

/// One batch: what to ask for, and the replies that are taken.
pub(super) struct Task {
    request: String,
    pub(super) replies: Vec<String>,
}

impl Task {
    pub(super) fn prompt(&self, seed: u64) -> Prompt {
        Prompt {
            system: "You write training data for a tiny chatbot. You print nothing but lines of \
                     the form question|REPLY: no numbering, no comments, no blank lines. Questions \
                     are what people really type, all different, and never contain the character |."
                .into(),
            user: self.request.clone(),
            seed,
        }
    }
}

impl Kind {
    /// The batch of this number.
    pub(super) fn task(&self, batch: u64) -> Task {
        let turn = TURNS[(batch % TURNS.len() as u64) as usize];
        let game = |topic: &str| {
            format!("In a guessing game the secret is \"{topic}\"; players do not know it.")
        };
        let (request, replies): (String, Vec<&str>) = match self {
            Self::Mixed { topic } => (
                format!(
                    "{} Write {BATCH_PAIRS} questions that players ask, with the right reply: YES, \
                     NO, MAYBE (it depends), or {WIN} (only where the question names the secret). \
                     {turn}",
                    game(topic)
                ),
                vec!["YES", "NO", "MAYBE", WIN],
            ),
            Self::YesOnly { topic } => (
                format!(
                    "{} Write {BATCH_PAIRS} questions whose right reply is YES, without naming \
                     the secret. The reply of each line is YES. {turn}",
                    game(topic)
                ),
                vec!["YES"],
            ),
            Self::WinOnly { topic } => (
                format!(
                    "{} Write {BATCH_PAIRS} guesses that name the secret, its synonyms or its \
                     usual misspellings, such as: is it a {topic}. The reply of each line is {WIN}.",
                    game(topic)
                ),
                vec![WIN],
            ),
            Self::Distractors { topic } => (
                format!(
                    "{} Write {BATCH_PAIRS} wrong guesses that name something else, some of them \
                     close to the secret. The reply of each line is NO.",
                    game(topic)
                ),
                vec!["NO"],
            ),
            Self::Nonsense { reply } => (
                format!(
                    "Write {BATCH_PAIRS} inputs that a chatbot cannot make sense of: off-topic \
                     requests, broken sentences, keyboard mashing, fragments, riddles. The reply \
                     of each line is {reply}."
                ),
                vec![reply],
            ),
            Self::Paraphrases { pairs } => {
                let start = (batch as usize).wrapping_mul(BATCH_SOURCES);
                let sources: Vec<_> = (0..BATCH_SOURCES.min(pairs.len()))
                    .map(|i| &pairs[start.wrapping_add(i) % pairs.len()])
                    .collect();
                let lines: Vec<_> = sources.iter().map(|(q, r)| format!("{q}|{r}")).collect();
                (
                    format!(
                        "Write five other wordings of each of these questions, with the same \
                         meaning and exactly the same reply. Vary words, order, length and \
                         spelling.\n\n{}",
                        lines.join("\n")
                    ),
                    sources
                        .into_iter()
                        .map(|(_, reply)| reply.as_str())
                        .collect(),
                )
            }
        };
        Task {
            request,
            replies: replies.into_iter().map(str::to_owned).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_of_paraphrases_take_turns_through_all_pairs() {
        let pair = |i| (format!("q{i}"), format!("R{i}"));
        let kind = Kind::Paraphrases {
            pairs: (0..7).map(pair).collect(),
        };
        assert_eq!(kind.task(0).replies, ["R0", "R1", "R2", "R3", "R4"]);
        assert_eq!(kind.task(1).replies, ["R5", "R6", "R0", "R1", "R2"]);
        assert!(
            kind.task(1)
                .request
                .ends_with("\n\nq5|R5\nq6|R6\nq0|R0\nq1|R1\nq2|R2")
        );
    }

    #[test]
    fn a_secret_is_named_and_the_turn_changes() {
        let kind = Kind::Mixed {
            topic: "elephant".into(),
        };
        assert!(kind.task(0).request.contains("\"elephant\""));
        assert_ne!(kind.task(0).request, kind.task(1).request);
    }
}
