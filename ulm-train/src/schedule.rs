//! The learning rate over the course of training: up in a line, down in a half cosine.
//!
//! Sources: L. Smith, N. Topin: Super-convergence, 2018 (one cycle); I. Loshchilov, F. Hutter:
//! SGDR, ICLR 2017 (the cosine).

use crate::math::cos_pi;

/// Share of the training in which the rate rises.
const WARMUP: f32 = 0.1;

/// The rate at a point of the training (0 to 1), as a share of the peak rate.
pub(crate) fn rate(progress: f32) -> f32 {
    let progress = progress.clamp(0.0, 1.0);
    if progress < WARMUP {
        return 0.1 + 0.9 * progress / WARMUP;
    }
    let fall = (progress - WARMUP) / (1.0 - WARMUP);
    0.5 * (1.0 + cos_pi(fall))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_to_the_peak_and_falls_to_nothing() {
        let rates: Vec<f32> = (0..=100).map(|i| rate(i as f32 * 0.01)).collect();
        assert!((rates[10] - 1.0).abs() < 1e-5);
        assert!(rates[..=10].is_sorted());
        assert!(rates[10..].is_sorted_by(|a, b| a >= b));
        assert!(rates[100].abs() < 1e-5);
        assert!((rates[55] - 0.5).abs() < 1e-5);
    }
}
