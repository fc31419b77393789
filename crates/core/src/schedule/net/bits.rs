//! A set of operators.

/// A bit per operator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::schedule) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// The empty set over `len` operators.
    pub(in crate::schedule) fn new(len: u32) -> Self {
        Self {
            words: vec![0; len.div_ceil(64) as usize],
        }
    }

    /// Whether `op` is in.
    #[inline]
    pub(in crate::schedule) fn has(&self, op: u32) -> bool {
        self.words[op as usize / 64] >> (op % 64) & 1 == 1
    }

    /// Puts `op` in.
    #[inline]
    pub(in crate::schedule) fn insert(&mut self, op: u32) {
        self.words[op as usize / 64] |= 1 << (op % 64);
    }

    /// Takes `op` out.
    #[inline]
    pub(in crate::schedule) fn remove(&mut self, op: u32) {
        self.words[op as usize / 64] &= !(1 << (op % 64));
    }

    /// The words, 64 operators each.
    pub(in crate::schedule) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The words, to be written.
    pub(in crate::schedule) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }
}
