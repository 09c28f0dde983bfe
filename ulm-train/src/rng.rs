//! Random numbers: SplitMix64, seeded by what they are for.
//!
//! Every use of chance has a generator of its own, made from the seed and from what it is used for
//! (say: epoch 3, pair 71). So nothing depends on the order in which threads come to their work,
//! and training resumes in the middle of an epoch without any state kept.
//!
//! Source: G. Steele, D. Lea, C. Flood: Fast splittable pseudorandom number generators, OOPSLA
//! 2014.

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

/// What a stream is for: the first part of its name.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Stream {
    /// First latent weights.
    Weights = 1,
    /// Order of the pairs in an epoch.
    Order,
    /// Changes to a question in an epoch.
    Augment,
    /// Which pairs are held out.
    Split,
    /// Neurons dropped in a step.
    Dropout,
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Rng {
    /// The stream for `purpose` and its numbers.
    pub(crate) fn new(seed: u64, purpose: Stream, numbers: [u64; 2]) -> Self {
        let mut state = mix(seed.wrapping_add(GOLDEN));
        for part in [purpose as u64, numbers[0], numbers[1]] {
            state = mix(state.wrapping_add(GOLDEN) ^ mix(part.wrapping_add(GOLDEN)));
        }
        Self(state)
    }

    /// 64 random bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number in `0..n`; `n` is below 2^32 and not 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (((self.next() >> 32) * n as u64) >> 32) as usize
    }

    /// A number in 0 (included) to 1 (excluded).
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 * (1.0 / (1u64 << 24) as f32)
    }

    /// Whether something happens whose probability is `p`.
    pub(crate) fn chance(&mut self, p: f32) -> bool {
        self.unit() < p
    }

    /// About normal, mean 0, variance 1: the sum of twelve uniform numbers, less 6.
    pub(crate) fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }

    /// Puts a slice in random order.
    pub(crate) fn shuffle<T>(&mut self, slice: &mut [T]) {
        for i in (1..slice.len()).rev() {
            slice.swap(i, self.below(i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_published_sequence() {
        // First outputs of SplitMix64 from state 1234567, as published for many languages on
        // Rosetta Code.
        let mut rng = Rng(1_234_567);
        let expected = [
            6_457_827_717_110_365_317_u64,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!([rng.next(), rng.next(), rng.next()], expected);
    }

    #[test]
    fn streams_differ_and_repeat() {
        let first = |purpose, numbers| Rng::new(7, purpose, numbers).next();
        assert_eq!(first(Stream::Order, [1, 2]), first(Stream::Order, [1, 2]));
        assert_ne!(first(Stream::Order, [1, 2]), first(Stream::Order, [2, 1]));
        assert_ne!(first(Stream::Order, [1, 2]), first(Stream::Augment, [1, 2]));
    }

    #[test]
    fn numbers_are_in_range_and_spread() {
        let mut rng = Rng::new(1, Stream::Order, [0, 0]);
        let mut seen = [0; 7];
        for _ in 0..7000 {
            seen[rng.below(7)] += 1;
            assert!((0.0..1.0).contains(&rng.unit()));
        }
        assert!(seen.iter().all(|&n| (850..1150).contains(&n)), "{seen:?}");
        let normal: Vec<f32> = (0..10_000).map(|_| rng.normal()).collect();
        let mean = normal.iter().sum::<f32>() / 1e4;
        let variance = normal.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / 1e4;
        assert!(
            mean.abs() < 0.05 && (variance - 1.0).abs() < 0.05,
            "{mean} {variance}"
        );
    }
}
