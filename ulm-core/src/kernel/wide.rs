//! For processors with vectors and caches: a table unpacks four weights at once and the compiler
//! multiplies and adds four lanes of 16 bits.

pub(crate) type Accumulator = i16;

/// An accumulator that starts at `x`.
#[inline]
pub(crate) const fn widen(x: i16) -> Accumulator {
    x
}

/// The sum in an accumulator, modulo 2^16.
#[inline]
pub(crate) const fn low_half(sum: Accumulator) -> i16 {
    sum
}

/// The weights of each byte, 2 KiB.
static UNPACKED: [[i16; 4]; 256] = {
    let mut table = [[0; 4]; 256];
    let mut byte = 0;
    while byte < 256 {
        let weights = super::unpack(byte as u8);
        let mut lane = 0;
        while lane < 4 {
            table[byte][lane] = weights[lane] as i16;
            lane += 1;
        }
        byte += 1;
    }
    table
};

/// Adds `weight * x`, modulo 2^16, for each weight of `column` to its accumulator.
#[inline]
pub(crate) fn accumulate(accumulators: &mut [Accumulator], column: &[u8], x: i16) {
    let (quads, _) = accumulators.as_chunks_mut::<4>();
    for (quad, &byte) in quads.iter_mut().zip(column) {
        let weights = &UNPACKED[usize::from(byte)];
        for (accumulator, &weight) in quad.iter_mut().zip(weights) {
            *accumulator = accumulator.wrapping_add(weight.wrapping_mul(x));
        }
    }
}
