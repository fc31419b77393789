//! The states of a search, in arenas.

mod packed;
mod table;

use crate::schedule::net::bits::Bits;

use packed::{Packed, make_room};
use table::Table;

/// No state.
pub(super) const NONE: u32 = u32::MAX;

/// A downset that the search has reached.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// What is live after it.
    pub(super) live: u64,
    /// The exclusive or of its operators' keys.
    pub(super) hash: u64,
    /// The state it was reached from, or [`NONE`].
    pub(super) parent: u32,
    /// Whether it still stands; a committed or dropped state does not.
    pub(super) stands: bool,
    /// Whether states other than its parent lead to it.
    pub(super) shared: bool,
    /// The number of the level up to which children have been made, from one on; zero before.
    made: u32,
    child: u32,
    sibling: u32,
    /// Words before this one are full, words behind the stored ones empty.
    full: u32,
    /// Where its words are, how many, and how many operators behind them can run next and have run since the parent.
    at: u32,
    words: u32,
    ready: u32,
    path: u32,
}

/// What is known of a downset before it becomes a [`State`].
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// The operators that have run.
    pub(super) done: Bits,
    /// How many.
    pub(super) count: u32,
    /// Live bytes.
    pub(super) live: u64,
    /// The exclusive or of the operators' keys.
    pub(super) hash: u64,
    /// Operators that can run next, in no particular order.
    pub(super) ready: Vec<u32>,
    /// The operators run since the parent, in order.
    pub(super) path: Vec<u32>,
}

/// All states.
#[derive(Debug)]
pub(super) struct Store {
    states: Vec<State>,
    packed: Packed,
    table: Table,
    /// The levels at which children were made, ascending.
    levels: Vec<u64>,
    /// Words of downsets and operators of lists that were written down.
    written: (usize, usize),
}

impl Store {
    /// For a net of `ops` operators.
    pub(super) fn new(ops: u32) -> Self {
        Self {
            states: Vec::new(),
            packed: Packed::new(ops),
            table: Table::default(),
            levels: Vec::new(),
            written: (0, 0),
        }
    }

    pub(super) fn get(&self, state: u32) -> &State {
        &self.states[state as usize]
    }

    pub(super) fn get_mut(&mut self, state: u32) -> &mut State {
        &mut self.states[state as usize]
    }

    /// The operators run between the parent and the state.
    pub(super) fn path(&self, state: u32) -> impl Iterator<Item = u32> + '_ {
        let known = self.get(state);
        let lists = known.at + known.words;
        self.packed
            .ops(lists, known.ready, known.ready + known.path)
    }

    /// Notes that children up to `level` are made; up to which they had been before.
    pub(super) fn make(&mut self, state: u32, level: u64) -> Option<u64> {
        if self.levels.last() != Some(&level) {
            self.levels.push(level);
        }
        let now = self.levels.len() as u32;
        let before = std::mem::replace(&mut self.get_mut(state).made, now);
        before.checked_sub(1).map(|at| self.levels[at as usize])
    }

    /// Loads a state into `node`, its path left out.
    pub(super) fn load(&self, state: u32, node: &mut Node) {
        let State {
            live,
            hash,
            full,
            at,
            words,
            ready,
            ..
        } = *self.get(state);
        let all = node.done.words_mut();
        let (full, stored) = (full as usize, self.packed.words(at, words));
        all[..full].fill(u64::MAX);
        all[full..full + stored.len()].copy_from_slice(stored);
        all[full + stored.len()..].fill(0);
        node.count = 64 * full as u32 + stored.iter().map(|w| w.count_ones()).sum::<u32>();
        (node.live, node.hash) = (live, hash);
        node.ready.clear();
        node.ready.extend(self.packed.ops(at + words, 0, ready));
        node.path.clear();
    }

    /// The standing state of this downset.
    pub(super) fn find(&self, node: &Node) -> Option<u32> {
        self.table.find(node.hash, |state| {
            self.get(state).hash == node.hash && self.holds(state, node)
        })
    }

    /// Number of states, fallen ones too.
    pub(super) fn len(&self) -> u32 {
        self.states.len() as u32
    }

    /// How much is written down, in words.
    pub(super) fn written(&self) -> usize {
        self.written.0 + self.written.1 / 2
    }

    /// Whether some standing state has this hash.
    pub(super) fn has(&self, hash: u64) -> bool {
        self.table
            .find(hash, |state| self.get(state).hash == hash)
            .is_some()
    }

    fn holds(&self, state: u32, node: &Node) -> bool {
        let State {
            full, at, words, ..
        } = *self.get(state);
        let (full, stored, all) = (
            full as usize,
            self.packed.words(at, words),
            node.done.words(),
        );
        let end = full + stored.len();
        all[full..end] == *stored
            && all[..full].iter().all(|&w| w == u64::MAX)
            && all[end..].iter().all(|&w| w == 0)
    }

    /// Adds a state that is not there.
    pub(super) fn add(&mut self, node: &Node, parent: u32) -> u32 {
        let all = node.done.words();
        let full = all.iter().take_while(|&&w| w == u64::MAX).count();
        let used = all.len() - all.iter().rev().take_while(|&&w| w == 0).count();
        let stored = &all[full..used.max(full)];
        let at = self.packed.add(stored, &node.ready, &node.path);
        self.written.0 += stored.len();
        self.written.1 += node.ready.len() + node.path.len();
        let state = self.states.len() as u32;
        let sibling = if parent == NONE {
            NONE
        } else {
            std::mem::replace(&mut self.get_mut(parent).child, state)
        };
        make_room(&mut self.states, 1);
        self.states.push(State {
            live: node.live,
            hash: node.hash,
            parent,
            made: 0,
            stands: true,
            shared: false,
            child: NONE,
            sibling,
            full: full as u32,
            at,
            words: stored.len() as u32,
            ready: node.ready.len() as u32,
            path: node.path.len() as u32,
        });
        let states = &self.states;
        self.table
            .insert(node.hash, state, |s| states[s as usize].hash);
        state
    }

    /// Lets `top` and all that was reached from it fall. The shared ones among them are added to `shared`.
    pub(super) fn fell(&mut self, top: u32, shared: &mut Vec<u32>) {
        let mut falling = vec![top];
        while let Some(state) = falling.pop() {
            let known = self.get_mut(state);
            let (hash, stood) = (known.hash, std::mem::replace(&mut known.stands, false));
            let mut child = std::mem::replace(&mut known.child, NONE);
            if stood {
                self.table.remove(hash, state);
                shared.extend(self.get(state).shared.then_some(state));
            }
            while child != NONE {
                falling.push(child);
                child = self.get(child).sibling;
            }
        }
    }

    /// The operators run from the beginning to `state`.
    pub(super) fn history(&self, state: u32) -> Vec<u32> {
        self.trail(NONE, state)
    }

    /// The operators run from `from` to `to`, which was reached from it.
    pub(super) fn trail(&self, from: u32, to: u32) -> Vec<u32> {
        let mut way = Vec::new();
        let mut at = to;
        while at != from {
            way.push(at);
            at = self.get(at).parent;
        }
        way.iter()
            .rev()
            .flat_map(|&state| self.path(state))
            .collect()
    }

    /// Bytes taken.
    pub(super) fn memory(&self) -> u64 {
        let states = self.states.capacity() * size_of::<State>();
        states as u64 + self.packed.memory() + self.table.memory()
    }
}
