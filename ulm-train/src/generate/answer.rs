//! What a language model's text holds of pairs, once its habits are taken off.

use std::collections::HashSet;

use super::{Answer, NewPair};
use crate::pairs::{LineError, ReplyCase, parse_pair};

/// Longest question that is taken, in bytes: a network hears no more.
const LONGEST_QUESTION: usize = 255;

/// What became of an answer's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// New pairs.
    pub new: usize,
    /// Pairs whose question was known.
    pub repeated: usize,
    /// Pairs with a reply that was not asked for.
    pub other_reply: usize,
    /// Lines that are no pairs: chatter, or cut off.
    pub no_pair: usize,
}

/// The new pairs of an answer, with one of the `replies`; their questions become known.
pub(super) fn pairs(
    answer: &Answer,
    replies: &[String],
    known: &mut HashSet<String>,
) -> (Vec<NewPair>, Tally) {
    let mut tally = Tally::default();
    let mut pairs = Vec::new();
    let mut lines: Vec<&str> = answer.text.lines().collect();
    if answer.is_cut && lines.pop().is_some() {
        tally.no_pair += 1;
    }
    for line in lines {
        match pair(line) {
            Ok(None) => {}
            Err(_) => tally.no_pair += 1,
            Ok(Some(pair)) if pair.question.len() > LONGEST_QUESTION => tally.no_pair += 1,
            Ok(Some(pair)) if !replies.contains(&pair.reply) => tally.other_reply += 1,
            Ok(Some(pair)) if !known.insert(pair.question.clone()) => tally.repeated += 1,
            Ok(Some(pair)) => {
                tally.new += 1;
                pairs.push(pair);
            }
        }
    }
    (pairs, tally)
}

/// The pair in a line; `None` where it holds nothing at all.
fn pair(line: &str) -> Result<Option<NewPair>, LineError> {
    let line = undecorated(line);
    if line.is_empty() {
        return Ok(None);
    }
    let (question, reply) = line.split_once('|').ok_or(LineError::NoBar)?;
    // Some end a table's row with a bar, and a reply with a full stop.
    let reply = reply
        .trim()
        .trim_end_matches('|')
        .trim_end()
        .trim_end_matches('.');
    let (question, reply) = (unquoted(question), unquoted(reply));
    let (question, reply) = parse_pair(question, reply, ReplyCase::Upper)?;
    Ok(Some(NewPair { question, reply }))
}

/// A line without the marks of a list, a table or a block of code.
fn undecorated(line: &str) -> &str {
    let line = line.trim().trim_matches('`').trim();
    let line = line.strip_prefix('|').unwrap_or(line).trim_start();
    for bullet in ["- ", "* ", "\u{2022} "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            return rest.trim_start();
        }
    }
    let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = after_number.len() < line.len();
    match after_number.strip_prefix(['.', ')']) {
        Some(rest) if is_numbered && rest.starts_with(' ') => rest.trim_start(),
        _ => line,
    }
}

/// Text without quotation marks around it.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str, is_cut: bool) -> (Vec<String>, Tally) {
        let text = text.to_owned();
        let answer = Answer { text, is_cut };
        let replies = ["YES".to_owned(), "NO".to_owned()];
        let mut known = HashSet::from(["is it old?".to_owned()]);
        let (pairs, tally) = pairs(&answer, &replies, &mut known);
        let pairs = pairs
            .into_iter()
            .map(|p| format!("{}|{}", p.question, p.reply));
        (pairs.collect(), tally)
    }

    #[test]
    fn lists_tables_quotes_and_code_are_taken_off() {
        let text = "Here are your pairs:\n```\n1. Is it big?|yes\n2) is it RED? | No.\n\
                    - does it fly|NO\n* \"is it alive\"|\"YES\"\n| can it swim | YES |\n```\n";
        let (pairs, tally) = taken(text, false);
        let expected = [
            "is it big?|YES",
            "is it red?|NO",
            "does it fly|NO",
            "is it alive|YES",
            "can it swim|YES",
        ];
        assert_eq!(pairs, expected);
        assert_eq!((tally.new, tally.no_pair), (5, 1));
    }

    #[test]
    fn numbers_that_are_no_bullets_stay() {
        assert_eq!(
            taken("2 plus 2|YES\n3.5 is it|NO", false).0,
            ["2 plus 2|YES", "3.5 is it|NO"]
        );
    }

    #[test]
    fn repetitions_other_replies_and_half_lines_are_counted_out() {
        let text = "is it old?|YES\nis it new|NO\nIs it new|NO\nis it odd|PERHAPS\nis it ev";
        let (pairs, tally) = taken(text, true);
        assert_eq!(pairs, ["is it new|NO"]);
        let expected = Tally {
            new: 1,
            repeated: 2,
            other_reply: 1,
            no_pair: 1,
        };
        assert_eq!(tally, expected);
        assert_eq!(taken("a|YES\nb|YES", true).0, ["a|YES"]);
    }

    #[test]
    fn garbage_brings_nothing() {
        let (pairs, tally) = taken(
            "I'm sorry, but I can't.\n{\"a\": 1}\n\u{1F600}|\n|||",
            false,
        );
        assert!(pairs.is_empty());
        assert_eq!(tally.no_pair, 4);
    }
}
