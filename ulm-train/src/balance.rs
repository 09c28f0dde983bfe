//! The same number of pairs for each reply, or as near as the pairs allow.

use std::collections::BTreeMap;

use crate::pairs::{Pair, Pairs};

/// How many pairs a reply had and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Pairs before.
    pub before: usize,
    /// Pairs after.
    pub after: usize,
}

/// Pairs that were balanced.
#[derive(Debug, Clone)]
pub struct Balanced<'p> {
    /// The pairs, in the order of their lines; repetitions come after all of them.
    pub pairs: Vec<&'p Pair>,
    /// What became of each reply.
    pub replies: BTreeMap<&'p str, Change>,
}

/// Takes `per_reply` pairs of each reply. Of more it takes some spread evenly over the file; fewer
/// it repeats, if `oversample`.
///
/// Pairs that repeat an earlier one are left out before counting.
#[must_use]
pub fn balance(pairs: &Pairs, per_reply: usize, oversample: bool) -> Balanced<'_> {
    let mut by_reply: BTreeMap<&str, Vec<(usize, &Pair)>> = BTreeMap::new();
    let mut before: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen = std::collections::HashSet::new();
    for (number, pair) in pairs.iter().enumerate() {
        *before.entry(&pair.reply).or_default() += 1;
        if seen.insert((&pair.question, &pair.reply)) {
            by_reply
                .entry(&pair.reply)
                .or_default()
                .push((number, pair));
        }
    }
    let (mut kept, mut repeated, mut replies) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (reply, pairs) in by_reply {
        let taken = pairs.len().min(per_reply);
        // Evenly spread: neighbouring lines tend to be variations of each other.
        kept.extend((0..taken).map(|i| pairs[i * pairs.len() / taken]));
        let missing = if oversample { per_reply - taken } else { 0 };
        repeated.extend((0..missing).map(|i| pairs[i % pairs.len()].1));
        let (before, after) = (before[reply], taken + missing);
        replies.insert(reply, Change { before, after });
    }
    kept.sort_by_key(|(number, _)| *number);
    let pairs = kept
        .into_iter()
        .map(|(_, pair)| pair)
        .chain(repeated)
        .collect();
    Balanced { pairs, replies }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairs::ReplyCase;

    fn questions(per_reply: usize, oversample: bool) -> Vec<String> {
        let text = "a|x\nb|x\nc|y\nd|x\ne|x\na|x\nf|y\n";
        let pairs = Pairs::parse(text, ReplyCase::Keep).unwrap();
        let balanced = balance(&pairs, per_reply, oversample);
        let after: usize = balanced.replies.values().map(|change| change.after).sum();
        assert_eq!(after, balanced.pairs.len());
        assert_eq!(balanced.replies["x"].before, 5);
        let questions = balanced.pairs.iter().map(|pair| pair.question.clone());
        questions.collect()
    }

    #[test]
    fn much_is_thinned_evenly_and_little_is_repeated() {
        assert_eq!(questions(1, false), ["a", "c"]);
        assert_eq!(questions(2, false), ["a", "c", "d", "f"]);
        assert_eq!(questions(3, false), ["a", "b", "c", "d", "f"]);
        assert_eq!(questions(3, true), ["a", "b", "c", "d", "f", "c"]);
        assert_eq!(questions(5, true).len(), 10);
    }
}
