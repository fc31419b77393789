//! Which downsets are known: an open-addressing table of state numbers.

/// State numbers by hash. The caller compares what the states hold; equal hashes are not taken for equality.
#[derive(Debug, Default)]
pub(in crate::schedule::exact) struct Table {
    slots: Vec<u32>,
    used: usize,
}

const EMPTY: u32 = u32::MAX;
const GONE: u32 = u32::MAX - 1;

impl Table {
    /// The state with this hash for which `same` holds.
    pub(in crate::schedule::exact) fn find(
        &self,
        hash: u64,
        same: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            match self.slots[at] {
                EMPTY => return None,
                GONE => {}
                state if same(state) => return Some(state),
                _ => {}
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a state that is not there. `hash_of` gives the hashes of those that are.
    pub(in crate::schedule::exact) fn insert(
        &mut self,
        hash: u64,
        state: u32,
        hash_of: impl Fn(u32) -> u64,
    ) {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.rebuild(hash_of);
        }
        self.put(hash, state);
    }

    /// Takes a state out.
    pub(in crate::schedule::exact) fn remove(&mut self, hash: u64, state: u32) {
        if self.slots.is_empty() {
            return;
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != EMPTY {
            if self.slots[at] == state {
                self.slots[at] = GONE;
                return;
            }
            at = (at + 1) & mask;
        }
    }

    /// Bytes taken.
    pub(in crate::schedule::exact) fn memory(&self) -> u64 {
        4 * self.slots.capacity() as u64
    }

    fn put(&mut self, hash: u64, state: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] < GONE {
            at = (at + 1) & mask;
        }
        self.used += usize::from(self.slots[at] == EMPTY);
        self.slots[at] = state;
    }

    /// Drops the gaps, and grows if that is not enough.
    fn rebuild(&mut self, hash_of: impl Fn(u32) -> u64) {
        let live: Vec<u32> = self.slots.iter().copied().filter(|&s| s < GONE).collect();
        let slots = (live.len() * 2 + 1).next_power_of_two().max(64);
        self.slots = vec![EMPTY; slots];
        self.used = 0;
        live.into_iter()
            .for_each(|state| self.put(hash_of(state), state));
    }
}
