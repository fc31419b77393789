//! The order and the evictions that move least, exactly: best-first over what has run, what is on chip and what of it has a copy
//! off chip.
//!
//! Evictions wait until room is needed, and no eviction is made that the others make needless: one that comes earlier, or is
//! not needed, can be put off without moving more. States are taken by what they have moved and what they will move at least, in
//! whatever order ([`future`]). The tests compare with a search that knows none of this.

mod future;
mod space;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use crate::ids::{Id, OpId, TensorId};
use crate::limits::{Meter, StopReason};
use crate::plan::{Eviction, Order};
use crate::units::Bytes;

use self::future::Future;
use self::space::{Space, State};
use super::Problem;

/// States that are kept; beyond, the search ends as by its node limit.
const MOST_STATES: usize = 3_000_000;

/// What the search knows at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What moves least; `None` if nothing below the limit was found.
    pub best: Option<Best>,
    /// No order moves less than this beyond the compulsory, or all that do move less than the limit are excluded.
    pub lower: Bytes,
    /// Why the search ended early.
    pub stopped_by: Option<StopReason>,
    /// States expanded.
    pub states: u64,
}

/// An order with the evictions that suit it best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Best {
    /// The order.
    pub order: Order,
    /// What leaves, by step.
    pub evictions: Vec<Eviction>,
    /// Bytes moved beyond the compulsory.
    pub beyond: Bytes,
}

/// Looks for an order that moves fewer than `below` bytes beyond the compulsory, with evictions chosen best; with `fixed`, only
/// for the best evictions of that order. A node of `meter` is a step to a state.
///
/// Graphs of more than 128 operators or tensors are not searched: the result is a node limit reached at once.
#[must_use]
pub fn search(
    problem: &Problem<'_>,
    fixed: Option<&Order>,
    below: Bytes,
    meter: &mut Meter,
) -> Found {
    match Space::new(problem) {
        Some(space) => Run::new(&space, fixed, below.get()).run(meter),
        None => Found {
            best: None,
            lower: Bytes::ZERO,
            stopped_by: Some(StopReason::NodeLimit),
            states: 0,
        },
    }
}

/// A state that was reached, and how.
#[derive(Clone, Copy)]
struct Reached {
    state: State,
    cost: u64,
    from: u32,
    op: u32,
}

struct Run<'s> {
    space: &'s Space,
    future: Future,
    fixed: Option<&'s Order>,
    below: u64,
    cheapest: FxHashMap<State, u64>,
    reached: Vec<Reached>,
    /// The cheapest first, with what is to come; among those the furthest.
    open: BinaryHeap<Reverse<(u64, Reverse<u32>, u32)>>,
}

impl<'s> Run<'s> {
    fn new(space: &'s Space, fixed: Option<&'s Order>, below: u64) -> Self {
        let mut run = Self {
            space,
            future: Future::new(space),
            fixed,
            below,
            cheapest: FxHashMap::default(),
            reached: Vec::new(),
            open: BinaryHeap::new(),
        };
        let state = State {
            done: 0,
            held: 0,
            copied: 0,
        };
        run.reach(Reached {
            state,
            cost: 0,
            from: 0,
            op: u32::MAX,
        });
        run
    }

    fn run(mut self, meter: &mut Meter) -> Found {
        let mut states = 0;
        while let Some(Reverse((least, _, at))) = self.open.pop() {
            let Reached { state, cost, .. } = self.reached[at as usize];
            let is_beaten = |&known: &u64| known < cost;
            if self.cheapest.get(&state).is_some_and(is_beaten) {
                continue;
            }
            if state.done.count_ones() as usize == self.space.before.len() {
                let best = self.best(at, cost);
                return Self::found(Some(best), cost, None, states);
            }
            states += 1;
            // Whatever of this state's successors is missing, they cost at least as much.
            if let Err(reason) = self.expand(at, meter) {
                return Self::found(None, least, Some(reason), states);
            }
        }
        Self::found(None, self.below, None, states)
    }

    fn found(best: Option<Best>, lower: u64, stopped_by: Option<StopReason>, states: u64) -> Found {
        Found {
            best,
            lower: Bytes(lower),
            stopped_by,
            states,
        }
    }

    fn expand(&mut self, at: u32, meter: &mut Meter) -> Result<(), StopReason> {
        let Reached { state, cost, .. } = self.reached[at as usize];
        let space = self.space;
        let ready = |&op: &usize| {
            state.done >> op & 1 == 0
                && space.before[op] & !state.done == 0
                && self.is_due(op, state)
        };
        let ready: Vec<usize> = (0..space.before.len()).filter(ready).collect();
        for op in ready {
            space.step(state, op, &mut |state, moved| {
                if self.reached.len() > MOST_STATES {
                    return Err(StopReason::NodeLimit);
                }
                meter.tick()?;
                let cost = cost.saturating_add(moved);
                let (from, op) = (at, op as u32);
                self.reach(Reached {
                    state,
                    cost,
                    from,
                    op,
                });
                Ok(())
            })?;
        }
        Ok(())
    }

    fn is_due(&self, op: usize, state: State) -> bool {
        let step = state.done.count_ones() as usize;
        self.fixed
            .is_none_or(|order| order.ops()[step].index() == op)
    }

    fn reach(&mut self, reached: Reached) {
        let known = self.cheapest.get(&reached.state);
        if known.is_some_and(|&known| known <= reached.cost) {
            return;
        }
        let least = reached
            .cost
            .saturating_add(self.future.least(reached.state));
        if least < self.below {
            self.cheapest.insert(reached.state, reached.cost);
            let at = self.reached.len() as u32;
            let steps = reached.state.done.count_ones();
            self.open.push(Reverse((least, Reverse(steps), at)));
            self.reached.push(reached);
        }
    }

    fn best(&self, mut at: u32, cost: u64) -> Best {
        let (mut ops, mut evictions) = (Vec::new(), Vec::new());
        while self.reached[at as usize].op != u32::MAX {
            let Reached {
                state, from, op, ..
            } = self.reached[at as usize];
            let step = state.done.count_ones() - 1;
            let out = self
                .space
                .evicted(self.reached[from as usize].state, state, op);
            evictions.extend(out.map(|t| Eviction {
                step,
                tensor: TensorId(t),
            }));
            ops.push(OpId(op));
            at = from;
        }
        ops.reverse();
        evictions.reverse();
        Best {
            order: Order::new(ops),
            evictions,
            beyond: Bytes(cost),
        }
    }
}
