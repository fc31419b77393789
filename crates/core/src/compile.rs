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
pub use choice::{Accumulated, Choice, Figures, Tried};
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
    /// How the choice of patches came about; none if there was no choice.
    pub tried: Option<Tried>,
    /// What exact partial sums of integers would reach; none if there was no choice, or nothing to sum up.
    pub accumulated: Option<Accumulated>,
}

/// Rewrites, orders and checks; then looks for another order if the arena of that one is too large.
///
/// # Errors
/// A referee's refusal, which is a bug of lowtide and says so.
pub fn compile(graph: &Graph, options: &Options<'_>) -> Result<Compiled> {
    let before = measure(graph, &options.target);
    let mut rewriting = rewritten(graph, options.rules)?;
    let alone = leaving_time(graph, options, &rewriting);
    let (mut chosen, mut after) = scheduled(&rewriting.graph, &alone)?;
    if after.peak > before.peak && !rewriting.applied.is_empty() {
        // Clean-up can cost: an input whose only reader was dead is live to the end once nobody reads it.
        rewriting = Rewriting::unchanged(graph.clone());
        (chosen, after) = scheduled(graph, &alone)?;
    }
    let mut settled = (rewriting, chosen, after);
    let order_alone = settled.2.peak;
    let (mut tried, mut accumulated) = (None, None);
    if let Some(choice) = &options.choice {
        let (better, how) = choice::choose(graph, &settled, options, choice)?;
        accumulated = choice::with_accumulators(graph, &settled, options, choice)?;
        settled = better.unwrap_or(settled);
        tried = Some(how);
    }
    let (rewriting, chosen, after) = settled;
    let byte_steps_as_found = after.byte_steps();
    let jointly = options.deployment.is_some() && options.algorithm == Algorithm::Exact;
    // Where arenas decide, they decide first.
    let (chosen, after) = match jointly {
        true => (chosen, after),
        false => settle::settled(&rewriting.graph, options, chosen, after)?,
    };
    let compiled = Compiled {
        before,
        rewriting,
        chosen,
        after,
        byte_steps_as_found,
        order_alone,
        tried,
        accumulated,
        arenas: None,
    };
    match &options.deployment {
        Some(deployment) if options.algorithm == Algorithm::Exact => {
            jointly::jointly(graph, options, deployment, compiled)
        }
        _ => Ok(compiled),
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
        "internal error: {fault}; nothing was written, please report this with the model"
    ))
}
