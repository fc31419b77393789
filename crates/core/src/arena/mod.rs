//! Where each buffer goes: offsets of one arena, packed exactly.
pub mod bound;
pub mod exact;
pub mod problem;
pub mod rules;
pub(crate) mod sections;

use crate::arena::problem::Problem;
use crate::arena::rules::Rules;
use crate::arena::sections::Sections;
use crate::limits::{Limits, Meter, StopReason};
use crate::plan::layout::Layout;
use crate::units::Bytes;

/// What a search may use and spend.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which rules cut the exact search.
    pub rules: Rules,
    /// What it may spend.
    pub limits: Limits,
}

/// Whether a problem fits a capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It does: like this.
    Fits(Layout),
    /// It does not: proved.
    Infeasible,
    /// Unknown: the search was stopped.
    Undecided(StopReason),
}

/// fit
pub fn fit(problem: &Problem, capacity: Bytes, options: &Options) -> (Fit, u64) {
    let mut meter = Meter::start(&options.limits);
    let Some(sections) = Sections::of(problem) else { return (Fit::Undecided(StopReason::NodeLimit),0)};
    let r = exact::feasible(problem, &sections, capacity, options.rules, &mut meter);
    (match r { Ok(Some(l)) => Fit::Fits(l), Ok(None) => Fit::Infeasible, Err(e) => Fit::Undecided(e) }, meter.spent())
}
