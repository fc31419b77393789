//! Commits at valleys.
//!
//! Let `X` be reached from `Y` at `k` with `f(X) <= f(Y)`, and let `E` be the largest minimiser of `f` on
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

use crate::schedule::Switch;

use super::search::Search;
use super::store::NONE;

impl Search<'_> {
    /// Makes the child a state reached from `parent`, and commits where it is a valley.
    pub(super) fn enter(&mut self, mut parent: u32) {
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
        self.open.push(self.child.live, state);
        state
    }

    /// `lost` fell with a state below `parent` that `state` stands for now, and something else leads to it: its union
    /// with `state` stands for it.
    fn replace(&mut self, lost: u32, parent: u32, state: u32) {
        let path = self.store.trail(parent, lost);
        self.store.load(state, &mut self.child);
        self.look_at_all();
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
        while at != NONE && self.store.get(at).live >= self.child.live {
            if !self.switches.ask(Switch::Commits) {
                return None;
            }
            top = Some(at);
            at = self.store.get(at).parent;
        }
        top
    }

    /// Makes the child the largest minimiser between `top` and itself, which `path` leads to from `top`, and fells
    /// `top`.
    fn commit(&mut self, top: u32, path: &[u32], fallen: &mut Vec<u32>) {
        self.store.load(top, &mut self.child);
        self.look_at_all();
        let (_, chosen) = self.valleys.lowest(self.net, &self.child.done, path, None);
        self.store.fell(top, fallen);
        for (&op, _) in path.iter().zip(&chosen).filter(|&(_, &c)| c) {
            self.pass(op);
        }
        self.close();
        self.child.path.splice(0..0, self.store.path(top));
    }
}
