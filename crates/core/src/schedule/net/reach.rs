//! Who must run before whom, transitively.

/// Above this many operators the matrix would take more than some 110 MB; then nothing is known, and every user of it
/// has to be right, if weaker, with nothing known.
const MOST_OPS: usize = 30_000;

/// The ancestors of every operator, a bit each.
#[derive(Clone, Debug)]
pub(in crate::schedule) struct Reach {
    words: usize,
    rows: Vec<u64>,
}

impl Reach {
    /// From the predecessors of operators numbered topologically.
    pub(in crate::schedule) fn new<'a>(ops: usize, before: impl Fn(u32) -> &'a [u32]) -> Self {
        if ops > MOST_OPS {
            return Self {
                words: 0,
                rows: Vec::new(),
            };
        }
        let words = ops.div_ceil(64);
        let mut rows = vec![0u64; words * ops];
        for op in 0..ops {
            let (done, rest) = rows.split_at_mut(op * words);
            let row = &mut rest[..words];
            for &p in before(op as u32) {
                let p = p as usize;
                if row[p / 64] >> (p % 64) & 1 == 0 {
                    let upto = p / 64 + 1;
                    let from = &done[p * words..p * words + upto];
                    row.iter_mut().zip(from).for_each(|(a, b)| *a |= b);
                    row[p / 64] |= 1 << (p % 64);
                }
            }
        }
        Self { words, rows }
    }

    /// Whether the matrix could be afforded.
    pub(in crate::schedule) fn is_known(&self) -> bool {
        self.words > 0
    }

    /// Whether `first` is known to run before `second`, always.
    pub(in crate::schedule) fn precedes(&self, first: u32, second: u32) -> bool {
        let at = second as usize * self.words + first as usize / 64;
        self.is_known() && self.rows[at] >> (first % 64) & 1 == 1
    }

    /// Number of ancestors of `op`; zero when nothing is known.
    pub(in crate::schedule) fn count(&self, op: u32) -> u32 {
        self.row(op).iter().map(|w| w.count_ones()).sum()
    }

    /// The ancestors of `op` as a bit set; empty when nothing is known.
    pub(in crate::schedule) fn row(&self, op: u32) -> &[u64] {
        &self.rows[op as usize * self.words..][..self.words]
    }

    /// Bytes taken.
    pub(in crate::schedule) fn memory(&self) -> u64 {
        8 * self.rows.len() as u64
    }
}
