//! Shared sums: additions that two neurons have in common are done once.
//!
//! Where two neurons have weights of the same sign for many inputs, a sum of its own takes these inputs' activations, and
//! is added to both when the layer is done; the lists lose one of two entries. Where the signs are opposite, it is added to
//! one and taken from the other. Sums modulo 2^16 have no order, so the result is the same.

use ulm_core::{Engine, Layer, Model};

use crate::bench::QUESTIONS;

/// Sums that a page holds.
const PAGE: usize = 256;
/// T-states of a list's entry, carries included.
const ENTRY_T_STATES: f64 = 40.0;
/// T-states of adding a shared sum to its two neurons.
const MERGE_T_STATES: f64 = 180.0;

/// A layer's weights, with shared sums behind its neurons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shared {
    /// The weights of each sum, one an input, −2 to 1; the neurons' first.
    pub(super) rows: Vec<Vec<i8>>,
    /// What becomes of each shared sum: it is added to the first sum named, and to the second if that has the larger
    /// number, else taken from it. Both come before it. To be done from the last shared sum to the first.
    pub(super) merges: Vec<(u8, u8)>,
}

impl Shared {
    /// The weights of `layer`. `activity` says how often each input is not zero.
    pub(super) fn new(layer: &Layer<'_>, activity: &[f64]) -> Self {
        let mut shared = Self::without_any(layer);
        shared.share(activity);
        shared
    }

    /// The weights of `layer` as they are.
    pub(super) fn without_any(layer: &Layer<'_>) -> Self {
        let columns = (0..layer.inputs()).map(|input| layer.weights(input).collect());
        let columns: Vec<Vec<i8>> = columns.collect();
        let neurons = 0..usize::from(layer.width());
        let rows = neurons.map(|neuron| columns.iter().map(|column| column[neuron]).collect());
        Self {
            rows: rows.collect(),
            merges: Vec::new(),
        }
    }

    /// Takes the best pair again and again, as long as it is worth it.
    fn share(&mut self, activity: &[f64]) {
        let mut best: Vec<Option<Pair>> = (0..self.rows.len())
            .map(|row| self.best_partner(row, activity))
            .collect();
        while self.rows.len() < PAGE {
            let found = best
                .iter()
                .flatten()
                .max_by(|a, b| a.saved.total_cmp(&b.saved));
            let Some(&pair) = found else { return };
            if pair.saved * ENTRY_T_STATES <= MERGE_T_STATES {
                return;
            }
            self.merge(pair);
            best.push(None);
            // The row with the larger number keeps a pair.
            let newest = self.rows.len() - 1;
            for (row, best) in best.iter_mut().enumerate() {
                let is_stale = |found: &Pair| pair.has(found.a) || pair.has(found.b);
                let is_changed = pair.has(row) || row == newest;
                if is_changed || best.as_ref().is_some_and(is_stale) {
                    *best = self.best_partner(row, activity);
                    continue;
                }
                for other in [pair.a, pair.b] {
                    let candidate = self.pair(row, other, activity);
                    if other < row && candidate.saved > best.map_or(0.0, |best| best.saved) {
                        *best = Some(candidate);
                    }
                }
            }
        }
    }

    /// The pair of `row` and a row before it that saves most.
    fn best_partner(&self, row: usize, activity: &[f64]) -> Option<Pair> {
        (0..row)
            .map(|other| self.pair(row, other, activity))
            .max_by(|a, b| a.saved.total_cmp(&b.saved))
    }

    /// What `a` and `b` have in common.
    fn pair(&self, a: usize, b: usize, activity: &[f64]) -> Pair {
        let (mut same, mut opposite) = (0.0, 0.0);
        for ((x, y), active) in self.rows[a].iter().zip(&self.rows[b]).zip(activity) {
            match x.signum() * y.signum() {
                1 => same += active,
                -1 => opposite += active,
                _ => {}
            }
        }
        Pair {
            a,
            b,
            is_opposite: opposite > same,
            saved: f64::max(same, opposite),
        }
    }

