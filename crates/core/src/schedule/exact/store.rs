//! The states of a search, in arenas.

use crate::schedule::net::bits::Bits;

use super::table::Table;

/// No state.
pub(super) const NONE: u32 = u32::MAX;

/// A stretch of an arena.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    at: u32,
    len: u32,
}

impl Span {
    fn of<T>(self, arena: &[T]) -> &[T] {
        &arena[self.at as usize..(self.at + self.len) as usize]
    }
}

/// A downset that the search has reached.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// What is live after it.
    pub(super) live: u64,
    /// The exclusive or of its operators' keys.
    pub(super) hash: u64,
    /// The state it was reached from, or [`NONE`].
    pub(super) parent: u32,
    /// Children up to this cost have been made.
    pub(super) made: Option<u64>,
    /// Whether it still stands; a committed or dropped state does not.
    pub(super) stands: bool,
    /// Whether states other than its parent lead to it.
    pub(super) shared: bool,
    child: u32,
    sibling: u32,
    /// Words before this one are full, words behind the stored ones empty.
    full: u32,
    words: Span,
    ready: Span,
    path: Span,
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
#[derive(Debug, Default)]
pub(super) struct Store {
    states: Vec<State>,
    words: Vec<u64>,
    lists: Vec<u32>,
    table: Table,
}

impl Store {
    pub(super) fn get(&self, state: u32) -> &State {
        &self.states[state as usize]
    }

    pub(super) fn get_mut(&mut self, state: u32) -> &mut State {
        &mut self.states[state as usize]
    }

    /// The operators run between the parent and the state.
    pub(super) fn path(&self, state: u32) -> &[u32] {
        self.get(state).path.of(&self.lists)
    }

    /// Loads a state into `node`, its path left out.
    pub(super) fn load(&self, state: u32, node: &mut Node) {
        let State {
            live,
            hash,
            full,
            words,
            ready,
            ..
        } = *self.get(state);
        let all = node.done.words_mut();
        let (full, stored) = (full as usize, words.of(&self.words));
        all[..full].fill(u64::MAX);
        all[full..full + stored.len()].copy_from_slice(stored);
        all[full + stored.len()..].fill(0);
        node.count = 64 * full as u32 + stored.iter().map(|w| w.count_ones()).sum::<u32>();
        (node.live, node.hash) = (live, hash);
        node.ready.clear();
        node.ready.extend_from_slice(ready.of(&self.lists));
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
        self.words.len() + self.lists.len() / 2
    }

    /// Whether some standing state has this hash.
    pub(super) fn has(&self, hash: u64) -> bool {
        self.table
            .find(hash, |state| self.get(state).hash == hash)
            .is_some()
    }

    fn holds(&self, state: u32, node: &Node) -> bool {
        let State { full, words, .. } = *self.get(state);
        let (full, stored, all) = (full as usize, words.of(&self.words), node.done.words());
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
        let words = Span {
            at: self.words.len() as u32,
            len: used.saturating_sub(full) as u32,
        };
        self.words.extend_from_slice(&all[full..used.max(full)]);
        let state = self.states.len() as u32;
        let sibling = if parent == NONE {
            NONE
        } else {
            std::mem::replace(&mut self.get_mut(parent).child, state)
        };
        let ready = self.keep(&node.ready);
        let path = self.keep(&node.path);
        self.states.push(State {
            live: node.live,
            hash: node.hash,
            parent,
            made: None,
            stands: true,
            shared: false,
            child: NONE,
            sibling,
            full: full as u32,
            words,
            ready,
            path,
        });
        let states = &self.states;
        self.table
            .insert(node.hash, state, |s| states[s as usize].hash);
        state
    }

    fn keep(&mut self, list: &[u32]) -> Span {
        let span = Span {
            at: self.lists.len() as u32,
            len: list.len() as u32,
        };
        self.lists.extend_from_slice(list);
        span
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
        let mut spans = Vec::new();
        let mut at = to;
        while at != from {
            spans.push(self.get(at).path);
            at = self.get(at).parent;
        }
        spans
            .iter()
            .rev()
            .flat_map(|span| span.of(&self.lists))
            .copied()
            .collect()
    }

    /// Bytes taken.
    pub(super) fn memory(&self) -> u64 {
        let states = self.states.capacity() * size_of::<State>();
        states as u64
            + 8 * self.words.capacity() as u64
            + 4 * self.lists.capacity() as u64
            + self.table.memory()
    }
}
