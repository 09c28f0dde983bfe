//! The quantizer: from latent weights, which are real numbers, to the model's two bits.
//!
//! The forward pass sees the quantized weights only; the gradient goes straight through to the
//! latent ones (Bengio, Léonard, Courville: Estimating or propagating gradients through
//! stochastic neurons, 2013), which are clamped to the grid's range so that none runs away from
//! where a gradient still moves it (Courbariaux, Bengio, David: BinaryConnect, 2015).

use crate::math::round;

/// Lowest weight, and lowest latent weight.
pub(crate) const LOWEST: f32 = -2.0;

/// Highest weight, and highest latent weight.
pub(crate) const HIGHEST: f32 = 1.0;

/// Bias steps in one latent unit: a bias of 1.0 weighs as much as one window.
pub(crate) const BIAS_STEPS: f32 = 32.0;

/// Largest magnitude of a latent bias, so that the bias fits 16 bits with room to spare.
pub(crate) const BIAS_LIMIT: f32 = 512.0;

/// The weight for a latent weight in [`LOWEST`]..=[`HIGHEST`].
#[inline(always)]
pub(crate) fn weight(latent: f32) -> f32 {
    round(latent)
}

/// The bias for a latent bias within ±[`BIAS_LIMIT`].
#[inline(always)]
pub(crate) fn bias(latent: f32) -> f32 {
    round(latent * BIAS_STEPS)
}

/// Brings a latent weight back into the grid's range.
#[inline(always)]
pub(crate) fn clamp_weight(latent: f32) -> f32 {
    latent.clamp(LOWEST, HIGHEST)
}

/// Brings a latent bias back into its range.
#[inline(always)]
pub(crate) fn clamp_bias(latent: f32) -> f32 {
    latent.clamp(-BIAS_LIMIT, BIAS_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_latent_weight_has_a_weight_of_two_bits() {
        let mut seen = Vec::new();
        for i in -3000..=3000 {
            let quantized = weight(clamp_weight(i as f32 * 0.001)) as i32;
            if seen.last() != Some(&quantized) {
                seen.push(quantized);
            }
        }
        assert_eq!(seen, [-2, -1, 0, 1]);
    }

    #[test]
    fn every_latent_bias_fits_16_bits() {
        for latent in [-1e9, -512.0, -0.01, 0.02, 3.0, 1e9] {
            let quantized = bias(clamp_bias(latent));
            assert_eq!(f32::from(quantized as i16), quantized);
        }
        assert_eq!(bias(-1.5), -48.0);
    }
}
