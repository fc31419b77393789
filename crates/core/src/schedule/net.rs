//! The solver's own flat form of a scheduling problem.
//!
//! A *downset* is a set of operators closed under predecessors: what has run at some moment. `f(D)` is what is live
//! between two steps once `D` has run; running `v` next costs `T(D, v)` and leads to `f(D + v)`. Every tensor has
//! *starters* (it comes to life when the first of them runs) and *enders* (it goes when all of them have run). In the
//! graph as given a tensor has one starter; read backwards, from the end of the run to its beginning, it has one ender.
//! Nothing below this file needs to know which way it looks, so every theorem about one direction has its mirror image
//! for free (`Net::reversed`).
//!
//! An operator here may stand for a sequence of operators with one peak in it. A use is *apart* when it does not meet
//! that peak: an input that is gone before it, an output that comes after it. With `extra` for what lives inside alone,
//!
//! ```text
//! T(D, v) - f(D) = extra(v) + outputs of v that D has not started, not apart - apart inputs of v that end here
//! f(D+v)  - f(D) =            outputs of v that D has not started            -       inputs of v that end here
//! ```
//!
//! **In place.** An operator that writes its output over an input which ends there has that input apart: it is gone before the
//! peak. With several such inputs of the output's size the sum would be below `f(D)` where more than one ends; then
//! `T(D, v) = max(f(D), sum, f(D+v))`, which holds of all operators. Nothing else changes, in either direction. Proof. Put
//! two halves in the place of `v`: `v'` ends what is apart and starts what is not, then `v''` does the rest. On this finer
//! lattice `f` is submodular as before (it is still a sum over tensors with starters and enders, the bytes inside one among
//! them), and every cost is the largest `f` passed: `T(D, v) = max(f(D), f(D+v'), f(D+v'+v''))`. Running `v''` right after `v'`
//! costs no order anything, as a half that starts nothing never raises `f`. So every statement that needs submodularity alone
//! holds, and its mirror image. What it takes is that the several inputs are as large as the output and that there is no other
//! output ([`crate::graph::Graph::overwritable`]): with a smaller one, or bytes beside it, what two ends free would hide
//! what the operator needs. That is what regular means here.

pub(super) mod bits;
mod draft;
mod reach;
mod rows;
mod slice;

pub(super) use draft::{Draft, DraftTensor};
pub(super) use reach::Reach;
pub(super) use rows::Rows;
pub(super) use slice::Slicer;

use bits::Bits;

/// Index of the starting side: starters of a tensor, outputs and successors of an operator.
pub(super) const START: usize = 0;
/// Index of the ending side: enders of a tensor, inputs and predecessors of an operator.
pub(super) const END: usize = 1;

/// How an operator touches a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// The tensor.
    pub(super) tensor: u32,
    /// Whether the tensor is not there when the operator peaks.
    pub(super) apart: bool,
}

/// What running an operator does to the live bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// `T(D, v) - f(D)`, never negative.
    pub(super) rise: i64,
    /// `f(D + v) - f(D)`.
    pub(super) change: i64,
}

/// A scheduling problem in flat arrays. Operators are numbered in a topological order.
#[derive(Clone, Debug)]
pub(super) struct Net {
    /// Bytes that are live throughout.
    pub(super) base: u64,
    /// Bytes inside the operator alone, at its peak.
    pub(super) extra: Vec<u64>,
    /// Outputs (`START`) and inputs (`END`) of every operator.
    pub(super) uses: [Rows<Use>; 2],
    /// Successors (`START`) and predecessors (`END`), transitively reduced where that is affordable.
    pub(super) links: [Rows<u32>; 2],
    /// Bytes of every tensor.
    pub(super) size: Vec<u64>,
    /// Operators whose outputs can be written over either of several inputs: their sums can be below `f(D)`.
    pub(super) either: Vec<bool>,
    /// Starters and enders of every tensor. No starter: live from the beginning. No ender: live to the end.
    pub(super) ends: [Rows<u32>; 2],
    /// What every operator adds whatever ran before.
    fixed: Vec<Weight>,
    /// The uses whose effect depends on what ran before.
    shared: [Rows<Use>; 2],
}

impl Net {
    /// Number of operators.
    pub(super) fn len(&self) -> u32 {
        self.extra.len() as u32
    }

    /// Operators that must run right after or right before `op`.
    pub(super) fn next(&self, op: u32) -> &[u32] {
        self.links[START].of(op)
    }

    /// Operators that must have run before `op`.
    pub(super) fn before(&self, op: u32) -> &[u32] {
        self.links[END].of(op)
    }

