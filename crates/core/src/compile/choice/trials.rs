//! Choices that were tried, each once. What a referee refuses is no choice.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::error::Result;
use crate::graph::Graph;
use crate::ids::OpId;
use crate::limits::Stopwatch;
use crate::memory::{Instance, profile};
use crate::plan::{Order, Rewriting};
use crate::schedule::Floor;
use crate::units::Bytes;

use super::accumulate::accumulated;
use super::{Choice, Refused, Settled, Start, one_search};
use crate::compile::{Options, checked};

/// States that the searches for orders may cost for all choices together: where choices are that hard to order, few of them are tried.
const ALL_STATES: u64 = 400_000;

/// A choice and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// The sites that were patched, ascending.
    pub(super) sites: Vec<OpId>,
    /// Patches, of which a site may have several.
    pub(super) patches: usize,
    /// The peak of the best order found; where no order was sought, what no order avoids.
    pub(super) peak: Bytes,
    /// That order, if one was sought.
    pub(super) order: Option<Order>,
}

impl Trial {
    /// Smaller is better.
    pub(super) fn rank(&self) -> (Bytes, usize) {
        (self.peak, self.patches)
    }
}

/// All choices tried.
pub(super) struct Trials<'a> {
    /// What nothing is patched in.
    pub(super) source: &'a Graph,
    pub(super) base: &'a Rewriting,
    pub(super) options: &'a Options<'a>,
    pub(super) choice: &'a Choice<'a>,
    /// What no patch at all needs.
    pub(super) alone: Trial,
    /// All sites there are, ascending.
    pub(super) sites: Vec<OpId>,
    pub(super) known: BTreeMap<Vec<OpId>, Trial>,
    /// What is patched where these are allowed.
    pub(super) patched: BTreeMap<Vec<OpId>, Vec<OpId>>,
    /// What could be patched next where these are allowed.
    pub(super) possible: BTreeMap<Vec<OpId>, BTreeSet<OpId>>,
    pub(super) best: (Bytes, usize),
    watch: Stopwatch,
    /// States expanded so far.
    states: u64,
    /// Half of the time there is.
    time: Option<Duration>,
    /// Whether quantised partial sums are counted as 32-bit accumulators.
    accumulates: bool,
    /// Patches that a referee refused. At their sites nothing is patched any more.
    pub(super) refused: Vec<Refused>,
}

impl<'a> Trials<'a> {
    pub(super) fn new(
        start: &'a Start<'a>,
        alone: &'a Settled,
        choice: &'a Choice<'a>,
        accumulates: bool,
    ) -> Self {
        let options = start.options;
        let none = Trial {
            sites: Vec::new(),
            patches: 0,
            peak: alone.2.peak,
            order: Some(alone.1.order.clone()),
        };
        Self {
            source: start.graph,
            base: &alone.0,
            options,
            choice,
            best: none.rank(),
            known: BTreeMap::from([(Vec::new(), none.clone())]),
            alone: none,
            sites: Vec::new(),
            patched: BTreeMap::new(),
            possible: BTreeMap::new(),
            watch: Stopwatch::start(),
            states: 0,
            time: options.search.limits.left().map(|left| left / 2),
            accumulates,
            refused: Vec::new(),
        }
    }

    /// The graph patched wherever a rule applies at one of `allowed`.
    pub(super) fn rewriting(&self, allowed: &[OpId]) -> Result<Rewriting> {
        self.choice.patched(self.base, &mut |_, site| {
            allowed.contains(&site) && self.is_trusted(site)
        })
    }

