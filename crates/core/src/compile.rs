//! The driver: verbs in order, a referee after each.

mod algorithm;
mod arena;
mod choice;
mod jointly;
mod settle;
#[cfg(test)]
mod tests;
mod traffic;

pub use algorithm::{Algorithm, Candidate, Search};
pub use arena::{Arena, RuntimePlan, packed, runtime_plan};
pub use choice::{Accumulated, Choice, Figures, Refused, Tried};
pub use jointly::Arenas;
pub use traffic::{Carried, OffChip, off_chip};

use crate::check::{check_order, check_rewriting};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::joint::Deployment;
use crate::limits::Limits;
use crate::memory::{Instance, Profile, Target, profile};
use crate::plan::{Order, Rewriting};
use crate::rewrite::{Rule, rewrite};
use crate::units::Bytes;

use choice::Settled;
use settle::next_to_readers;

/// What to do with a graph, and for whom.
#[derive(Clone)]
pub struct Options<'a> {
    /// The runtime whose memory is counted.
    pub target: Target,
    /// The rewrite rules to apply; none leaves the graph as it is.
    pub rules: &'a [&'a dyn Rule],
    /// What may be rewritten besides, where that lowers the peak.
    pub choice: Option<Choice<'a>>,
    /// How the order is found.
    pub algorithm: Algorithm,
    /// What the search may spend.
    pub search: Search<'a>,
    /// How arenas are measured that have to stay small beside the peak; `None` if the peak alone counts. Only the exact algorithm
    /// heeds it.
    pub deployment: Option<Deployment<'a>>,
}

/// What came of a graph. Everything in it has passed its referee.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The source in file order.
    pub before: Profile,
    /// The graph to run, and where its parts come from.
    pub rewriting: Rewriting,
    /// The order in which to run it, and how sure it is.
    pub chosen: Candidate,
    /// What that order costs, step by step.
    pub after: Profile,
    /// Live byte-steps of the order that the search found. [`Profile::byte_steps`] of `after` are no more, unless arenas decided.
    pub byte_steps_as_found: u64,
    /// What the arenas come to, where they were asked for.
    pub arenas: Option<Arenas>,
    /// What the best order costs without any patch but clean-up.
    pub order_alone: Bytes,
    /// All of it without any patch but clean-up, where there are others.
    pub alone: Option<Box<Compiled>>,
    /// How the choice of patches came about; none if there was no choice.
    pub tried: Option<Tried>,
    /// Patches of choices that were dropped, as a referee refused them.
    pub refused: Vec<Refused>,
    /// What exact partial sums of integers would reach; none if there was no choice, or nothing to sum up.
    pub accumulated: Option<Accumulated>,
}

/// Rewrites, orders and checks; then looks for another order if the arena of that one is too large.
///
/// What is chosen to be rewritten is carried out to the end before it is compared with the best order alone, which is too: where any figure
/// is larger, it is not taken.
///
/// # Errors
/// A referee's refusal, which is a bug of lowtide and says so.
pub fn compile(graph: &Graph, options: &Options<'_>) -> Result<Compiled> {
    let before = measure(graph, &options.target);
    let mut rewriting = rewritten(graph, options.rules)?;
    let limited = leaving_time(graph, options, &rewriting);
    let (mut chosen, mut after) = scheduled(&rewriting.graph, &limited)?;
    if after.peak > before.peak && !rewriting.applied.is_empty() {
        // Clean-up can cost: an input whose only reader was dead is live to the end once nobody reads it.
        rewriting = Rewriting::unchanged(graph.clone());
        (chosen, after) = scheduled(graph, &limited)?;
    }
    let settled = (rewriting, chosen, after);
    let start = Start {
        graph,
        options,
        before,
        order_alone: settled.2.peak,
    };
    let alone = start.finished(settled.clone())?;
    let Some(choice) = &options.choice else {
        return Ok(alone);
    };
    let mut refused = Vec::new();
    let (better, tried) = choice::choose(&start, (&settled, &alone), choice, &mut refused)?;
    let accumulated = choice::with_accumulators(&start, &settled, choice, &mut refused)?;
    let compiled = match better {
        Some(better) => Compiled {
            alone: Some(Box::new(alone)),
            ..better
        },
        None => alone,
    };
    Ok(Compiled {
        tried: Some(tried),
        accumulated,
        refused,
        ..compiled
    })
}

