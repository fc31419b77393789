//! In which order to add up the terms of sums of many.
//!
//! A chain is as good as any tree: where a tree adds two partial sums, or begins a second one beside a first, a chain adds to the one that there is, and never holds
//! more. What is left is the order of the terms, which is the order in which a schedule takes them up. So it is not tried order by order, but read off a schedule
//! of a graph in which the additions of a sum are free to run in any order ([`Model`]). That graph is exact but for
//! the two terms that the chain begins with, which it has to be told: all pairs are tried of few sums, else those that the best schedule known makes
//! first, and others where that leaves a sum in the way.

mod climb;
mod model;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::Result;
use crate::graph::Graph;
use crate::ids::OpId;
use crate::limits::{StopReason, Stopwatch};
use crate::memory::{Instance, Profile, profile};
use crate::plan::{Order, Patch, Proof, Rewriting};
use crate::rewrite::carry_out;
use crate::rewrite::rules::SumOfMany;
use crate::schedule::Floor;
use crate::units::Bytes;

use super::{Choice, Judge, MOST_SETTLED, Settled, Tried, one_search};
use crate::compile::{Candidate, Compiled, Options, checked, refereed, scheduled};
use model::{Model, Ways};

/// States that the searches for orders may cost for all choices together.
const ALL_STATES: u64 = 1_000_000;
/// Operators in all graphs that are ordered: of large networks few choices are tried.
const ALL_OPERATORS: usize = 120_000;

/// Sums that are added up anew, each with the places of the two terms that it begins with; the others stay.
type Begun = BTreeMap<usize, [usize; 2]>;

/// What came of a choice.
#[derive(Clone)]
struct Trial {
    begun: Begun,
    /// The peak of the order found.
    peak: Bytes,
    /// Steps at which that much is live.
    high: usize,
    /// An order of the model's graph.
    order: Order,
    /// Chains that the graph does not have as it is: the sum, and the order of its terms.
    chains: Vec<(usize, Vec<usize>)>,
}

impl Trial {
    /// Smaller is better.
    fn rank(&self) -> (Bytes, usize) {
        (self.peak, self.chains.len())
    }

    /// Smaller is nearer to something better: each of the steps at the peak has to go.
    fn distance(&self) -> (Bytes, usize, usize) {
        (self.peak, self.high, self.chains.len())
    }
}

/// All choices tried.
struct Sums<'a> {
    base: &'a Settled,
    options: &'a Options<'a>,
    label: &'a str,
    sums: Vec<SumOfMany>,
    known: BTreeMap<Begun, Option<Trial>>,
    best: (Bytes, usize),
    watch: Stopwatch,
    states: u64,
    /// Operators in the graphs ordered so far.
    operators: usize,
    /// Half of the time there is.
    time: Option<Duration>,
}

/// Whether some sum of `base` can be taken in another order.
pub(super) fn any(source: &Graph, base: &Rewriting, choice: &Choice<'_>) -> bool {
    choice.addition.is_some() && !sums(source, base, choice).is_empty()
}

/// The sums of many that may be taken in another order.
fn sums(source: &Graph, base: &Rewriting, choice: &Choice<'_>) -> Vec<SumOfMany> {
    let mut sums = SumOfMany::all(source, base);
    sums.retain(|sum| sum.exactness <= choice.weakest);
    sums
}

/// `base` with sums in a better order, where there is one with a peak below `peak` that makes no other figure larger, and what comes of it in the end. What
/// was tried is added to `tried`.
///
/// # Errors
/// That of the caller's figures for the graph without any patch.
pub(super) fn reordered(
    base: &Settled,
    judge: &mut Judge<'_>,
    peak: Bytes,
    tried: &mut Tried,
) -> Result<Option<(Settled, Compiled)>> {
    let (source, options, choice) = (judge.start.graph, judge.start.options, judge.choice);
    let Some(label) = choice.addition else {
        return Ok(None);
    };
    let mut search = Sums::new(base, options, label, sums(source, &base.0, choice));
    tried.sites += search.sums.len();
    tried.exhaustive &= search.run()?;
    let mut found = None;
    for trial in search.ranking().into_iter().take(MOST_SETTLED) {
        let settled = search.settle(source, &trial);
        match settled.and_then(|settled| Ok((judge.better(&settled, peak)?, settled))) {
            Err(error) => judge.refuse(SumOfMany::NAME, search.site(&trial), &error),
            Ok((None, _)) => {}
            Ok((Some(mut better), settled)) => {
                let settled = search.with_gains(&trial, settled)?;
                better.rewriting.applied.clone_from(&settled.0.applied);
                found = Some((settled, better));
                break;
            }
        }
    }
    tried.choices += search.known.len();
    tried.elapsed += search.watch.elapsed();
    Ok(found)
}

impl<'a> Sums<'a> {
    fn new(
        base: &'a Settled,
        options: &'a Options<'a>,
        label: &'a str,
        sums: Vec<SumOfMany>,
    ) -> Self {
        Self {
            base,
            options,
            label,
            sums,
            known: BTreeMap::new(),
            best: (base.2.peak, 0),
            watch: Stopwatch::start(),
            states: 0,
            operators: 0,
            time: options.search.limits.left().map(|left| left / 2),
        }
    }

