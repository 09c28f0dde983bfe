//! The threshold of doubt, chosen on questions that were held out.

use crate::eval::TradeOff;

/// Fewest held-out strangers that a threshold can be judged by.
const ENOUGH_STRANGERS: usize = 20;

/// Share of the right replies that a threshold must leave, where fewer strangers than that were
/// held out.
const KEPT: f64 = 0.93;

/// The point of a curve, whose thresholds rise from 0, that a threshold stands at.
pub(crate) fn at(curve: &[TradeOff], threshold: u16) -> TradeOff {
    let reached = curve.partition_point(|point| point.threshold <= threshold);
    TradeOff {
        threshold,
        ..curve[reached.saturating_sub(1)]
    }
}

/// The point with the largest sum of known questions answered right and strangers recognized (as
/// Youden's index weighs them); where too few strangers are there to tell, the largest threshold
/// that leaves most of the right replies.
pub(crate) fn choose(curve: &[TradeOff], strangers: usize) -> TradeOff {
    let start = curve[0];
    let known = |point: &TradeOff| point.known_right.unwrap_or(0.0);
    if strangers < ENOUGH_STRANGERS {
        let kept = |point: &&TradeOff| known(point) >= KEPT * known(&start);
        return curve.iter().rfind(kept).copied().unwrap_or(start);
    }
    let worth = |point: &TradeOff| known(point) + point.strangers_recognized.unwrap_or(0.0);
    let better = |best: TradeOff, point: &TradeOff| match worth(point) > worth(&best) {
        true => *point,
        false => best,
    };
    curve.iter().fold(start, better)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(u16, f64, f64)]) -> Vec<TradeOff> {
        let point = |&(threshold, known, strangers): &(u16, f64, f64)| TradeOff {
            threshold,
            known_right: Some(known),
            strangers_recognized: Some(strangers),
        };
        points.iter().map(point).collect()
    }

    #[test]
    fn with_strangers_the_best_sum_wins() {
        let curve = curve(&[
            (0, 0.9, 0.2),
            (10, 0.88, 0.6),
            (20, 0.85, 0.8),
            (30, 0.6, 0.9),
        ]);
        assert_eq!(choose(&curve, 100).threshold, 20);
    }

    #[test]
    fn with_few_strangers_few_right_replies_are_given_up() {
        let curve = curve(&[
            (0, 0.9, 0.2),
            (10, 0.88, 0.6),
            (20, 0.85, 0.8),
            (30, 0.6, 0.9),
        ]);
        assert_eq!(choose(&curve, 3).threshold, 20);
        assert_eq!(choose(&curve[..2], 3).threshold, 10);
    }

    #[test]
    fn a_threshold_by_hand_does_what_the_one_below_it_on_the_curve_does() {
        let curve = curve(&[(0, 0.9, 0.2), (10, 0.88, 0.6)]);
        assert_eq!(at(&curve, 9).known_right, Some(0.9));
        assert_eq!(
            at(&curve, 99),
            TradeOff {
                threshold: 99,
                ..curve[1]
            }
        );
    }

    #[test]
    fn nothing_held_out_means_no_threshold() {
        let nothing = TradeOff {
            threshold: 0,
            known_right: None,
            strangers_recognized: None,
        };
        assert_eq!(choose(&[nothing], 0), nothing);
    }
}