/// What all choices start from.
struct Start<'a> {
    graph: &'a Graph,
    options: &'a Options<'a>,
    before: Profile,
    /// The peak of the best order without any patch but clean-up.
    order_alone: Bytes,
}

impl Start<'_> {
    /// A graph in its best order, carried out to the end: with the order that is kept, or the one that its arenas decide for.
    fn finished(&self, (rewriting, chosen, after): Settled) -> Result<Compiled> {
        let byte_steps_as_found = after.byte_steps();
        let exact = self.options.algorithm == Algorithm::Exact;
        let deployment = self.options.deployment.as_ref().filter(|_| exact);
        // Where arenas decide, they decide first.
        let (chosen, after) = match deployment {
            Some(_) => (chosen, after),
            None => settle::settled(&rewriting.graph, self.options, chosen, after)?,
        };
        let compiled = Compiled {
            before: self.before.clone(),
            rewriting,
            chosen,
            after,
            byte_steps_as_found,
            order_alone: self.order_alone,
            alone: None,
            tried: None,
            refused: Vec::new(),
            accumulated: None,
            arenas: None,
        };
        match deployment {
            Some(deployment) => jointly::jointly(self.graph, self.options, deployment, compiled),
            None => Ok(compiled),
        }
    }
}

/// `options` with half of the time, if there is something to choose from that has to be ordered after `base`.
fn leaving_time<'a>(source: &Graph, options: &Options<'a>, base: &Rewriting) -> Options<'a> {
    let mut options = options.clone();
    let limits = &options.search.limits;
    if let Some(choice) = options.choice.as_ref().filter(|_| limits.left().is_some())
        && choice.has_sites(source, base)
    {
        options.search.limits = Limits {
            nodes: limits.nodes,
            ..limits.part(2)
        };
    }
    options
}

/// What the graph costs as it stands: file order, no rewriting.
#[must_use]
pub fn measure(graph: &Graph, target: &Target) -> Profile {
    profile(
        &Instance::new(graph, target),
        &Order::new(graph.file_order()),
    )
}

/// The graph after `rules`, refereed.
///
/// # Errors
/// The referee's refusal.
pub fn rewritten(graph: &Graph, rules: &[&dyn Rule]) -> Result<Rewriting> {
    let rewriting = if rules.is_empty() {
        Rewriting::unchanged(graph.clone())
    } else {
        rewrite(graph, rules)?
    };
    checked(graph, rewriting)
}

/// A rewriting of `source` that has passed its referee.
fn checked(source: &Graph, rewriting: Rewriting) -> Result<Rewriting> {
    check_rewriting(source, &rewriting).map_err(refused)?;
    Ok(rewriting)
}

/// The order of `options.algorithm`, measured and refereed.
///
/// # Errors
/// The referee's refusal.
pub fn scheduled(graph: &Graph, options: &Options<'_>) -> Result<(Candidate, Profile)> {
    let instance = Instance::new(graph, &options.target);
    let mut chosen = options.algorithm.run(&instance, &options.search);
    chosen.order = next_to_readers(graph, chosen.order);
    refereed(graph, &options.target, chosen)
}

/// `chosen` for `graph`, if the ruler and the referee agree with what it claims.
fn refereed(graph: &Graph, target: &Target, chosen: Candidate) -> Result<(Candidate, Profile)> {
    let after = profile(&Instance::new(graph, target), &chosen.order);
    check_order(graph, target, &chosen.order, after.peak).map_err(refused)?;
    if after.peak != chosen.peak {
        return Err(refused(format_args!(
            "{} claims {} bytes, the ruler says {}",
            chosen.algorithm.name(),
            chosen.peak,
            after.peak
        )));
    }
    Ok((chosen, after))
}

fn refused(fault: impl std::fmt::Display) -> Error {
    Error::new(format_args!(
        "internal error: {fault}; please report this with the model"
    ))
}
