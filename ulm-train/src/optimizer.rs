//! AdamW: a step for each parameter in proportion to its gradient's recent size, and a pull to
//! zero apart from it.
//!
//! Source: I. Loshchilov, F. Hutter: Decoupled weight decay regularization, ICLR 2019, algorithm 2.

/// Constants of one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdamW {
    /// Step size.
    pub(crate) rate: f32,
    /// Share of a parameter that is taken off it, as a multiple of `rate`.
    pub(crate) decay: f32,
    /// `1 / (1 - BETA1^t)` and `1 / (1 - BETA2^t)`, the corrections of the t-th step.
    corrections: [f32; 2],
}

/// Memory of the mean gradient.
const BETA1: f32 = 0.9;

/// Memory of the mean squared gradient.
const BETA2: f32 = 0.99;

/// What keeps a step finite where no gradient ever was.
const EPSILON: f32 = 1e-8;

impl AdamW {
    /// The `step`-th step, from 1.
    pub(crate) fn new(step: u32, rate: f32, decay: f32) -> Self {
        Self {
            rate,
            decay,
            corrections: [BETA1, BETA2].map(|beta| 1.0 / (1.0 - power(beta, step))),
        }
    }

    /// Moves parameters against their gradients. All slices are of the same length.
    pub(crate) fn update(
        &self,
        parameters: &mut [f32],
        gradients: &[f32],
        means: &mut [f32],
        squares: &mut [f32],
    ) {
        let shrink = 1.0 - self.rate * self.decay;
        let moments = means.iter_mut().zip(squares);
        for ((parameter, &gradient), (mean, square)) in
            parameters.iter_mut().zip(gradients).zip(moments)
        {
            *mean = BETA1 * *mean + (1.0 - BETA1) * gradient;
            *square = BETA2 * *square + (1.0 - BETA2) * gradient * gradient;
            let size = (*square * self.corrections[1]).sqrt() + EPSILON;
            *parameter = *parameter * shrink - self.rate * self.corrections[0] * *mean / size;
        }
    }
}

/// `base` to the power of `exponent`, by squaring.
fn power(base: f32, exponent: u32) -> f32 {
    let (mut result, mut square, mut left) = (1.0, base, exponent);
    while left > 0 {
        if left & 1 == 1 {
            result *= square;
        }
        square *= square;
        left >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_step_has_the_size_of_the_rate() {
        // With corrected moments, the first step is rate * gradient / |gradient|.
        let (mut parameters, mut means, mut squares) = ([1.0; 3], [0.0; 3], [0.0; 3]);
        let step = AdamW::new(1, 0.1, 0.0);
        step.update(
            &mut parameters,
            &[5.0, -0.01, 0.0],
            &mut means,
            &mut squares,
        );
        for (parameter, expected) in parameters.iter().zip([0.9, 1.1, 1.0]) {
            assert!((parameter - expected).abs() < 1e-5, "{parameters:?}");
        }
    }

    #[test]
    fn decay_needs_no_gradient() {
        let (mut parameters, mut means, mut squares) = ([1.0], [0.0], [0.0]);
        AdamW::new(1, 0.1, 0.5).update(&mut parameters, &[0.0], &mut means, &mut squares);
        assert!((parameters[0] - 0.95).abs() < 1e-6);
    }

    #[test]
    fn finds_the_minimum_of_a_parabola() {
        let (mut x, mut means, mut squares) = ([3.0_f32], [0.0], [0.0]);
        for t in 1..=2000 {
            let gradient = [2.0 * (x[0] + 1.0)];
            AdamW::new(t, 0.05, 0.0).update(&mut x, &gradient, &mut means, &mut squares);
        }
        assert!((x[0] + 1.0).abs() < 1e-3, "{x:?}");
    }
}
