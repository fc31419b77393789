//! States that wait for their turn.

use std::collections::BinaryHeap;
use std::collections::btree_map::{BTreeMap, Entry};

/// Bytes of a key and what goes with it, roughly.
const KEY: u64 = 48;

/// States by key. There are few keys and many states, so that a state takes four bytes.
#[derive(Debug, Default)]
pub(super) struct Queue {
    by_key: BTreeMap<u64, BinaryHeap<u32>>,
}

impl Queue {
    pub(super) fn push(&mut self, key: u64, state: u32) {
        self.by_key.entry(key).or_default().push(state);
    }

    /// The smallest key.
    pub(super) fn key(&self) -> Option<u64> {
        self.by_key.first_key_value().map(|(&key, _)| key)
    }

    /// Of the states with the smallest key the newest.
    pub(super) fn pop(&mut self) -> Option<u32> {
        let key = self.key()?;
        let Entry::Occupied(mut states) = self.by_key.entry(key) else {
            return None;
        };
        let state = states.get_mut().pop();
        if states.get().is_empty() {
            states.remove();
        }
        state
    }

    /// Bytes taken.
    pub(super) fn memory(&self) -> u64 {
        let states = self.by_key.values().map(BinaryHeap::capacity);
        states.map(|states| KEY + 4 * states as u64).sum()
    }
}
