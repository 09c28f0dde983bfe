//! Questions as people type them: each epoch sees each question with other typos.

use crate::rng::Rng;

/// Letters that come in for others.
const LETTERS: &[u8] = b"etaoinshrdlucmfwypvbgkjqxz";

/// The question with words dropped and letters dropped, swapped, doubled or replaced; `strength`
/// is the chance of a question to be changed at all, 0 to 1. It never becomes empty.
pub(crate) fn retype(question: &[u8], strength: f32, rng: &mut Rng) -> Vec<u8> {
    let mut text = question.to_vec();
    if !rng.chance(strength) {
        return text;
    }
    if rng.chance(0.4) {
        drop_word(&mut text, rng);
    }
    let typos = if rng.chance(0.7) {
        1 + rng.below(1 + text.len() / 12)
    } else {
        0
    };
    for _ in 0..typos {
        mistype(&mut text, rng);
    }
    text
}

/// Drops a word, unless it is the only one.
fn drop_word(text: &mut Vec<u8>, rng: &mut Rng) {
    let words: Vec<&[u8]> = text.split(|&byte| byte == b' ').collect();
    if words.len() < 2 {
        return;
    }
    let dropped = rng.below(words.len());
    let kept: Vec<&[u8]> = words
        .iter()
        .enumerate()
        .filter(|&(number, _)| number != dropped)
        .map(|(_, &word)| word)
        .collect();
    let kept = kept.join(&b' ');
    if kept.iter().any(|&byte| byte != b' ') {
        *text = kept;
    }
}

/// Makes one typo.
fn mistype(text: &mut Vec<u8>, rng: &mut Rng) {
    if text.len() < 3 {
        return;
    }
    let at = rng.below(text.len());
    match rng.below(4) {
        0 => drop(text.remove(at)),
        1 if at + 1 < text.len() => text.swap(at, at + 1),
        2 => text[at] = LETTERS[rng.below(LETTERS.len())],
        _ => text.insert(at, text[at]),
    }
}
