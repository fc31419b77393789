//! One level of the dynamic programming: all partial schedules of one length, one for each signature.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::units::Bytes;

/// The best partial schedule with its signature.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// Bytes live behind its last step; all schedules with one signature agree on it.
    pub(super) live: Bytes,
    /// The largest cost of a step.
    pub(super) peak: Bytes,
    /// The state of the level before that it extends.
    pub(super) parent: u32,
    /// The operator it extends it by.
    pub(super) op: u32,
}

/// States and their sets in flat arrays, with an open-addressed index over the signatures.
///
/// The signature is the zero-indegree set: operators that are ready and have not run. The set of operators that have
/// run is kept beside it; each determines the other.
#[derive(Debug)]
pub(super) struct Level {
    words: usize,
    /// For each state, `words` of ready operators, then `words` of those that have run.
    sets: Vec<u64>,
    states: Vec<State>,
    /// State numbers by hash, a power of two of places, at most half of them taken.
    slots: Vec<u32>,
}

/// No state in this slot.
const EMPTY: u32 = u32::MAX;

impl Level {
    /// An empty level for sets of `ops` operators.
    pub(super) fn new(ops: usize) -> Self {
        Self {
            words: ops.div_ceil(64),
            sets: Vec::new(),
            states: Vec::new(),
            slots: vec![EMPTY; 16],
        }
    }

    /// How many states of `ops` operators fit into `bytes` of memory, at least one.
    pub(super) fn capacity(ops: usize, bytes: usize) -> usize {
        let sets = 2 * ops.div_ceil(64) * size_of::<u64>();
        let capacity = bytes / (sets + size_of::<State>() + 4 * size_of::<u32>());
        capacity.clamp(1, EMPTY as usize / 2)
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    pub(super) fn states(&self) -> &[State] {
        &self.states
    }

    /// Operators that are ready, and operators that have run.
    pub(super) fn sets(&self, state: usize) -> (&[u64], &[u64]) {
        let start = state * 2 * self.words;
        self.sets[start..start + 2 * self.words].split_at(self.words)
    }

    /// Takes `state` in unless one with its signature and a peak that is no larger is there.
    pub(super) fn offer(&mut self, ready: &[u64], done: &[u64], state: State) {
        let slot = self.slot(ready);
        if let Some(known) = self.states.get_mut(self.slots[slot] as usize) {
            if state.peak < known.peak {
                *known = state;
            }
            return;
        }
        self.slots[slot] = self.states.len() as u32;
        self.states.push(state);
        self.sets.extend_from_slice(ready);
        self.sets.extend_from_slice(done);
        if 2 * self.states.len() > self.slots.len() {
            self.grow();
        }
    }

    /// Where the signature is, or belongs.
    fn slot(&self, ready: &[u64]) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(ready) & mask;
        while self.slots[slot] != EMPTY && self.sets(self.slots[slot] as usize).0 != ready {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let places = 2 * self.slots.len();
        self.slots.clear();
        self.slots.resize(places, EMPTY);
        for state in 0..self.states.len() {
            let slot = self.slot(self.sets(state).0);
            self.slots[slot] = state as u32;
        }
    }
}

fn hash(words: &[u64]) -> usize {
    let mut hasher = FxHasher::default();
    words.iter().for_each(|&word| hasher.write_u64(word));
    hasher.finish() as usize
}

/// Whether `index` is in the set.
pub(super) fn contains(set: &[u64], index: u32) -> bool {
    set[index as usize / 64] >> (index % 64) & 1 != 0
}

/// Puts `index` into the set, or takes it out.
pub(super) fn toggle(set: &mut [u64], index: u32) {
    set[index as usize / 64] ^= 1 << (index % 64);
}

/// The members of the set, ascending.
pub(super) fn members(set: &[u64]) -> impl Iterator<Item = u32> + '_ {
    set.iter().zip(0u32..).flat_map(|(&word, place)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| rest.trailing_zeros())?;
            rest &= rest - 1;
            Some(place * 64 + bit)
        })
    })
}