    /// Moves what a pair has in common to a sum of its own.
    fn merge(&mut self, pair: Pair) {
        let (low, high) = (pair.a.min(pair.b), pair.a.max(pair.b));
        // Added to the first; for opposite signs the first is the larger.
        let (first, second, sign) = match pair.is_opposite {
            false => (low, high, 1),
            true => (high, low, -1),
        };
        let row: Vec<i8> = (self.rows[first].iter().zip(&self.rows[second]))
            .map(|(x, y)| match x.signum() * y.signum() == sign {
                true => x.signum(),
                false => 0,
            })
            .collect();
        for (input, weight) in row.iter().enumerate() {
            self.rows[first][input] -= weight;
            self.rows[second][input] -= sign * weight;
        }
        self.rows.push(row);
        self.merges.push((first as u8, second as u8));
    }
}

/// Two rows, and what sharing saves.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pair {
    a: usize,
    b: usize,
    is_opposite: bool,
    /// Entries of active inputs' lists, on average.
    saved: f64,
}

impl Pair {
    fn has(&self, row: usize) -> bool {
        self.a == row || self.b == row
    }
}

/// How often each hidden neuron is active, layer by layer, while the model answers [`QUESTIONS`].
pub(super) fn activity(model: &Model<'_>) -> Vec<Vec<f64>> {
    let mut counts: Vec<Vec<u32>> = model
        .layers()
        .map(|layer| vec![0; layer.width().into()])
        .collect();
    let mut steps = 0u32;
    let mut engine = Engine::<PAGE>::new();
    for question in QUESTIONS {
        let Ok(mut choices) = engine.choices(model, question) else {
            continue;
        };
        loop {
            let mut layers = counts.iter_mut();
            let choice = choices.next_observed(|outcome| {
                for (count, x) in layers.next().into_iter().flatten().zip(outcome) {
                    *count += u32::from(*x > 0);
                }
            });
            if choice.is_none() {
                break;
            }
            steps += 1;
        }
    }
    let share = |count: &u32| f64::from(*count) / f64::from(steps.max(1));
    counts
        .iter()
        .map(|layer| layer.iter().map(share).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows that result from all merges.
    fn merged(shared: &Shared, width: usize) -> Vec<Vec<i16>> {
        let widen = |row: &Vec<i8>| row.iter().map(|w| i16::from(*w)).collect();
        let mut rows: Vec<Vec<i16>> = shared.rows.iter().map(widen).collect();
        for &(first, second) in shared.merges.iter().rev() {
            let row = rows.pop().unwrap();
            let sign = if first < second { 1 } else { -1 };
            for (input, weight) in row.iter().enumerate() {
                rows[usize::from(first)][input] += weight;
                rows[usize::from(second)][input] += sign * weight;
            }
        }
        assert_eq!(rows.len(), width);
        rows
    }

    #[test]
    fn merging_gives_the_weights_back() {
        let mut state = 1u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 24
        };
        for width in [2, 40, 200, 256] {
            let rows: Vec<Vec<i8>> = (0..width)
                .map(|_| {
                    (0..60)
                        .map(|_| [-2, -1, -1, 0, 1, 1][random() as usize % 6])
                        .collect()
                })
                .collect();
            let mut shared = Shared {
                rows: rows.clone(),
                merges: Vec::new(),
            };
            shared.share(&[0.7; 60]);
            assert_eq!(shared.rows.len() - width, shared.merges.len());
            assert_eq!(shared.merges.is_empty(), width == 256);
            let widened = rows
                .iter()
                .map(|row| row.iter().map(|w| i16::from(*w)).collect());
            assert_eq!(merged(&shared, width), widened.collect::<Vec<Vec<i16>>>());
            assert!(shared.rows.iter().flatten().all(|w| (-2..=1).contains(w)));
        }
    }
}
