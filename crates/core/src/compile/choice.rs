//! Which sites to rewrite: a search above the search for an order, since each site changes the best order.
//!
//! A choice is a set of operators of the source at which rules may patch. Each choice tried is rewritten, ordered and measured
//! like any other graph; the smallest peak wins, and of equal ones that with the fewest patches. A choice that does not lower the
//! peak, or that makes any other figure larger which the target declares, is not taken.

mod accumulate;
mod judge;
mod next;
mod refused;
mod search;
mod sums;
mod trials;

pub use refused::Refused;

use std::time::Duration;

use crate::error::Result;
use crate::graph::Graph;
use crate::ids::OpId;
use crate::limits::StopReason;
use crate::memory::Profile;
use crate::plan::{Applied, Exactness, Order, Patch, Rewriting};
use crate::rewrite::{Rule, proposals, rewrite_where};
use crate::units::Bytes;

use super::{Candidate, Compiled, Options, Search, Start, scheduled};
use judge::Judge;
use trials::{Trial, Trials};

/// What may be chosen from.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    /// The rules.
    pub rules: &'a [&'a dyn Rule],
    /// What the format calls an addition of two; without it sums stay in the order that they have.
    pub addition: Option<&'a str>,
    /// The weakest promise that is still wanted.
    pub weakest: Exactness,
    /// What else must not grow: the figures that a target declares of a graph in an order, in one order of figures.
    pub figures: Option<Figures<'a>>,
}

impl Choice<'_> {
    /// Whether some rule can patch `base`.
    pub(super) fn has_sites(&self, source: &Graph, base: &Rewriting) -> bool {
        let mut found = sums::any(source, base, self);
        self.look(base, &mut |_, _| found = true);
        found
    }

    /// Shows `see` what could be patched next, and where.
    fn look(&self, base: &Rewriting, see: &mut dyn FnMut(&Patch, OpId)) {
        let accept = &mut |patch: &Patch, site| {
            if patch.exactness <= self.weakest {
                see(patch, site);
            }
            false
        };
        proposals(base, self.rules, accept);
    }

    /// `base` patched wherever a rule applies that keeps the promise, and `accept` agrees.
    fn patched(
        &self,
        base: &Rewriting,
        accept: &mut dyn FnMut(&Patch, OpId) -> bool,
    ) -> Result<Rewriting> {
        let accept =
            &mut |patch: &Patch, site| patch.exactness <= self.weakest && accept(patch, site);
        rewrite_where(base.clone(), self.rules, accept)
    }
}

/// Figures of a graph in an order.
pub type Figures<'a> = &'a dyn Fn(&Rewriting, &Order) -> Result<Vec<Bytes>>;

/// How a choice came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// Operators of the source at which some rule could patch.
    pub sites: usize,
    /// Choices of which an order was sought.
    pub choices: usize,
    /// Whether every choice was looked at.
    pub exhaustive: bool,
    /// Choices that were smaller, but would have made another figure larger.
    pub vetoed: usize,
    /// Time spent.
    pub elapsed: Duration,
}

/// What kernels that add quantised partial sums up in 32-bit integers would reach, bit for bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accumulated {
    /// The smallest peak found, that of the best order alone included.
    pub peak: Bytes,
    /// Operators that were taken apart for it.
    pub sites: usize,
    /// Whether every choice was looked at.
    pub exhaustive: bool,
}

/// A graph, an order of it, and what that costs.
pub(super) type Settled = (Rewriting, Candidate, Profile);

/// States that the search for an order of one choice may cost while many are tried.
const STATES: u64 = 20_000;
/// The same once it is carried out to the end. What is taken is ordered under the limits of the whole, if that leaves it without a proof.
pub(super) const MOST_STATES: u64 = 200_000;

/// The search for an order of one choice while many are tried.
fn one_search<'a>(options: &Options<'a>) -> Search<'a> {
    Search {
        observer: None,
        ..within(options, STATES).search
    }
}

/// `options` with searches of so many states at most.
fn within<'a>(options: &Options<'a>, states: u64) -> Options<'a> {
    let mut options = options.clone();
    let limits = &mut options.search.limits;
    limits.nodes = limits.nodes.min(states);
    options
}

/// Choices that are carried out to the end to find one without a fault.
const MOST_SETTLED: usize = 12;

