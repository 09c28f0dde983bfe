//! What may be wrong with pairs, before a network learns it.
//!
//! Some findings are facts about the data (contradictions set a ceiling to accuracy), some about the
//! network that is to learn it (buckets, output neurons). [`Lint::of`] computes all of them.

use std::collections::{BTreeMap, HashMap};

use ulm_core::encode::{QUERY_BYTES, query_buckets, trim};

use crate::pairs::{Pair, Pairs};

/// Pairs that make an output neuron for a character worth its bytes, at least.
pub const RARE_CHARACTER_PAIRS: usize = 5;

/// A question that is asked more than once and gets different replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction<'p> {
    /// The pairs that ask it, in order.
    pub pairs: Vec<&'p Pair>,
    /// How often its most frequent reply is given.
    pub most_frequent: usize,
}

/// Questions that a network cannot tell apart, as they light the same buckets equally often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision<'p> {
    /// A pair of each of these questions, in order; their replies differ.
    pub pairs: Vec<&'p Pair>,
}

/// A character of the charset that few pairs need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RareCharacter<'p> {
    /// The character.
    pub character: char,
    /// The pairs whose reply holds it.
    pub pairs: Vec<&'p Pair>,
}

/// All that was found in pairs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lint<'p> {
    /// Number of pairs.
    pub pairs: usize,
    /// Number of distinct questions.
    pub questions: usize,
    /// For each distinct reply its pairs, the most frequent first.
    pub replies: Vec<(&'p str, Vec<&'p Pair>)>,
    /// Questions with different replies.
    pub contradictions: Vec<Contradiction<'p>>,
    /// Share of pairs (0 to 1) that a model can get right at best, because of contradictions.
    pub ceiling: f64,
    /// Pairs that stand there more than once: the repetitions, without the first.
    pub duplicates: Vec<&'p Pair>,
    /// Questions that collide with the given number of buckets; those that hash alike with any
    /// number of buckets are among them.
    pub collisions: Vec<Collision<'p>>,
    /// Characters that fewer than [`RARE_CHARACTER_PAIRS`] pairs need.
    pub rare_characters: Vec<RareCharacter<'p>>,
    /// Characters of all replies, without EOS.
    pub charset: String,
    /// Questions of which a network hears only the first [`QUERY_BYTES`] bytes.
    pub too_long: Vec<&'p Pair>,
}

impl<'p> Lint<'p> {
    /// Looks at `pairs`, which a network with this many query buckets (a power of two) is to learn.
    #[must_use]
    pub fn of(pairs: &'p Pairs, buckets: u16) -> Self {
        let mut replies: BTreeMap<&str, Vec<&Pair>> = BTreeMap::new();
        let mut questions: BTreeMap<&[u8], Vec<&Pair>> = BTreeMap::new();
        let mut characters: BTreeMap<char, Vec<&Pair>> = BTreeMap::new();
        for pair in pairs {
            replies.entry(&pair.reply).or_default().push(pair);
            questions.entry(heard(pair)).or_default().push(pair);
            for character in pair.reply.chars() {
                let users = characters.entry(character).or_default();
                if users.last().is_none_or(|last| !std::ptr::eq(*last, pair)) {
                    users.push(pair);
                }
            }
        }
        let (contradictions, duplicates, best) = repetitions(questions.values());
        let mut lint = Self {
            pairs: pairs.len(),
            questions: questions.len(),
            replies: replies.into_iter().collect(),
            contradictions,
            ceiling: best as f64 / pairs.len().max(1) as f64,
            duplicates,
            collisions: collisions(&questions, buckets),
            charset: characters.keys().collect(),
            rare_characters: (characters.into_iter())
                .filter(|(_, pairs)| pairs.len() < RARE_CHARACTER_PAIRS)
                .map(|(character, pairs)| RareCharacter { character, pairs })
                .collect(),
            too_long: (pairs.iter())
                .filter(|pair| pair.question.len() > QUERY_BYTES)
                .collect(),
        };
        lint.replies
            .sort_by_key(|(_, pairs)| std::cmp::Reverse(pairs.len()));
        lint
    }

    /// Replies that a single pair gives: nothing can be learned from one, or measured.
    pub fn seen_once(&self) -> impl Iterator<Item = &'p Pair> + use<'_, 'p> {
        let single = |(_, pairs): &(&str, Vec<&'p Pair>)| match pairs[..] {
            [only] => Some(only),
            _ => None,
        };
        self.replies.iter().filter_map(single)
    }

    /// Whether all is well: class balance is a matter of taste and never a finding.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.contradictions.is_empty()
            && self.duplicates.is_empty()
            && self.collisions.is_empty()
            && self.rare_characters.is_empty()
            && self.too_long.is_empty()
            && self.seen_once().next().is_none()
            && self.replies.len() > 1
    }
}

