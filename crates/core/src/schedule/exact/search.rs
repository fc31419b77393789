//! One direction of the search.
//!
//! The level `k` is the smallest peak that is still possible. States reachable at cost `k` or less are expanded; a
//! child above `k` waits. When nothing is open any more, no order has a peak of `k`, and `k` rises to the smallest
//! waiting cost: this is best-first search on the peak, and the level is a lower bound whenever one stops.
//!
//! **Free moves.** If `f(D + u) <= f(D)` and `T(D, u) <= k`, run `u` at once. It is the commit below for one operator:
//! from any path out of `D`, uniting every downset on it with `u` gives one out of `D + u` that costs no more.
//!
//! **Commits.** Let `X` be reached from `Y` at `k` with `f(X) <= f(Y)`, and let `E` be the largest minimiser of `f` on
//! the interval from `Y` to `X`. Then `Y` reaches the end at a level `>= k` iff `E` does, so `Y` and everything reached
//! from it fall and `E` stands for them. Proof. `E` is reached from `Y`: cut the path to `X` with `E`; since `f` is
//! submodular and `f(A | E) >= f(E)` for `A` on the path, `f(A & E) <= f(A)`. And a path from `Y` to the end united
//! with `E` costs no more: for `B` on it, `f(B | E) + f(B & E) <= f(B) + f(E)` with `f(B & E) >= f(E)`. (For an
//! operator that stands for several apply both to each downset on its way.) `X` itself would not do: a lower state may
//! lie inside the interval. This is Liu's hill-valley argument (1987) for trees, carried to DAGs and found lazily.
//!
//! **Replace, never drop.** A state `X` that fell with `Y` although another state leads to it too comes back as
//! `X | E`, which is reached from `E`. Then running out of open states proves that no order has a peak of `k`. Proof.
//! Else take the largest standing state `S` from which the end can be reached at `k`, and the child of it, closed under
//! free moves, on such a path. When `S` was expanded that child stood; if it has fallen since, it was `Y` itself or
//! shared, and what came back for it contains it and reaches the end as well. So something larger than `S` stands.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::limits::{Meter, StopReason};
use crate::schedule::Switches;
use crate::schedule::bound::Valleys;
use crate::schedule::net::Net;
use crate::schedule::net::bits::Bits;

use super::store::{NONE, Node, Store};

/// Words that one turn may write down: wide problems, whose states are large, pause earlier.
const TURN_WORDS: usize = 1 << 17;

/// How a search stands after a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::schedule) enum Outcome {
    /// An order whose peak is the level: optimal.
    Found(Vec<u32>),
    /// The level passed the bar: no order is better than what is known.
    Hopeless,
    /// The share of states was used up.
    Paused,
}

/// A search forward through a net.
pub(in crate::schedule) struct Search<'n> {
    net: &'n Net,
    switches: Switches,
    keys: Vec<u64>,
    store: Store,
    valleys: Valleys,
    level: u64,
    open: BinaryHeap<(Reverse<u64>, u32)>,
    waiting: BinaryHeap<(Reverse<u64>, u32)>,
    parent: Node,
    child: Node,
    goal: Option<u32>,
    /// The state that stands for the beginning.
    root: u32,
    /// States below this one have been compared with the other direction.
    compared: u32,
}

impl<'n> Search<'n> {
    /// A search that takes for granted that no order has a peak below `level`.
    pub(in crate::schedule) fn new(net: &'n Net, level: u64, switches: Switches) -> Self {
        let keys = (1..=u64::from(net.len())).map(scatter).collect();
        Self::with_keys(net, level, switches, keys)
    }

    fn with_keys(net: &'n Net, level: u64, switches: Switches, keys: Vec<u64>) -> Self {
        let node = Node {
            done: Bits::new(net.len()),
            ..Node::default()
        };
        let mut search = Self {
            net,
            switches,
            keys,
            store: Store::default(),
            valleys: Valleys::new(net),
            level: level.max(net.live_at_start()),
            open: BinaryHeap::new(),
            waiting: BinaryHeap::new(),
            parent: node.clone(),
            child: node,
            goal: None,
            root: 0,
            compared: 0,
        };
        search.child.live = net.live_at_start();
        search.child.ready = (0..net.len())
            .filter(|&v| net.before(v).is_empty())
            .collect();
        search.close();
        search.enter(NONE);
        search
    }

    /// The lower bound so far.
    pub(in crate::schedule) fn level(&self) -> u64 {
        self.level
    }

