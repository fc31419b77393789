//! SERENITY's own algorithm, as published: Ahn et al., "Ordering Chaos: Memory-Aware Scheduling of Irregularly Wired
//! Neural Networks for Edge Devices", MLSys 2020, section 3.
//!
//! - **Dynamic programming** (algorithm 1): level `i` holds one partial schedule of `i` operators for each
//!   zero-indegree set, the one with the smallest peak.
//! - **Divide and conquer**: cut where a single operator's outputs are all that crosses, schedule the parts one by one.
//!   At a cut one signature is left anyhow: what this saves is wide sets, and a budget that suits one part only.
//! - **Adaptive soft budgeting** (algorithm 2): a budget `tau` prunes steps that cost more. It starts at the peak of
//!   Kahn's order, is halved when a step times out, and moves half-way back up when it leaves no schedule.
//!
//! The paper leaves some of this open. What we chose:
//! - The limit `T` of a step counts the states of a level, not seconds, so that runs repeat.
//! - A part has a hard budget of its own: the peak of Kahn's order within it.
//! - "Half-way back up" goes towards the smallest `tau` that timed out; read literally, algorithm 2 would go down after
//!   the second 'no solution'. Below the smallest cost that a 'no solution' pruned no `tau` can do: where halving
//!   would go there, `tau` moves half-way there instead.
//! - Where every `tau` between 'no solution' and 'timeout' is used up, `T` doubles; the paper takes a `T` that works.
//! - Limits end the run: parts that are not solved keep Kahn's order, and the proof says what is known.

mod budget;
mod dynamic;
mod level;
mod segment;

#[cfg(test)]
mod tests;

use crate::limits::{Meter, StopReason};
use crate::memory::{Instance, profile};
use crate::plan::{Order, Proof};
use crate::units::Bytes;

use super::baseline::kahn;
use budget::Search;
use segment::Segment;

/// Which parts of the algorithm run: the variants of the paper's table of scheduling times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches {
    /// Cut at single operators.
    pub divide_and_conquer: bool,
    /// Prune by an adaptive budget; otherwise nothing is pruned.
    pub soft_budget: bool,
    /// With a soft budget, the number of states in a level above which a step times out.
    pub step_states: usize,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            divide_and_conquer: true,
            soft_budget: true,
            step_states: 20_000,
        }
    }
}

/// How one attempt at a budget ended: the flag of algorithm 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A level grew beyond the limit of a step.
    Timeout,
    /// No schedule fits the budget.
    NoSolution,
    /// The best schedule was found.
    Solution,
}

impl Outcome {
    /// The paper's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::NoSolution => "no solution",
            Self::Solution => "solution",
        }
    }
}

/// One run of the dynamic programming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which part, counted from the first.
    pub part: usize,
    /// The budget; `None` without soft budgeting.
    pub tau: Option<Bytes>,
    /// The limit of a step, in states.
    pub step_states: usize,
    /// How it ended.
    pub outcome: Outcome,
    /// States it expanded.
    pub states: u64,
}

/// What the algorithm found, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerenityRun {
    /// The order: the best one, or with Kahn's order in the parts that limits left unsolved.
    pub order: Order,
    /// Its peak, by the ruler.
    pub peak: Bytes,
    /// What is proved of it.
    pub proof: Proof,
    /// States expanded, all attempts together.
    pub states: u64,
    /// Every attempt that came to an end, in turn.
    pub attempts: Vec<Attempt>,
    /// Into how many parts the graph was cut.
    pub parts: usize,
}

/// Runs the algorithm within what `meter` has left; a node is a state expanded.
#[must_use]
pub fn serenity(instance: &Instance<'_>, switches: Switches, meter: &mut Meter) -> SerenityRun {
    let before = meter.spent();
    let fallback = kahn(instance);
    let costs = profile(instance, &fallback).steps;
    let segments = Segment::split(instance, switches.divide_and_conquer);
    let mut order = Vec::with_capacity(fallback.len());
    let (mut attempts, mut lower, mut stopped) = (Vec::new(), Bytes::ZERO, None);
    for (part, segment) in segments.iter().enumerate() {
        // Whatever the order, the operators of a part are those of this stretch.
        let stretch = segment.ops();
        let hard = costs[stretch.clone()].iter().max().copied();
        let mut search = Search::new(segment, switches, hard.unwrap_or_default());
        match search.run(meter) {
            Ok(solution) => order.extend(solution),
            Err(reason) => {
                order.extend(&fallback.ops()[stretch]);
                stopped = stopped.or(Some(reason));
            }
        }
        lower = lower.max(search.lower());
        attempts.extend(search.attempts().map(|attempt| Attempt { part, ..attempt }));
    }
    let order = Order::new(order);
    let peak = profile(instance, &order).peak;
    SerenityRun {
        order,
        peak,
        proof: prove(lower, peak, stopped),
        states: meter.spent() - before,
        attempts,
        parts: segments.len(),
    }
}

/// What is known of an order with this peak; a stop that did no harm is not mentioned.
fn prove(lower: Bytes, peak: Bytes, stopped: Option<StopReason>) -> Proof {
    match stopped {
        Some(stopped_by) if lower < peak => Proof::Bounded {
            lower,
            upper: peak,
            stopped_by,
        },
        _ => Proof::Optimal,
    }
}
