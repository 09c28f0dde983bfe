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
#[inline(never)]
pub(crate) fn accumulate(accumulators: &mut [Accumulator], column: &[u8], x: i16) {
    let x = i32::from(x);
    let (quads, _) = accumulators.as_chunks_mut::<4>();
    for (quad, &byte) in quads.iter_mut().zip(column) {
        if byte != 0 {
            let b = i32::from(byte);
            let [a0, a1, a2, a3] = *quad;
            *quad = [
                a0.wrapping_add(x.wrapping_mul((b << 30) >> 30)),
                a1.wrapping_add(x.wrapping_mul((b << 28) >> 30)),
                a2.wrapping_add(x.wrapping_mul((b << 26) >> 30)),
                a3.wrapping_add(x.wrapping_mul((b << 24) >> 30)),
            ];
        }
    }
}
