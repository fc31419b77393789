//! The driver: reduce, decompose, search, lift.

mod ahead;
mod beam;
mod exhaust;
mod greedy;
pub(super) mod neighbours;
mod run;
mod settle;
pub(super) mod windows;
mod witness;

use crate::limits::StopReason;
use crate::memory::{Instance, profile};
use crate::plan::{Order, Proof};
use crate::units::Bytes;

use super::bound::Floor;
use super::options::Options;
use run::Run;
use witness::witness;

pub use settle::settle;

/// An order, and what is known of how good it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// The order found: never worse than the file's, and the file's own where that is as good.
    pub order: Order,
    /// Whether anything smaller is possible.
    pub proof: Proof,
    /// What the order needs.
    pub peak: Bytes,
    /// What every order needs at least; equal to `peak` when that is optimal.
    pub bound: Bytes,
    /// States that the search expanded.
    pub states: u64,
    /// The most memory that tables and states of the search took at a time.
    pub memory: Bytes,
    /// What `bound` rests on.
    pub reason: Reason,
}

/// Why no order can do better than a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There is nothing to order.
    Empty,
    /// This operator alone needs so much: what it reads, what it writes, and what is live in every step.
    Operator(Floor),
    /// Whatever the order, so much is live while this operator runs.
    Around(Floor),
    /// Nothing short: the search went through what is below.
    Search,
}

/// Finds the order of `instance` with the smallest peak, within the limits.
#[must_use]
pub fn solve(instance: &Instance<'_>, options: &Options<'_>) -> Schedule {
    let file = Order::new(instance.graph().file_order());
    let peak = profile(instance, &file).peak;
    let Some(floor) = Floor::of(instance) else {
        return Schedule::proved(file, peak, Reason::Empty);
    };
    if floor.bytes >= peak {
        return Schedule::proved(file, peak, Reason::Operator(floor));
    }
    let mut run = Run::new(instance, options, floor, peak);
    let stopped = run.search().err();
    if let Some(StopReason::TimeLimit | StopReason::Interrupted) = stopped {
        run.salvage();
    }
    let mut schedule = run.finish(instance, file, stopped);
    if let Reason::Around(_) = schedule.reason {
        schedule.reason = witness(instance, &schedule.order).map_or(Reason::Search, Reason::Around);
    }
    schedule
}

impl Schedule {
    fn proved(order: Order, peak: Bytes, reason: Reason) -> Self {
        Self {
            order,
            proof: Proof::Optimal,
            peak,
            bound: peak,
            states: 0,
            memory: Bytes::ZERO,
            reason,
        }
    }
}
