//! SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): small, and the same everywhere.

/// A stream of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream number `stream` of a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut own = Self(seed ^ stream.wrapping_mul(0xd605_1a11_f2bd_9d85));
        own.next();
        own
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform in `0..end`, but for a bias of at most `end` in 2^64.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let product = u128::from(self.next()) * end as u128;
        (product >> 64) as usize
    }

    /// True in so many of a hundred cases.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Uniform in `[-1, 1)`, in steps of 2^-23, exact in single precision.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_wrap,
        reason = "24 bits fit"
    )]
    pub(crate) fn symmetric(&mut self) -> f64 {
        ((self.next() >> 40) as i64 - (1 << 23)) as f64 / f64::from(1 << 23)
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_published_sequence() {
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn streams_differ_and_stay_in_range() {
        let draw = |stream| {
            let mut random = Random::new(7, stream);
            (0..1000).map(|_| random.symmetric()).collect::<Vec<_>>()
        };
        let (a, b) = (draw(0), draw(1));
        assert_ne!(a, b);
        assert!(a.iter().chain(&b).all(|x| (-1.0..1.0).contains(x)));
        assert!(a.iter().sum::<f64>().abs() < 100.0);
    }
}
