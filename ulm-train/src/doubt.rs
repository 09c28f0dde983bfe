//! The threshold of doubt, chosen on questions that were held out.

use crate::eval::TradeOff;

/// Fewest held-out strangers that a threshold can be judged by.
const ENOUGH_STRANGERS: usize = 20;

/// Share of the right replies that a threshold must leave: doubt is there to be useful, not to be
/// right.
const KEPT: f64 = 0.92;

/// The point of a curve, whose thresholds rise from 0, that a threshold stands at.
pub(crate) fn at(curve: &[TradeOff], threshold: u16) -> TradeOff {
    let reached = curve.partition_point(|point| point.threshold <= threshold);
    TradeOff {
        threshold,
        ..curve[reached.saturating_sub(1)]
    }
}

/// Of the points that leave most of the right replies, the one with the largest sum of known
/// questions answered right and strangers recognized (as Youden's index weighs them); where too few
/// strangers are there to tell, the one with the largest threshold.
pub(crate) fn choose(curve: &[TradeOff], strangers: usize) -> TradeOff {
    let start = curve[0];
    let known = |point: &TradeOff| point.known_right.unwrap_or(0.0);
    let worth = |point: &TradeOff| match strangers {
        ENOUGH_STRANGERS.. => known(point) + point.strangers_recognized.unwrap_or(0.0),
        _ => f64::from(point.threshold),
    };
    let kept = curve
        .iter()
        .filter(|point| known(point) >= KEPT * known(&start));
    kept.fold(start, |best, point| match worth(point) > worth(&best) {
        true => *point,
        false => best,
    })
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
