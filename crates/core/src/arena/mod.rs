//! Where each buffer goes: offsets of one arena, packed exactly.
pub mod beam;
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

pub fn try_beam(problem: &Problem, capacity: u64, rules: Rules, width: usize, score: beam::Score, limits: &Limits) -> (Option<Layout>, u64) {
    use exact::{instance::Instance, state::State};
    let mut meter = Meter::start(limits);
    let sections = Sections::of(problem).unwrap();
    let instance = Instance::new(problem, &sections);
    let mut state = State::new(&instance, capacity, rules).unwrap();
    let mut m: Vec<u32> = (0..instance.len() as u32).collect();
    exact::preorder::Preorder("TWA").sort(&instance, &state.latest, &mut m);
    for (r, &b) in m.iter().enumerate() { state.rank[b as usize] = r as u32; }
    for s in 0..instance.members.len() { state.touch_section(s); }
    if !state.propagate(&instance, (0,0)) { return (None, 0); }
    let r = beam::beam(&instance, &state, bound::granularity(problem).get(), width, score, &mut meter);
    (r.ok().flatten().map(|o| instance.layout(problem, &o)), meter.spent())
}