    /// `f({})`: the base and whatever is live from the beginning.
    pub(super) fn live_at_start(&self) -> u64 {
        let here = (0..self.size.len() as u32).filter(|&t| self.ends[START].of(t).is_empty());
        self.base + here.map(|t| self.size[t as usize]).sum::<u64>()
    }

    /// What running `op` after `done` does.
    pub(super) fn weigh(&self, done: &Bits, op: u32) -> Weight {
        let mut weight = self.fixed[op as usize];
        for &Use { tensor, apart } in self.shared[START].of(op) {
            if !self.ends[START].of(tensor).iter().any(|&p| done.has(p)) {
                let size = self.size[tensor as usize] as i64;
                weight.change += size;
                weight.rise += if apart { 0 } else { size };
            }
        }
        for &Use { tensor, apart } in self.shared[END].of(op) {
            let enders = self.ends[END].of(tensor);
            if enders.iter().all(|&c| c == op || done.has(c)) {
                let size = self.size[tensor as usize] as i64;
                weight.change -= size;
                weight.rise -= if apart { size } else { 0 };
            }
        }
        weight.rise = weight.rise.max(weight.change).max(0);
        weight
    }

    /// What `op` adds whatever ran before.
    pub(super) fn fixed(&self, op: u32) -> Weight {
        self.fixed[op as usize]
    }

    /// The uses of `op` on a side whose effect depends on what ran before.
    pub(super) fn shared(&self, side: usize, op: u32) -> &[Use] {
        self.shared[side].of(op)
    }

    /// Whether every predecessor of `op` is in `done`.
    pub(super) fn is_ready(&self, done: &Bits, op: u32) -> bool {
        self.before(op).iter().all(|&p| done.has(p))
    }

    /// What each step of `order` costs.
    pub(super) fn costs(&self, order: &[u32]) -> Vec<u64> {
        let mut done = Bits::new(self.len());
        let mut live = self.live_at_start();
        let step = |&op: &u32| {
            let weight = self.weigh(&done, op);
            let cost = live.wrapping_add_signed(weight.rise);
            live = live.wrapping_add_signed(weight.change);
            done.insert(op);
            cost
        };
        order.iter().map(step).collect()
    }

    /// The same problem walked from the end to the beginning: every schedule read backwards costs the same.
    /// Operator `v` becomes `len - 1 - v`, so that numbers stay topological.
    pub(super) fn reversed(&self) -> Self {
        let flip = |op: u32| self.len() - 1 - op;
        let turn_uses = |side: usize| {
            Rows::from_lists((0..self.len()).map(|v| self.uses[side].of(flip(v)).iter().copied()))
        };
        let turn_links = |side: usize| {
            Rows::from_lists(
                (0..self.len()).map(|v| self.links[side].of(flip(v)).iter().map(|&u| flip(u))),
            )
        };
        let tensors = self.size.len() as u32;
        let turn_ends = |side: usize| {
            Rows::from_lists((0..tensors).map(|t| self.ends[side].of(t).iter().map(|&u| flip(u))))
        };
        let parts = Parts {
            base: self.base,
            extra: self.extra.iter().rev().copied().collect(),
            uses: [turn_uses(END), turn_uses(START)],
            links: [turn_links(END), turn_links(START)],
            size: self.size.clone(),
            ends: [turn_ends(END), turn_ends(START)],
            either: self.either.iter().rev().copied().collect(),
        };
        parts.seal()
    }
}

/// A net before what follows from it is computed.
struct Parts {
    base: u64,
    extra: Vec<u64>,
    uses: [Rows<Use>; 2],
    links: [Rows<u32>; 2],
    size: Vec<u64>,
    ends: [Rows<u32>; 2],
    either: Vec<bool>,
}

impl Parts {
    fn seal(self) -> Net {
        let ops = self.extra.len() as u32;
        let mut fixed = Vec::with_capacity(ops as usize);
        let mut shared = [START, END].map(|_| Rows::with_room(ops as usize));
        for op in 0..ops {
            let mut weight = Weight {
                rise: self.extra[op as usize] as i64,
                change: 0,
            };
            for side in [START, END] {
                for &each in self.uses[side].of(op) {
                    if self.ends[side].of(each.tensor).len() > 1 {
                        shared[side].push(each);
                        continue;
                    }
                    let size = self.size[each.tensor as usize] as i64;
                    let signed = if side == START { size } else { -size };
                    weight.change += signed;
                    weight.rise += if each.apart == (side == END) {
                        signed
                    } else {
                        0
                    };
                }
                shared[side].end_row();
            }
            fixed.push(weight);
        }
        let Self {
            base,
            extra,
            uses,
            links,
            size,
            ends,
            either,
        } = self;
        Net {
            base,
            extra,
            uses,
            links,
            size,
            ends,
            either,
            fixed,
            shared,
        }
    }
}
