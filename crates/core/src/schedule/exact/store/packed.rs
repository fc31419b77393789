//! Downsets and lists of operators in one arena of words.

/// An arena in which an operator of a list takes one, two or four bytes, as the largest number needs.
#[derive(Debug)]
pub(in crate::schedule::exact) struct Packed {
    words: Vec<u64>,
    /// The logarithm of the number of operators in a word.
    log: u32,
}

impl Packed {
    /// For operators below `ops`.
    pub(in crate::schedule::exact) fn new(ops: u32) -> Self {
        let log = match ops {
            0..=0x100 => 3,
            0x101..=0x1_0000 => 2,
            _ => 1,
        };
        Self {
            words: Vec::new(),
            log,
        }
    }

    /// Writes words, and after them the operators of two lists. Where they begin.
    pub(in crate::schedule::exact) fn add(
        &mut self,
        words: &[u64],
        first: &[u32],
        second: &[u32],
    ) -> u32 {
        let at = self.words.len();
        let more = words.len() + self.of_ops(first.len() + second.len());
        make_room(&mut self.words, more);
        self.words.extend_from_slice(words);
        let (mut word, mut filled) = (0, 0);
        for &op in first.iter().chain(second) {
            word |= u64::from(op) << filled;
            filled += 64 >> self.log;
            if filled == 64 {
                self.words.push(word);
                (word, filled) = (0, 0);
            }
        }
        if filled > 0 {
            self.words.push(word);
        }
        at as u32
    }

    /// Words that so many operators take.
    fn of_ops(&self, ops: usize) -> usize {
        ops.div_ceil(1 << self.log)
    }

    /// The words from `at` on.
    pub(in crate::schedule::exact) fn words(&self, at: u32, len: u32) -> &[u64] {
        &self.words[at as usize..(at + len) as usize]
    }

    /// Operators number `from` to `to` of those that were written from word `at` on.
    pub(in crate::schedule::exact) fn ops(
        &self,
        at: u32,
        from: u32,
        to: u32,
    ) -> impl Iterator<Item = u32> + '_ {
        let (log, bits) = (self.log, 64 >> self.log);
        let mask = u64::MAX >> (64 - bits);
        (from..to).map(move |place| {
            let word = self.words[(at + (place >> log)) as usize];
            (word >> ((place & ((1 << log) - 1)) * bits) & mask) as u32
        })
    }

    /// Bytes taken.
    pub(in crate::schedule::exact) fn memory(&self) -> u64 {
        8 * self.words.capacity() as u64
    }
}

/// Room for `more` items. A long list grows by a quarter instead of to twice its size.
pub(in crate::schedule::exact) fn make_room<T>(list: &mut Vec<T>, more: usize) {
    const LONG: usize = 1 << 12;
    if list.capacity() - list.len() < more && list.len() >= LONG {
        list.reserve_exact(more.max(list.len() / 4));
    }
}