    /// The graph that is counted for `rewriting`, with tensors of the same ids.
    pub(super) fn counted<'r>(&self, rewriting: &'r Rewriting) -> Result<Cow<'r, Graph>> {
        match self.accumulates {
            true => accumulated(rewriting),
            false => Ok(Cow::Borrowed(&rewriting.graph)),
        }
    }

    /// Finds all sites: those at which something is patched where everything may be.
    pub(super) fn find_sites(&mut self) -> Result<()> {
        let everywhere = self.everywhere()?;
        self.sites = self.patched_sites(&everywhere);
        Ok(())
    }

    /// The graph patched wherever a rule applies and its referee agrees.
    pub(super) fn everywhere(&mut self) -> Result<Rewriting> {
        let everywhere: Vec<OpId> = self.source.ops().ids().collect();
        self.sound(&everywhere)
    }

    fn patched_sites(&self, rewriting: &Rewriting) -> Vec<OpId> {
        let new = rewriting.applied.iter().skip(self.base.applied.len());
        new.map(|patch| patch.site)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// Whether the rule is one of those that are chosen from.
    pub(super) fn is_choosable(&self, rule: &str) -> bool {
        self.choice.rules.iter().any(|known| known.name() == rule)
    }

    /// What comes of patching wherever a rule applies at one of `allowed`.
    pub(super) fn trial(&mut self, allowed: &[OpId]) -> Result<Trial> {
        let allowed = sorted(allowed);
        if let Some(known) = self.patched.get(&allowed).and_then(|s| self.known.get(s)) {
            return Ok(known.clone());
        }
        let rewriting = self.applied(&allowed)?;
        let sites = self.patched_sites(&rewriting);
        self.patched.insert(allowed, sites.clone());
        if let Some(known) = self.known.get(&sites) {
            return Ok(known.clone());
        }
        let patches = rewriting.applied.len() - self.base.applied.len();
        let graph = self.counted(&rewriting)?;
        let instance = Instance::new(&graph, &self.options.target);
        let floor = Floor::of(&instance).map_or(Bytes::ZERO, |floor| floor.bytes);
        // One operator alone decides it: no order need be sought.
        let (peak, order) = match (floor, patches) >= self.best {
            true => (floor, None),
            false => self.ordered(&instance),
        };
        let trial = Trial {
            sites: sites.clone(),
            patches,
            peak,
            order,
        };
        if trial.order.is_some() && trial.rank() < self.best {
            // What is to be compared with has to be sound.
            if let Err(error) = checked(self.source, rewriting) {
                self.blame(&sites, error)?;
                return self.trial(&sites);
            }
            self.best = trial.rank();
        }
        self.known.insert(sites, trial.clone());
        Ok(trial)
    }

    /// The best order found, and its peak.
    fn ordered(&mut self, instance: &Instance<'_>) -> (Bytes, Option<Order>) {
        let candidate = self
            .options
            .algorithm
            .run(instance, &one_search(self.options));
        self.states = self.states.saturating_add(candidate.states);
        (
            profile(instance, &candidate.order).peak,
            Some(candidate.order),
        )
    }

    /// The peak of the best order found of a choice, sought even where it cannot be the smallest of all.
    pub(super) fn peak(&mut self, allowed: &[OpId]) -> Result<Bytes> {
        let trial = self.trial(allowed)?;
        if trial.order.is_some() {
            return Ok(trial.peak);
        }
        let rewriting = self.rewriting(allowed)?;
        let graph = self.counted(&rewriting)?;
        let instance = Instance::new(&graph, &self.options.target);
        let (peak, order) = self.ordered(&instance);
        let trial = Trial {
            peak,
            order,
            ..trial
        };
        self.known.insert(trial.sites.clone(), trial);
        Ok(peak)
    }

    /// All choices of which an order is known and that are smaller than none, the best first.
    pub(super) fn ranking(&self) -> Vec<Trial> {
        let better = |trial: &&Trial| trial.order.is_some() && trial.peak < self.alone.peak;
        let mut trials: Vec<Trial> = self.known.values().filter(better).cloned().collect();
        trials.sort_by_key(Trial::rank);
        trials
    }

    /// Choices tried, besides none at all.
    pub(super) fn count(&self) -> usize {
        self.known.len() - 1
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.watch.elapsed()
    }

    /// Whether the search for a choice should end: it was interrupted, or has used its states or half of the time there is.
    pub(super) fn is_over(&self) -> bool {
        let interrupted = self.options.search.limits.interrupt.as_ref();
        interrupted.is_some_and(|flag| flag.load(Ordering::Relaxed))
            || self.states > ALL_STATES
            || self.time.is_some_and(|time| self.watch.elapsed() > time)
    }
}

pub(super) fn sorted(sites: &[OpId]) -> Vec<OpId> {
    let distinct: BTreeSet<OpId> = sites.iter().copied().collect();
    distinct.into_iter().collect()
}
