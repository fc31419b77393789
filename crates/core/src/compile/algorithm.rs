//! The ways to find an order, behind one door.

use std::time::Duration;

use crate::limits::{Limits, Meter, Stopwatch};
use crate::memory::{Instance, profile};
use crate::plan::{Order, Proof};
use crate::schedule::baseline::Baseline;
use crate::schedule::serenity::{self, serenity};
use crate::schedule::{self, Reason, Schedule, Switches, solve};
use crate::units::Bytes;

/// A way to find an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// A heuristic without any claim.
    Baseline(Baseline),
    /// Dynamic programming, divide and conquer, adaptive soft budgeting (Ahn et al., MLSys 2020).
    Serenity,
    /// lowtide's own.
    #[default]
    Exact,
}

impl Algorithm {
    /// All of them, in the order in which `compare` lists them.
    pub const ALL: &[Self] = &[
        Self::Baseline(Baseline::File),
        Self::Baseline(Baseline::Kahn),
        Self::Baseline(Baseline::ReversePostorder),
        Self::Baseline(Baseline::Greedy),
        Self::Serenity,
        Self::Exact,
    ];

    /// The name on the command line and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline(baseline) => baseline.name(),
            Self::Serenity => "serenity",
            Self::Exact => "exact",
        }
    }

    /// Runs it.
    #[must_use]
    pub fn run(self, instance: &Instance<'_>, search: &Search<'_>) -> Candidate {
        let watch = Stopwatch::start();
        let mut candidate = match self {
            Self::Baseline(baseline) => Candidate::unproved(self, baseline.order(instance), 0),
            Self::Serenity => of_serenity(instance, search),
            Self::Exact => of_exact(instance, search),
        };
        candidate.elapsed = watch.elapsed();
        candidate.peak = profile(instance, &candidate.order).peak;
        candidate
    }
}

/// What a search may spend, and who watches it.
#[derive(Clone, Default)]
pub struct Search<'a> {
    /// Nodes, time, gap, interrupt.
    pub limits: Limits,
    /// Parts of the exact search that may be switched off.
    pub switches: Switches,
    /// Called now and then with `(lower bound, best peak, states)`.
    pub observer: Option<&'a (dyn Fn(schedule::Progress) + Sync)>,
    /// Keep the order as it is found, without looking for one of the same peak with fewer live byte-steps.
    pub as_found: bool,
}

/// An order found, and what is known of it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// By which algorithm.
    pub algorithm: Algorithm,
    /// The order.
    pub order: Order,
    /// Its peak.
    pub peak: Bytes,
    /// What is proved; `None` for heuristics.
    pub proof: Option<Proof>,
    /// No order needs less than this; zero if nothing is proved.
    pub bound: Bytes,
    /// What the bound rests on, from lowtide's own search.
    pub reason: Option<Reason>,
    /// States that the search expanded.
    pub states: u64,
    /// Wall-clock time.
    pub elapsed: Duration,
}

impl Candidate {
    fn unproved(algorithm: Algorithm, order: Order, states: u64) -> Self {
        let (peak, bound) = (Bytes::ZERO, Bytes::ZERO);
        Self {
            algorithm,
            order,
            peak,
            proof: None,
            bound,
            reason: None,
            states,
            elapsed: Duration::ZERO,
        }
    }
}

fn of_exact(instance: &Instance<'_>, search: &Search<'_>) -> Candidate {
    let options = schedule::Options {
        limits: search.limits.clone(),
        switches: search.switches,
        observer: search.observer,
    };
    let mut found = solve(instance, &options);
    at_least_a_baseline(instance, &mut found);
    let unproved = Candidate::unproved(Algorithm::Exact, found.order, found.states);
    Candidate {
        proof: Some(found.proof),
        bound: found.bound,
        reason: Some(found.reason),
        ..unproved
    }
}

/// A search that was stopped early may not have come to what a heuristic finds at once.
fn at_least_a_baseline(instance: &Instance<'_>, found: &mut Schedule) {
    let Proof::Bounded { stopped_by, .. } = found.proof else {
        return;
    };
    for baseline in Baseline::ALL {
        let order = baseline.order(instance);
        let peak = profile(instance, &order).peak;
        if peak < found.peak {
            (found.order, found.peak) = (order, peak);
            found.proof = if peak <= found.bound {
                Proof::Optimal
            } else {
                Proof::Bounded {
                    lower: found.bound,
                    upper: peak,
                    stopped_by,
                }
            };
        }
    }
}

fn of_serenity(instance: &Instance<'_>, search: &Search<'_>) -> Candidate {
    let mut meter = Meter::start(&search.limits);
    let run = serenity(instance, serenity::Switches::default(), &mut meter);
    let bound = if run.proof == Proof::Optimal {
        run.peak
    } else {
        Bytes::ZERO
    };
    let unproved = Candidate::unproved(Algorithm::Serenity, run.order, run.states);
    Candidate {
        proof: Some(run.proof),
        bound,
        ..unproved
    }
}