    /// Bytes taken.
    pub(in crate::schedule) fn memory(&self) -> u64 {
        self.store.memory() + 16 * (self.open.capacity() + self.waiting.capacity()) as u64
    }

    /// Raises the level to a bound proved elsewhere.
    pub(in crate::schedule) fn raise(&mut self, level: u64) {
        if level > self.level {
            self.level = level;
            self.wake();
        }
    }

    /// A search from the other end, on the reversed net, whose states can be compared with those of this one.
    pub(in crate::schedule) fn facing<'m>(&self, reversed: &'m Net) -> Search<'m> {
        let keys = self.keys.iter().rev().copied().collect();
        Search::with_keys(reversed, self.level, self.switches, keys)
    }

    /// An order through a downset that both this search and the one that faces it have reached, if there is a new one.
    /// Its peak is at most the level of both.
    pub(in crate::schedule) fn meet(&mut self, facing: &Search<'_>) -> Option<Vec<u32>> {
        let all = self.keys.iter().fold(0, |hash, key| hash ^ key);
        let last = self.net.len();
        while self.compared < self.store.len() {
            let state = self.compared;
            self.compared += 1;
            if !self.store.get(state).stands || !facing.store.has(all ^ self.store.get(state).hash)
            {
                continue;
            }
            let mut rest = std::mem::take(&mut self.child);
            self.store.load(state, &mut rest);
            let left = (0..last)
                .filter(|&op| !rest.done.has(op))
                .map(|op| last - 1 - op);
            let mut far = Node {
                done: Bits::new(last),
                hash: all ^ rest.hash,
                ..Node::default()
            };
            left.for_each(|op| far.done.insert(op));
            self.child = rest;
            if let Some(end) = facing.store.find(&far) {
                let mut order = self.store.history(state);
                order.extend(
                    facing
                        .store
                        .history(end)
                        .iter()
                        .rev()
                        .map(|&op| last - 1 - op),
                );
                return Some(order);
            }
        }
        None
    }

    /// Goes on for up to `states` states, or until the level reaches `bar`.
    ///
    /// # Errors
    /// The reason to stop, once the meter says so.
    pub(in crate::schedule) fn run(
        &mut self,
        bar: u64,
        states: u64,
        meter: &mut Meter,
    ) -> Result<Outcome, StopReason> {
        let most = self.store.written() + TURN_WORDS;
        for _ in 0..states {
            if self.store.written() > most {
                break;
            }
            if self.level >= bar {
                return Ok(Outcome::Hopeless);
            }
            if let Some(goal) = self.goal {
                return Ok(Outcome::Found(self.store.history(goal)));
            }
            match self.open.pop() {
                Some((_, state)) if self.store.get(state).stands => {
                    meter.tick()?;
                    self.expand(state);
                }
                Some(_) => {}
                None => match self.waiting.peek() {
                    // Nothing open and nothing waiting: every state is a dead end, which no finite level is.
                    None => return Ok(Outcome::Hopeless),
                    Some(&(Reverse(cost), _)) => self.raise(cost),
                },
            }
        }
        Ok(Outcome::Paused)
    }

    /// Searches until the beginning has been committed to a state with `low` live bytes, for up to `states` states.
    /// The way there, hill by hill, each as low as can be.
    pub(in crate::schedule) fn descend(&mut self, low: u64, states: u64) -> Option<Vec<u32>> {
        let mut left = states;
        while self.store.get(self.root).live > low {
            match self.open.pop() {
                Some((_, state)) if self.store.get(state).stands => {
                    left = left.checked_sub(1)?;
                    self.expand(state);
                }
                Some(_) => {}
                None => {
                    let &(Reverse(cost), _) = self.waiting.peek()?;
                    self.raise(cost);
                }
            }
        }
        Some(self.store.history(self.root))
    }

    /// Opens what waited for the level.
    fn wake(&mut self) {
        while let Some(&(Reverse(cost), state)) = self.waiting.peek() {
            if cost > self.level {
                break;
            }
            self.waiting.pop();
            let known = self.store.get(state);
            if known.stands {
                self.open.push((Reverse(known.live), state));
            }
        }
    }

    /// Makes the children that the level allows and that have not been made.
    fn expand(&mut self, state: u32) {
        let mut parent = std::mem::take(&mut self.parent);
        self.store.load(state, &mut parent);
        let made = self.store.get_mut(state).made.replace(self.level);
        let mut later = u64::MAX;
        for &op in &parent.ready {
            let weight = self.net.weigh(&parent.done, op);
            let cost = parent.live + weight.rise as u64;
            if cost > self.level {
                later = later.min(cost);
            } else if made.is_none_or(|made| cost > made) {
                self.copy(&parent);
                self.step(op, weight.change);
                self.close();
                self.enter(state);
                if !self.store.get(state).stands || self.goal.is_some() {
                    break;
                }
            }
        }
        if later < u64::MAX && self.store.get(state).stands {
            self.waiting.push((Reverse(later), state));
        }
        self.parent = parent;
    }

    fn copy(&mut self, from: &Node) {
        let to = &mut self.child;
        to.done.words_mut().copy_from_slice(from.done.words());
        (to.count, to.live, to.hash) = (from.count, from.live, from.hash);
        to.ready.clone_from(&from.ready);
        to.path.clear();
    }

    /// Runs `op` in the child.
    fn step(&mut self, op: u32, change: i64) {
        let child = &mut self.child;
        child.done.insert(op);
        child.count += 1;
        child.live = child.live.wrapping_add_signed(change);
        child.hash ^= self.keys[op as usize];
        child.path.push(op);
        child.ready.retain(|&other| other != op);
        for &next in self.net.next(op) {
            if self.net.is_ready(&child.done, next) {
                child.ready.push(next);
            }
        }
    }

    /// Runs everything that is free.
    fn close(&mut self) {
        let mut at = 0;
        while self.switches.free_moves && at < self.child.ready.len() {
            let op = self.child.ready[at];
            let weight = self.net.weigh(&self.child.done, op);
            if weight.change <= 0 && self.child.live + weight.rise as u64 <= self.level {
                self.step(op, weight.change);
                at = 0;
            } else {
                at += 1;
            }
        }
    }

    /// Makes the child a state reached from `parent`, and commits where it is a valley.
    fn enter(&mut self, mut parent: u32) {
        let mut fallen = Vec::new();
        while let Some(top) = self.highest(parent) {
            let mut path = self.store.trail(top, parent);
            path.append(&mut self.child.path);
            self.commit(top, &path, &mut fallen);
            parent = self.store.get(top).parent;
        }
        let state = self.settle(parent);
        for lost in fallen {
            self.replace(lost, parent, state);
        }
    }

    /// The state of the child's downset, a new one if need be.
    fn settle(&mut self, parent: u32) -> u32 {
        if let Some(known) = self.store.find(&self.child) {
            self.store.get_mut(known).shared = true;
            return known;
        }
        let state = self.store.add(&self.child, parent);
        if parent == NONE {
            self.root = state;
        }
        if self.child.count == self.net.len() {
            self.goal = Some(state);
        }
        self.open.push((Reverse(self.child.live), state));
        state
    }

    /// `lost` fell with a state below `parent` that `state` stands for now, and something else leads to it: its union
    /// with `state` stands for it.
    fn replace(&mut self, lost: u32, parent: u32, state: u32) {
        let path = self.store.trail(parent, lost);
        self.store.load(state, &mut self.child);
        for op in path {
            if !self.child.done.has(op) {
                self.pass(op);
            }
        }
        let stands_in = if self.child.path.is_empty() {
            state
        } else {
            self.close();
            self.settle(state)
        };
        self.store.get_mut(stands_in).shared = true;
    }

    /// The first state on the way to `parent` that is not lower than the child. Live bytes grow strictly along every
    /// way, or it would have been committed, so the search stops at the first lower one.
    fn highest(&self, parent: u32) -> Option<u32> {
        let mut top = None;
        let mut at = parent;
        while self.switches.commits && at != NONE && self.store.get(at).live >= self.child.live {
            top = Some(at);
            at = self.store.get(at).parent;
        }
        top
    }

    /// Makes the child the largest minimiser between `top` and itself, which `path` leads to from `top`, and fells
    /// `top`.
    fn commit(&mut self, top: u32, path: &[u32], fallen: &mut Vec<u32>) {
        self.store.load(top, &mut self.child);
        let (_, chosen) = self.valleys.lowest(self.net, &self.child.done, path, None);
        self.store.fell(top, fallen);
        for (&op, _) in path.iter().zip(&chosen).filter(|&(_, &c)| c) {
            self.pass(op);
        }
        self.close();
        self.child
            .path
            .splice(0..0, self.store.path(top).iter().copied());
    }

    /// Runs `op` in the child whatever it costs.
    fn pass(&mut self, op: u32) {
        let change = self.net.weigh(&self.child.done, op).change;
        self.step(op, change);
    }
}

/// A well-mixed key per operator (the finaliser of SplitMix64, Steele et al. 2014).
fn scatter(n: u64) -> u64 {
    let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
