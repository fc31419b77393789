//! The state that is being made.
//!
//! Whether an operator is free changes where something that it shares a tensor with runs, or where live bytes fall; so it
//! is enough to look again at the operators that would lower the live bytes of the parent, at those that have become ready, and at
//! those whose shared tensors were touched.

use crate::schedule::Switch;
use crate::schedule::net::{END, START};

use super::search::Search;
use super::store::Node;

impl Search<'_> {
    /// Begins a child of `from`, whose ready operators that do not raise the live bytes are `falling`.
    pub(super) fn copy(&mut self, from: &Node, falling: &[u32]) {
        let to = &mut self.child;
        to.done.words_mut().copy_from_slice(from.done.words());
        (to.count, to.live, to.hash) = (from.count, from.live, from.hash);
        to.ready.clone_from(&from.ready);
        to.path.clear();
        self.maybe.clear();
        self.maybe.extend_from_slice(falling);
    }

    /// Every ready operator of the child may be free.
    pub(super) fn look_at_all(&mut self) {
        self.maybe.clone_from(&self.child.ready);
    }

    /// Runs `op` in the child whatever it costs.
    pub(super) fn pass(&mut self, op: u32) {
        let change = self.net.weigh(&self.child.done, op).change;
        self.child.live = self.child.live.wrapping_add_signed(change);
        self.step(op);
    }

    /// Runs `op` in the child, its live bytes left as they are.
    pub(super) fn step(&mut self, op: u32) {
        let (child, net) = (&mut self.child, self.net);
        child.done.insert(op);
        child.count += 1;
        child.hash ^= self.keys[op as usize];
        child.path.push(op);
        if let Some(at) = child.ready.iter().position(|&other| other == op) {
            child.ready.remove(at);
        }
        for &next in net.next(op) {
            if net.is_ready(&child.done, next) {
                child.ready.push(next);
                self.maybe.push(next);
            }
        }
        for each in net.shared(START, op) {
            self.maybe
                .extend_from_slice(net.ends[START].of(each.tensor));
        }
        for each in net.shared(END, op) {
            let enders = net.ends[END].of(each.tensor).iter();
            let mut left = enders.filter(|&&e| !child.done.has(e));
            if let (Some(&last), None) = (left.next(), left.next()) {
                self.maybe.push(last);
            }
        }
    }

    /// Runs everything that is free.
    pub(super) fn close(&mut self) {
        let mut at = 0;
        while at < self.maybe.len() {
            let (child, op) = (&self.child, self.maybe[at]);
            let can_run = !child.done.has(op) && self.net.is_ready(&child.done, op);
            let weight = can_run.then(|| self.net.weigh(&child.done, op));
            match weight.filter(|weight| weight.change <= 0) {
                None => drop(self.maybe.swap_remove(at)),
                Some(weight) if child.live + weight.rise as u64 <= self.level => {
                    if !self.switches.ask(Switch::FreeMoves) {
                        return;
                    }
                    self.maybe.swap_remove(at);
                    self.child.live = child.live.wrapping_add_signed(weight.change);
                    self.step(op);
                    at = 0;
                }
                Some(_) => at += 1,
            }
        }
    }
}
