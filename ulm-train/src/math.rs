//! Functions of real numbers that give the same bits on every machine: they use only operations
//! that IEEE 754 rounds correctly, and loops over them vectorize.

/// 1.5 * 2^23: adding it to a number below 2^22 leaves no room for fraction bits.
const NO_FRACTION: f32 = 12_582_912.0;

/// The nearest integer, ties to even; |x| below 2^22.
#[inline(always)]
pub(crate) fn round(x: f32) -> f32 {
    (x + NO_FRACTION) - NO_FRACTION
}

/// A sum shifted right by two bits, as [`LAYER_SHIFT`](ulm_core::format::LAYER_SHIFT) says: the
/// floor of a quarter, for an integer |x| below 2^22.
///
/// With x = 4k + r, r = 0 to 3, what is rounded is within 3/8 of k.
#[inline(always)]
pub(crate) fn shift(x: f32) -> f32 {
    round(x * 0.25 - 0.375)
}

/// e to the x, for x in -80 to 80 (clamped), with a relative error below 3e-7.
///
/// 2^(n + f) = 2^n * 2^f; the first factor is put together from bits, the second is a Taylor
/// polynomial in f, |f| at most one half.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    const C: [f32; 7] = [
        std::f32::consts::LN_2,
        0.240_226_5,
        0.055_504_11,
        0.009_618_129,
        0.001_333_355_8,
        0.000_154_035_3,
        0.000_015_252_734,
    ];
    let t = x.clamp(-80.0, 80.0) * std::f32::consts::LOG2_E;
    let shifted = t + NO_FRACTION;
    let f = t - (shifted - NO_FRACTION);
    let polynomial = 1.0
        + f * (C[0] + f * (C[1] + f * (C[2] + f * (C[3] + f * (C[4] + f * (C[5] + f * C[6]))))));
    let exponent = shifted
        .to_bits()
        .wrapping_sub(NO_FRACTION.to_bits())
        .wrapping_add(127);
    polynomial * f32::from_bits(exponent << 23)
}

/// Natural logarithm of a positive, normal x, with an error below 1e-6 (relative, or absolute
/// near 1).
///
/// ln x = n ln 2 + 2 artanh((m - 1) / (m + 1)) with x = m * 2^n, m between the roots of 1/2 and 2.
pub(crate) fn ln(x: f32) -> f32 {
    const ROOT_HALF: u32 = 0x3F35_04F3;
    let bits = x.to_bits().wrapping_sub(ROOT_HALF);
    let n = (bits as i32) >> 23;
    let m = f32::from_bits((bits & 0x007F_FFFF).wrapping_add(ROOT_HALF));
    let z = (m - 1.0) / (m + 1.0);
    let z2 = z * z;
    let artanh = z * (1.0 + z2 * (1.0 / 3.0 + z2 * (0.2 + z2 * (1.0 / 7.0 + z2 / 9.0))));
    n as f32 * std::f32::consts::LN_2 + 2.0 * artanh
}

/// cos(pi x) for x in 0 to 1, with an error below 1e-6.
pub(crate) fn cos_pi(x: f32) -> f32 {
    // The Taylor polynomial of the sine about one half, |y| at most pi / 2.
    let y = (0.5 - x) * std::f32::consts::PI;
    let y2 = y * y;
    y * (1.0
        + y2 * (-1.0 / 6.0
            + y2 * (1.0 / 120.0
                + y2 * (-1.0 / 5040.0 + y2 * (1.0 / 362_880.0 - y2 / 39_916_800.0)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_is_the_arithmetic_shift_for_all_sums() {
        for sum in -40_000..40_000 {
            assert_eq!(shift(sum as f32), (sum >> 2) as f32, "{sum}");
        }
    }

    #[test]
    fn round_is_to_even() {
        assert_eq!(
            [0.4, 0.5, 0.6, 1.5, -0.5, -0.6, -1.5].map(round),
            [0.0, 0.0, 1.0, 2.0, 0.0, -1.0, -2.0]
        );
    }

    #[test]
    fn agrees_with_the_platform() {
        for i in -8000..=8000 {
            let x = i as f32 * 0.01;
            let (ours, theirs) = (f64::from(exp(x)), f64::from(x).exp());
            // The argument's own rounding grows with it.
            let bound = 3e-7 * (1.0 + f64::from(x.abs()));
            assert!(
                (ours / theirs - 1.0).abs() < bound,
                "exp {x}: {ours} {theirs}"
            );
        }
        for i in 1..100_000 {
            let x = i as f32 * 0.003;
            let (ours, theirs) = (f64::from(ln(x)), f64::from(x).ln());
            let bound = 1e-6 * theirs.abs().max(1.0);
            assert!((ours - theirs).abs() < bound, "ln {x}: {ours} {theirs}");
        }
        for i in 0..=1000 {
            let x = i as f32 * 0.001;
            let theirs = (f64::from(x) * std::f64::consts::PI).cos();
            assert!((f64::from(cos_pi(x)) - theirs).abs() < 1e-6, "cos_pi {x}");
        }
    }
}