/// The best choice, where it is better than the graph without any patch: `alone`, as it was ordered, and carried out to the end. Choices that a
/// referee refuses are dropped, and what is to blame stands in `refused`.
///
/// # Errors
/// A refusal that no site can be blamed for, or that of the caller's figures for the graph without any patch.
pub(super) fn choose(
    start: &Start<'_>,
    (settled, alone): (&Settled, &Compiled),
    choice: &Choice<'_>,
    refused: &mut Vec<Refused>,
) -> Result<(Option<Compiled>, Tried)> {
    // Many graphs are to be ordered, and some rewritten ones are much harder than what they were made of.
    let limited = within(start.options, MOST_STATES);
    let quick = Start {
        options: &limited,
        before: start.before.clone(),
        ..*start
    };
    let mut judge = Judge::new(&quick, choice, alone);
    let mut trials = Trials::new(&quick, settled, choice, false);
    let exhaustive = search::run(&mut trials)?;
    let mut tried = Tried {
        sites: trials.sites.len(),
        exhaustive,
        ..Tried::default()
    };
    let mut found: Option<(Settled, Compiled)> = None;
    for trial in trials.ranking().into_iter().take(MOST_SETTLED) {
        let settled = settle(&quick, &trials, &trial);
        match settled.and_then(|settled| Ok((judge.better(&settled, alone.after.peak)?, settled))) {
            Err(error) => trials.refuse(&trial.sites, &error),
            Ok((None, _)) => {}
            Ok((Some(mut better), mut settled)) => {
                gains(&mut trials, &trial, &mut better)?;
                settled.0.applied.clone_from(&better.rewriting.applied);
                found = Some((settled, better));
                break;
            }
        }
    }
    tried.choices = trials.count();
    tried.elapsed = trials.elapsed();
    Refused::merge(refused, trials.refused);
    // Sums come last: concatenations that were taken apart leave some too.
    let bases = [
        Some(settled.clone()),
        found.as_ref().map(|found| found.0.clone()),
    ];
    for base in bases.iter().flatten() {
        let known = found.as_ref().map_or(alone, |found| &found.1).after.peak;
        if let Some(better) = sums::reordered(base, &mut judge, known, &mut tried)? {
            found = Some(better);
        }
    }
    tried.vetoed = judge.vetoed;
    Refused::merge(refused, judge.refused);
    let found = found.map(|(_, better)| better);
    let again = match &found {
        Some(known) => ordered_again(start, (alone, known), choice, refused)?,
        None => None,
    };
    Ok((again.or(found), tried))
}

/// What was taken, ordered under the limits of the whole, where fewer states left it without a proof; nothing if that is no better.
pub(super) fn ordered_again(
    start: &Start<'_>,
    (alone, known): (&Compiled, &Compiled),
    choice: &Choice<'_>,
    refused: &mut Vec<Refused>,
) -> Result<Option<Compiled>> {
    let stopped = known.chosen.proof.and_then(|proof| proof.stopped_by());
    let may_go_on = start.options.search.limits.nodes > MOST_STATES;
    if stopped != Some(StopReason::NodeLimit) || !may_go_on {
        return Ok(None);
    }
    let rewriting = known.rewriting.clone();
    let (candidate, profile) = scheduled(&rewriting.graph, start.options)?;
    let mut judge = Judge::new(start, choice, alone);
    let settled = (rewriting, candidate, profile);
    match (
        judge.better(&settled, known.after.peak + Bytes(1)),
        settled.0.applied.last(),
    ) {
        (Ok(better), _) => Ok(better),
        (Err(error), Some(patch)) => {
            judge.refuse(patch.rule, patch.site, &error);
            Refused::merge(refused, judge.refused);
            Ok(None)
        }
        (Err(error), None) => Err(error),
    }
}

/// A choice, refereed, in its best order.
fn settle(start: &Start<'_>, trials: &Trials<'_>, trial: &Trial) -> Result<Settled> {
    let rewriting = trials.refereed(&trial.sites)?;
    let (candidate, profile) = scheduled(&rewriting.graph, start.options)?;
    Ok((rewriting, candidate, profile))
}

/// What the best choice needs where quantised partial sums are added up in 32-bit integers, which is exact; nothing where there are
/// none. Counted only: no format here can hold it.
///
/// # Errors
/// A referee's refusal.
pub(super) fn with_accumulators(
    start: &Start<'_>,
    settled: &Settled,
    choice: &Choice<'_>,
    refused: &mut Vec<Refused>,
) -> Result<Option<Accumulated>> {
    let choice = Choice {
        weakest: Exactness::Approximate,
        figures: None,
        ..*choice
    };
    let mut trials = Trials::new(start, settled, &choice, true);
    let some = accumulate::has_sums(&trials.everywhere()?);
    let exhaustive = some && search::run(&mut trials)?;
    let mut found = Accumulated {
        peak: settled.2.peak,
        sites: 0,
        exhaustive,
    };
    if let Some(trial) = trials.ranking().first() {
        let rewriting = trials.refereed(&trial.sites)?;
        let limited = within(start.options, MOST_STATES);
        let (_, profile) = scheduled(trials.counted(&rewriting)?.as_ref(), &limited)?;
        if profile.peak < found.peak {
            found.peak = profile.peak;
            found.sites = trial.sites.len();
        }
    }
    Refused::merge(refused, trials.refused);
    Ok(some.then_some(found))
}

/// What each patch won: by how much the peak would be higher if its site alone were left out.
fn gains(trials: &mut Trials<'_>, trial: &Trial, better: &mut Compiled) -> Result<()> {
    for &site in &trial.sites {
        let others = trial.sites.iter().copied().filter(|&op| op != site);
        let without = trials.peak(&others.collect::<Vec<_>>())?;
        let patches = better.rewriting.applied.iter_mut();
        let of_site = |patch: &&mut Applied| patch.site == site && trials.is_choosable(patch.rule);
        patches
            .filter(of_site)
            .for_each(|patch| patch.won = without.saturating_sub(better.after.peak));
    }
    Ok(())
}
