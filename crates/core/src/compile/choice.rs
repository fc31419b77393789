//! Which sites to rewrite: a search above the search for an order, since each site changes the best order.
//!
//! A choice is a set of operators of the source at which rules may patch. Each choice tried is rewritten, ordered and measured
//! like any other graph; the smallest peak wins, and of equal ones that with the fewest patches. A choice that does not lower the
//! peak, or that makes any other figure larger which the target declares, is not taken.

mod accumulate;
mod next;
mod search;
mod sums;
mod trials;

use std::time::Duration;

use crate::error::Result;
use crate::graph::Graph;
use crate::ids::OpId;
use crate::memory::Profile;
use crate::plan::{Applied, Exactness, Order, Patch, Rewriting};
use crate::rewrite::{Rule, proposals, rewrite_where};
use crate::units::Bytes;

use super::{Candidate, Options, checked, scheduled};
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

/// Choices that are settled in full to find one without a fault.
const MOST_SETTLED: usize = 12;

/// The best choice for `source`, where it is better than `alone`, the graph without any patch in its best order.
///
/// # Errors
/// A referee's refusal, or that of the caller's figures.
pub(super) fn choose(
    source: &Graph,
    alone: &Settled,
    options: &Options<'_>,
    choice: &Choice<'_>,
) -> Result<(Option<Settled>, Tried)> {
    let mut trials = Trials::new(alone, options, choice, false);
    let exhaustive = search::run(&mut trials)?;
    let mut tried = Tried {
        sites: trials.sites.len(),
        exhaustive,
        ..Tried::default()
    };
    let limits = match choice.figures {
        Some(figures) => figures(&alone.0, &alone.1.order)?,
        None => Vec::new(),
    };
    let mut found: Option<Settled> = None;
    for trial in trials.ranking().into_iter().take(MOST_SETTLED) {
        let (rewriting, order, profile) = settle(source, &trials, &trial, options)?;
        if profile.peak >= alone.2.peak {
            continue;
        }
        let figures = match choice.figures {
            Some(figures) => figures(&rewriting, &order.order)?,
            None => Vec::new(),
        };
        if figures.iter().zip(&limits).all(|(new, old)| new <= old) {
            found = Some((
                gains(&mut trials, &trial, rewriting, profile.peak)?,
                order,
                profile,
            ));
            break;
        }
        tried.vetoed += 1;
    }
    tried.choices = trials.count();
    tried.elapsed = trials.elapsed();
    // Sums come last: concatenations that were taken apart leave some too.
    for base in [Some(alone), found.clone().as_ref()].into_iter().flatten() {
        let sums = sums::reordered(source, base, options, choice, &limits, &mut tried)?;
        let known = found.as_ref().map_or(alone, |found| found);
        if let Some(better) = sums.filter(|sums| sums.2.peak < known.2.peak) {
            found = Some(better);
        }
    }
    Ok((found, tried))
}

/// What the best choice for `source` needs where quantised partial sums are added up in 32-bit integers, which is exact; nothing where there are
/// none. Counted only: no format here can hold it.
///
/// # Errors
/// A referee's refusal.
pub(super) fn with_accumulators(
    source: &Graph,
    alone: &Settled,
    options: &Options<'_>,
    choice: &Choice<'_>,
) -> Result<Option<Accumulated>> {
    let choice = Choice {
        weakest: Exactness::Approximate,
        figures: None,
        ..*choice
    };
    let all = choice.patched(&alone.0, &mut |_, _| true)?;
    if !accumulate::has_sums(&all) {
        return Ok(None);
    }
    let mut trials = Trials::new(alone, options, &choice, true);
    let exhaustive = search::run(&mut trials)?;
    let mut found = Accumulated {
        peak: alone.2.peak,
        sites: 0,
        exhaustive,
    };
    if let Some(trial) = trials.ranking().first() {
        let rewriting = checked(source, trials.rewriting(&trial.sites)?)?;
        let (_, profile) = scheduled(trials.counted(&rewriting)?.as_ref(), options)?;
        if profile.peak < found.peak {
            found.peak = profile.peak;
            found.sites = trial.sites.len();
        }
    }
    Ok(Some(found))
}

/// A choice, refereed, in its best order under the limits of the whole.
fn settle(
    source: &Graph,
    trials: &Trials<'_>,
    trial: &Trial,
    options: &Options<'_>,
) -> Result<Settled> {
    let rewriting = checked(source, trials.rewriting(&trial.sites)?)?;
    let (candidate, profile) = scheduled(&rewriting.graph, options)?;
    Ok((rewriting, candidate, profile))
}

/// What each patch won: by how much the peak would be higher if its site alone were left out.
fn gains(
    trials: &mut Trials<'_>,
    trial: &Trial,
    mut rewriting: Rewriting,
    peak: Bytes,
) -> Result<Rewriting> {
    for &site in &trial.sites {
        let others: Vec<OpId> = trial
            .sites
            .iter()
            .copied()
            .filter(|&op| op != site)
            .collect();
        let without = trials.peak(&others)?;
        let patches = rewriting.applied.iter_mut();
        let of_site = |patch: &&mut Applied| patch.site == site && trials.is_choosable(patch.rule);
        patches
            .filter(of_site)
            .for_each(|patch| patch.won = without.saturating_sub(peak));
    }
    Ok(rewriting)
}
