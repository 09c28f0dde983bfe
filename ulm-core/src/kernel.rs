//! The one hot loop: a column of 2-bit weights times an activation, added to the accumulators.
//!
//! There are two ways to write it, one for small processors and one for large, and this module
//! chooses; both are exact modulo 2^16, so they cannot differ in a reply.

#[cfg(any(test, not(target_pointer_width = "64")))]
mod narrow;
#[cfg(any(test, target_pointer_width = "64"))]
mod wide;

#[cfg(not(target_pointer_width = "64"))]
pub(crate) use narrow::{Accumulator, accumulate, low_half, widen};
#[cfg(target_pointer_width = "64")]
pub(crate) use wide::{Accumulator, accumulate, low_half, widen};

/// The four weights of a byte, each -2, -1, 0 or 1; the first is in the lowest two bits.
#[inline]
pub(crate) const fn unpack(byte: u8) -> [i8; 4] {
    let b = byte as i8;
    [(b << 6) >> 6, (b << 4) >> 6, (b << 2) >> 6, b >> 6]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bits_are_twos_complement() {
        assert_eq!(unpack(0b11_10_01_00), [0, 1, -2, -1]);
    }

    /// All bytes, and activations at the edges of 16 bits, from accumulators that wrap.
    #[test]
    fn both_kernels_add_weight_times_activation_modulo_2_16() {
        for byte in 0..=255u8 {
            for x in [i16::MIN, -8192, -32, -1, 0, 1, 32, 255, 256, 8191, i16::MAX] {
                let start = [i16::MAX, i16::MIN, -1, 0x1234];
                let expected = core::array::from_fn(|i| {
                    start[i].wrapping_add(x.wrapping_mul(i16::from(unpack(byte)[i])))
                });
                let mut wide = start.map(wide::widen);
                wide::accumulate(&mut wide, &[byte], x);
                assert_eq!(
                    wide.map(wide::low_half),
                    expected,
                    "byte {byte:#04x}, activation {x}"
                );
                let mut narrow = start.map(narrow::widen);
                narrow::accumulate(&mut narrow, &[byte], x);
                assert_eq!(
                    narrow.map(narrow::low_half),
                    expected,
                    "byte {byte:#04x}, activation {x}"
                );
            }
        }
    }
}
