//! Jumps that make tensors with several enders end together.
//!
//! A jump to the end of shared tensors `K` runs the enders of `K` and their ancestors, whichever comes last, so of all that can
//! come last the one at which it costs least will do.
//!
//! Proof. Take `S_i` and `c_i` from the proof in `jump`, and let `c` be another ender of all of `K_i` that nothing else in `S_i` needs. No
//! shared tensor ends in `S_i - c`, as each that ends in `S_i` is in `K_i`, so the jump with `c` last is one of those that are looked for, and leads
//! to `S_i` as well. Let `T(S_i - c, c) <= T(S_i - c_i, c_i)`. What runs before `c` is calm, costs at most `f(S_i - c)` and what is inside
//! it, and that is at most what `c` rises by, for it can wait at the end of `K_i`: all costs `T(S_i - c, c)` at most. And since
//! `T(S - c, c) - f(S)` is what `c` rises by less what it changes, no walk is needed to compare. If some ender of
//! `K_i` is not calm it is `c_i`, and there is nothing to choose.

use crate::schedule::net::{END, Net, START};

use super::calm::MOST_SHARED;
use super::{Jumps, Seen};

/// What is left of a shared tensor's enders, in one search for jumps.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Left {
    /// The search that it was counted in.
    turn: u32,
    /// Enders that have not run.
    enders: u32,
    /// Those of them that others cannot run on their way.
    stuck: u32,
}

/// Some of an operator's shared inputs.
#[derive(Clone, Copy, Debug, Default)]
struct Chosen {
    list: [u32; MOST_SHARED],
    len: usize,
}

impl Chosen {
    fn push(&mut self, tensor: u32) {
        self.list[self.len] = tensor;
        self.len += 1;
    }

    fn tensors(&self) -> &[u32] {
        &self.list[..self.len]
    }

    /// Those that the bits of `choice` say.
    fn some(&self, choice: u32) -> Self {
        let mut some = Self::default();
        let bits = (0..self.len).filter(|bit| choice >> bit & 1 == 1);
        bits.for_each(|bit| some.push(self.list[bit]));
        some
    }
}

impl Jumps {
    /// Looks for the jumps to the end of shared inputs of `op` that others end with it.
    pub(super) fn share(&mut self, net: &Net, live: u64, op: u32, level: u64) {
        let passable = self.can_pass(op);
        let mut open = Chosen::default();
        for each in net.shared(END, op).iter().take(MOST_SHARED) {
            let left = self.left(net, each.tensor);
            if left.enders > 1 && left.stuck == u32::from(!passable) {
                open.push(each.tensor);
            }
        }
        for choice in 1..1u32 << open.len {
            let chosen = open.some(choice);
            // Where any ender can come last, the first of them speaks for all.
            if !passable || self.enders(net, &chosen).next() == Some(op) {
                let last = (!passable).then_some(op);
                self.end_together(net, live, &chosen, last, level);
            }
        }
    }

    /// The operators that end all of `chosen` and have not run.
    fn enders<'a>(&'a self, net: &'a Net, chosen: &'a Chosen) -> impl Iterator<Item = u32> + 'a {
        let (first, others) = chosen.tensors().split_first().unwrap_or((&0, &[]));
        let all = net.ends[END].of(*first).iter().copied();
        all.filter(move |&e| {
            let ends = |&tensor: &u32| net.ends[END].of(tensor).contains(&e);
            !self.done.has(e) && others.iter().all(ends)
        })
    }

    fn left(&mut self, net: &Net, tensor: u32) -> Left {
        let known = self.left[tensor as usize];
        if known.turn == self.turn {
            return known;
        }
        let enders = net.ends[END].of(tensor).iter();
        let (mut left, mut stuck) = (0, 0);
        for &e in enders.filter(|&&e| !self.done.has(e)) {
            left += 1;
            stuck += u32::from(!self.can_pass(e));
        }
        let turn = self.turn;
        self.left[tensor as usize] = Left {
            turn,
            enders: left,
            stuck,
        };
        self.left[tensor as usize]
    }

    /// The jump to the end of `chosen`, `last` being last, or what costs least there.
    fn end_together(
        &mut self,
        net: &Net,
        live: u64,
        chosen: &Chosen,
        last: Option<u32>,
        level: u64,
    ) {
        self.meeting += 1;
        let start = self.lists.len();
        for &tensor in chosen.tensors() {
            for &ender in net.ends[END].of(tensor) {
                if !self.done.has(ender) {
                    self.append_and_mark(ender);
                }
            }
        }
        let free = |&op: &u32| self.needed[op as usize] != self.meeting;
        let last = match last {
            Some(op) => Some(op).filter(free),
            None => {
                let enders = self.enders(net, chosen).filter(free);
                enders.min_by_key(|&op| inside(net, op, chosen))
            }
        };
        let mut list = self.lists[start..].iter();
        if let Some(place) = list.position(|&op| Some(op) == last) {
            self.lists[start + place..].rotate_left(1);
            let walked = self.run(net, live, start, level);
            if walked.whole && walked.cost <= level {
                return self.add(start, &walked);
            }
        }
        self.lists.truncate(start);
    }

    /// Appends what has to run for `op`, itself last, and remembers what it is that it needs.
    fn append_and_mark(&mut self, op: u32) {
        let Seen { from, to, .. } = self.seen[op as usize];
        for at in from..to {
            let needed = self.lists[at as usize];
            if needed != op {
                self.needed[needed as usize] = self.meeting;
            }
        }
        self.append(op);
    }
}

/// `T(S - op, op) - f(S)`, where `op` makes `chosen` end and no other shared tensor.
fn inside(net: &Net, op: u32, chosen: &Chosen) -> i64 {
    debug_assert!(net.shared(START, op).is_empty(), "one starter a tensor");
    let mut weight = net.fixed(op);
    for each in net.shared(END, op) {
        if chosen.tensors().contains(&each.tensor) {
            let size = net.size[each.tensor as usize] as i64;
            weight.change -= size;
            weight.rise -= if each.apart { size } else { 0 };
        }
    }
    weight.rise.max(weight.change).max(0) - weight.change
}