    fn graph(&self) -> &'a Graph {
        &self.base.0.graph
    }

    fn model(&self, begun: &Begun) -> Result<Model> {
        let in_place = &self.options.target.aliasing.in_place;
        let ways = Ways::Begun(begun);
        Model::new(self.graph(), &self.sums, ways, self.label, *in_place)
    }

    /// No way to add the sums up needs less.
    fn bound(&mut self) -> Result<Bytes> {
        let in_place = self.options.target.aliasing.in_place;
        let model = Model::new(self.graph(), &self.sums, Ways::Free, self.label, in_place)?;
        let instance = Instance::new(&model.graph, &self.options.target);
        let found = self
            .options
            .algorithm
            .run(&instance, &one_search(self.options));
        self.states = self.states.saturating_add(found.states);
        Ok(found.bound)
    }

    /// The best chains found that begin so; `None` if they cannot be better than what is known.
    fn trial(&mut self, begun: &Begun) -> Result<Option<Trial>> {
        if let Some(known) = self.known.get(begun) {
            return Ok(known.clone());
        }
        let model = self.model(begun)?;
        let instance = Instance::new(&model.graph, &self.options.target);
        let floor = Floor::of(&instance).map_or(Bytes::ZERO, |floor| floor.bytes);
        let trial = (floor < self.best.0 || begun.len() < self.best.1 && floor == self.best.0)
            .then(|| self.ordered(begun, &model, &instance));
        if let Some(trial) = &trial {
            self.best = self.best.min(trial.rank());
        }
        self.known.insert(begun.clone(), trial.clone());
        Ok(trial)
    }

    fn ordered(&mut self, begun: &Begun, model: &Model, instance: &Instance<'_>) -> Trial {
        let candidate = self
            .options
            .algorithm
            .run(instance, &one_search(self.options));
        self.states = self.states.saturating_add(candidate.states);
        self.operators = self.operators.saturating_add(instance.ops());
        let found = profile(instance, &candidate.order);
        let (peak, steps) = (found.peak, found.steps.iter());
        let mut chains = model.chains(&candidate.order);
        let graph = self.graph();
        chains.retain(|(sum, chain)| !self.sums[*sum].is_written(graph, chain));
        Trial {
            begun: begun.clone(),
            peak,
            high: steps.filter(|live| **live == peak).count(),
            order: candidate.order,
            chains,
        }
    }

    /// Trials that are better than none, the best first.
    fn ranking(&self) -> Vec<Trial> {
        let trials = self.known.values().flatten();
        let better = |trial: &&Trial| trial.peak < self.base.2.peak && !trial.chains.is_empty();
        let mut trials: Vec<Trial> = trials.filter(better).cloned().collect();
        trials.sort_by_key(Trial::rank);
        // Different beginnings may come to the same chains.
        trials.dedup_by(|a, b| a.chains == b.chains);
        trials
    }

    /// A choice, refereed, in the better of the order that it was made with and its best one under the limits of the whole.
    fn settle(&self, source: &Graph, trial: &Trial) -> Result<Settled> {
        let patch = |(sum, chain): &(usize, Vec<usize>)| {
            self.sums[*sum].in_order(self.graph(), self.label, chain)
        };
        let patches: Vec<Patch> = trial.chains.iter().filter_map(patch).collect();
        let rewriting = checked(source, carry_out(self.base.0.clone(), &patches)?)?;
        let (candidate, found) = scheduled(&rewriting.graph, self.options)?;
        let model = self.model(&trial.begun)?;
        let order = model.translated(self.graph(), &self.sums, trial);
        let instance = Instance::new(&rewriting.graph, &self.options.target);
        let known = profile(&instance, &order).peak;
        if found.peak <= known {
            return Ok((rewriting, candidate, found));
        }
        let (candidate, found) = self.stopped(&rewriting, &candidate, (order, known))?;
        Ok((rewriting, candidate, found))
    }

    /// The operator of the source that ends the last of the sums that are added up anew.
    fn site(&self, trial: &Trial) -> OpId {
        let root = trial.chains.last().map(|(sum, _)| self.sums[*sum].root);
        root.map_or(OpId(0), |root| self.base.0.op_origins[root].op())
    }

    /// The candidate of a search that was stopped before it came to an order that is known.
    fn stopped(
        &self,
        rewriting: &Rewriting,
        found: &Candidate,
        (order, peak): (Order, Bytes),
    ) -> Result<(Candidate, Profile)> {
        let stopped_by = match found.proof {
            Some(Proof::Bounded { stopped_by, .. }) => stopped_by,
            _ => StopReason::NodeLimit,
        };
        let proof = Proof::Bounded {
            lower: found.bound,
            upper: peak,
            stopped_by,
        };
        let candidate = Candidate {
            order,
            peak,
            proof: found.proof.map(|_| match peak <= found.bound {
                true => Proof::Optimal,
                false => proof,
            }),
            ..found.clone()
        };
        refereed(&rewriting.graph, &self.options.target, candidate)
    }

    /// What each chain won: by how much the peak would be higher if that sum alone were left as it was.
    fn with_gains(&mut self, trial: &Trial, mut settled: Settled) -> Result<Settled> {
        let (rewriting, _, found) = &mut settled;
        let before = self.base.0.applied.len();
        for (patch, (sum, _)) in rewriting.applied[before..].iter_mut().zip(&trial.chains) {
            let mut others = trial.begun.clone();
            others.remove(sum);
            let model = self.model(&others)?;
            let instance = Instance::new(&model.graph, &self.options.target);
            let without = self.ordered(&others, &model, &instance).peak;
            patch.won = without.saturating_sub(found.peak);
        }
        Ok(settled)
    }
}
