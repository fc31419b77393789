//! All ways to order a model, side by side.

use std::sync::atomic::Ordering;
use std::time::Duration;

use lowtide_core::compile::{Algorithm, Candidate, rewritten, scheduled};
use lowtide_core::graph::Graph;
use lowtide_core::limits::{Limits, Stopwatch};
use lowtide_core::memory::Target;
use lowtide_core::plan::Rewriting;

use super::bodies::{OrderedBodies, ordered};
use super::{Observer, options, rules};
use crate::{Model, Result};

/// What [`compare`] is to do.
#[derive(Clone)]
pub struct CompareOptions<'a> {
    /// The runtime whose memory counts.
    pub target: Target,
    /// Whether the graph is cleaned up before it is ordered; otherwise it is taken as it stands.
    pub cleanup: bool,
    /// What each algorithm may spend, bodies included. An interrupt ends the search of one algorithm, and is taken down before
    /// the next begins.
    pub limits: Limits,
    /// Called before each algorithm runs.
    pub started: Option<&'a dyn Fn(Algorithm)>,
    /// Who watches the searches.
    pub observer: Option<Observer<'a>>,
}

impl Default for CompareOptions<'_> {
    /// For TFLM, the graph as it stands, under the default limits.
    fn default() -> Self {
        Self {
            target: Target::default(),
            cleanup: false,
            limits: Limits::default(),
            started: None,
            observer: None,
        }
    }
}

/// All orders of a model.
pub struct Comparison<'m> {
    /// The model.
    pub model: &'m Model,
    /// For which runtime.
    pub target: Target,
    /// The graph that was ordered, its bodies as in the file.
    pub rewriting: Rewriting,
    /// One of each algorithm, in the order of [`Algorithm::ALL`].
    pub orders: Vec<Compared>,
    /// All of it.
    pub elapsed: Duration,
}

/// What one algorithm made of a model.
pub struct Compared {
    /// The order.
    pub candidate: Candidate,
    /// The bodies of If, Loop and Scan, which the same algorithm ordered first.
    pub bodies: OrderedBodies,
    /// The graph with its bodies in these orders; `None` where those are the file's.
    inner: Option<Rewriting>,
}

impl Comparison<'_> {
    /// The graph of which `compared` is an order.
    #[must_use]
    pub fn graph<'a>(&'a self, compared: &'a Compared) -> &'a Graph {
        &compared.inner.as_ref().unwrap_or(&self.rewriting).graph
    }
}

/// Orders `model` by every algorithm. One ruler measures them all, and the referee recounts each.
///
/// # Errors
/// A referee's refusal, which is a bug.
pub fn compare<'m>(model: &'m Model, asked: &CompareOptions<'_>) -> Result<Comparison<'m>> {
    let watch = Stopwatch::start();
    let rewriting = rewritten(model.graph(), rules(asked.cleanup))?;
    let mut orders: Vec<Compared> = Vec::new();
    for &algorithm in Algorithm::ALL {
        // Heuristics go to their end: an interrupt is for the search behind them.
        let has_searched = |last: &Compared| last.candidate.proof.is_some();
        if let Some(flag) = &asked.limits.interrupt
            && orders.last().is_some_and(has_searched)
        {
            flag.store(false, Ordering::Relaxed);
        }
        if let Some(started) = asked.started {
            started(algorithm);
        }
        orders.push(ordered_by(algorithm, model, &rewriting, asked)?);
    }
    Ok(Comparison {
        model,
        target: asked.target.clone(),
        rewriting,
        orders,
        elapsed: model.reading() + watch.elapsed(),
    })
}

/// What `algorithm` makes of a model, of which `rewriting` is the graph.
fn ordered_by(
    algorithm: Algorithm,
    model: &Model,
    rewriting: &Rewriting,
    asked: &CompareOptions<'_>,
) -> Result<Compared> {
    let limits = asked.limits.running();
    let mut options = options(&asked.target, algorithm, &limits, asked.observer);
    let inside = ordered(model, &options)?;
    options.search.limits = inside.limits;
    let inner = inside.changed.as_ref();
    let inner = inner.map(|model| rewritten(model.graph(), rules(asked.cleanup)));
    let inner = inner.transpose()?;
    let graph = &inner.as_ref().unwrap_or(rewriting).graph;
    let (mut candidate, _) = scheduled(graph, &options)?;
    inside.open.heed(graph, &asked.target, &mut candidate);
    Ok(Compared {
        candidate,
        bodies: inside.ordered,
        inner,
    })
}
