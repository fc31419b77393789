//! Where each buffer goes: offsets of one arena, packed exactly.
//!
//! [`pack`] looks for the smallest arena, depth first and by beams, and proves what it can, [`fit`] decides a given one, [`conflict`] says why it does not suffice. Both are deterministic as long
//! as only nodes are limited.

pub mod bound;
pub mod greedy;
pub mod rules;

mod beam;
mod conflict;
mod exact;
mod minimise;
mod sections;

#[cfg(test)]
mod tests;

pub use bound::Bound;
pub use conflict::{Conflict, conflict};
pub use rules::Rules;

use crate::arena::exact::Answer;
use crate::arena::sections::Sections;
use crate::limits::{Limits, Meter, StopReason};
use crate::packing::Problem;
use crate::plan::{Layout, Proof};
use crate::units::Bytes;

/// What a search may use and spend.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which rules cut the exact search.
    pub rules: Rules,
    /// What it may spend.
    pub limits: Limits,
}

/// The smallest arena found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packing {
    /// Where each buffer goes.
    pub layout: Layout,
    /// Whether a lower layout is impossible.
    pub proof: Proof,
    /// What no layout is below without any search, and the buffers that show it.
    pub bound: Bound,
    /// Placements tried by the searches.
    pub nodes: u64,
}

/// Whether a problem fits a capacity, and what it took to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The answer.
    pub verdict: Verdict,
    /// Placements tried by the searches.
    pub nodes: u64,
}

/// Whether a problem fits a capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does: like this.
    Fits(Layout),
    /// It does not: proved.
    Infeasible,
    /// Unknown: the search was stopped.
    Undecided(StopReason),
}

/// Decides whether `problem` fits an arena of `capacity` bytes; the capacity that the problem itself may state is ignored.
///
/// Where the sections of the problem are too many to write down, only the greedy planners and the bound are asked.
#[must_use]
pub fn fit(problem: &Problem, capacity: Bytes, options: &Options) -> Fit {
    let mut meter = Meter::start(&options.limits);
    let verdict = decide(problem, capacity, options.rules, &mut meter);
    Fit {
        verdict,
        nodes: meter.spent(),
    }
}

fn decide(problem: &Problem, capacity: Bytes, rules: Rules, meter: &mut Meter) -> Verdict {
    if let Some(sections) = Sections::of(problem) {
        return match exact::feasible(problem, &sections, capacity, rules, u64::MAX, meter) {
            Ok(Answer::Fits(layout)) => Verdict::Fits(layout),
            Ok(Answer::Infeasible) => Verdict::Infeasible,
            Ok(Answer::Open) => Verdict::Undecided(StopReason::NodeLimit),
            Err(reason) => Verdict::Undecided(reason),
        };
    }
    let layout = greedy::lowest(problem);
    if layout.height <= capacity {
        Verdict::Fits(layout)
    } else if bound::height(problem).height > capacity {
        Verdict::Infeasible
    } else {
        Verdict::Undecided(StopReason::NodeLimit)
    }
}

/// The smallest arena for `problem` that can be found within the limits; the capacity that the problem may state is ignored.
///
/// Starts from [`greedy::lowest`], so the result is never above that; then looks for what lies between the bound and
/// the best layout known, until both meet or a limit is reached.
#[must_use]
pub fn pack(problem: &Problem, options: &Options) -> Packing {
    let mut meter = Meter::start(&options.limits);
    let (layout, proof) = minimise::smallest(problem, options.rules, &mut meter);
    Packing {
        layout,
        proof,
        bound: bound::height(problem),
        nodes: meter.spent(),
    }
}
