//! For processors with 32-bit registers and no vectors: extract a signed bit field, multiply and
//! accumulate, two instructions a weight on a Cortex-M3. The accumulators are 32 bits wide to
//! be loaded and stored several at a time; only their low halves count.

pub(crate) type Accumulator = i32;

/// An accumulator that starts at `x`.
#[inline]
pub(crate) fn widen(x: i16) -> Accumulator {
    x.into()
}

/// The sum in an accumulator, modulo 2^16.
#[inline]
pub(crate) const fn low_half(sum: Accumulator) -> i16 {
    sum as i16
}

/// Adds `weight * x`, modulo 2^16, for each weight of `column` to its accumulator.
#[inline]
pub(crate) fn accumulate(accumulators: &mut [Accumulator], column: &[u8], x: i16) {
    let (quads, _) = accumulators.as_chunks_mut::<4>();
    for (quad, &byte) in quads.iter_mut().zip(column) {
        if byte != 0 {
            for (accumulator, weight) in quad.iter_mut().zip(super::unpack(byte)) {
                let product = i32::from(weight).wrapping_mul(i32::from(x));
                *accumulator = accumulator.wrapping_add(product);
            }
        }
    }
}