/// What a network hears of a question.
fn heard(pair: &Pair) -> &[u8] {
    trim(pair.question.as_bytes())
}

/// Contradictions, duplicates, and how many pairs the best possible model gets right.
fn repetitions<'a, 'p: 'a>(
    questions: impl Iterator<Item = &'a Vec<&'p Pair>>,
) -> (Vec<Contradiction<'p>>, Vec<&'p Pair>, usize) {
    let (mut contradictions, mut duplicates, mut best) = (Vec::new(), Vec::new(), 0);
    for pairs in questions {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for &pair in pairs {
            let count = counts.entry(&pair.reply).or_default();
            *count += 1;
            if *count > 1 {
                duplicates.push(pair);
            }
        }
        let most_frequent = counts.values().copied().max().unwrap_or(0);
        best += most_frequent;
        if counts.len() > 1 {
            contradictions.push(Contradiction {
                pairs: pairs.clone(),
                most_frequent,
            });
        }
    }
    contradictions.sort_by_key(|c| std::cmp::Reverse(c.pairs.len() - c.most_frequent));
    (contradictions, duplicates, best)
}

/// Distinct questions that light the same buckets but want different replies.
fn collisions<'p>(questions: &BTreeMap<&[u8], Vec<&'p Pair>>, buckets: u16) -> Vec<Collision<'p>> {
    let mut lit: BTreeMap<Vec<u16>, Vec<&'p Pair>> = BTreeMap::new();
    for (question, pairs) in questions {
        let mut key: Vec<u16> = query_buckets(question, buckets).collect();
        key.sort_unstable();
        lit.entry(key).or_default().extend(pairs.first());
    }
    let differ = |pairs: &Vec<&Pair>| pairs.iter().any(|pair| pair.reply != pairs[0].reply);
    let colliding = lit.into_values().filter(differ);
    colliding.map(|pairs| Collision { pairs }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairs::ReplyCase;

    fn pairs(text: &str) -> Pairs {
        Pairs::parse(text, ReplyCase::Upper).unwrap()
    }

    #[test]
    fn contradictions_set_the_ceiling_and_duplicates_do_not() {
        let pairs = pairs("a|yes\na|no\nA |yes\nb|no\nb|no\nc|yes\n");
        let lint = Lint::of(&pairs, 1024);
        let lines = |found: &[&Pair]| {
            let lines = found.iter().map(|pair| pairs.place(pair).line);
            lines.collect::<Vec<_>>()
        };
        assert_eq!(lint.contradictions.len(), 1);
        assert_eq!(lines(&lint.contradictions[0].pairs), [1, 2, 3]);
        // Of six pairs one must be wrong: line 2.
        assert!((lint.ceiling - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!(lines(&lint.duplicates), [3, 5]);
        assert_eq!((lint.pairs, lint.questions), (6, 3));
        assert!(!lint.is_clean());
    }

    #[test]
    fn questions_that_hash_alike_are_found() {
        // With one bucket, only the length of a question counts.
        let pairs = pairs("abc|yes\nxyz|no\nabcd|no\nwxyz|no\n");
        let lint = Lint::of(&pairs, 1);
        assert_eq!(lint.collisions.len(), 1);
        let questions: Vec<_> = lint.collisions[0]
            .pairs
            .iter()
            .map(|p| &p.question)
            .collect();
        assert_eq!(questions, ["abc", "xyz"]);
        assert!(Lint::of(&pairs, 1024).collisions.is_empty());
    }

    #[test]
    fn rare_characters_long_questions_and_single_replies_are_named() {
        let long = "q".repeat(QUERY_BYTES + 1);
        let text = "a|ok\nb|ok\nc|ok\nd|ok\ne|ok\nf|okk!\n".to_owned() + &format!("{long}|ok\n");
        let pairs = pairs(&text);
        let lint = Lint::of(&pairs, 1024);
        let rare: Vec<_> = lint.rare_characters.iter().map(|r| r.character).collect();
        assert_eq!((rare, lint.charset.as_str()), (vec!['!'], "!KO"));
        assert_eq!(lint.rare_characters[0].pairs.len(), 1);
        assert_eq!(lint.too_long.len(), 1);
        let once: Vec<_> = lint.seen_once().map(|pair| pair.reply.as_str()).collect();
        assert_eq!(once, ["OKK!"]);
        assert_eq!(lint.replies[0].0, "OK");
    }

    #[test]
    fn good_pairs_are_clean() {
        let text: String = (0..5).map(|i| format!("hi {i}|A\nbye {i}|B\n")).collect();
        assert!(Lint::of(&pairs(&text), 1024).is_clean());
    }
}
