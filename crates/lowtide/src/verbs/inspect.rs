//! What a model costs as it stands, and what a better order would cost.

use std::time::Duration;

use lowtide_core::compile::{Algorithm, Arena, Candidate, measure, rewritten, scheduled};
use lowtide_core::graph::Graph;
use lowtide_core::limits::{Limits, Stopwatch};
use lowtide_core::memory::{Profile, Target};
use lowtide_formats::tflite::tflm::Declared;

use super::arena::{as_it_stands, declared};
use super::bodies::{OrderedBodies, ordered};
use super::{Observer, options, rules};
use crate::{Model, Result};

/// What [`inspect`] is to do.
#[derive(Clone)]
pub struct InspectOptions<'a> {
    /// The runtime whose memory counts.
    pub target: Target,
    /// What each of the two searches may spend, for the model as it stands and after clean-up; bodies take at most half of it before. The
    /// time is that of all together.
    pub limits: Limits,
    /// Who watches the searches.
    pub observer: Option<Observer<'a>>,
}

/// States that a look may cost: a moment on any machine, and enough to prove nearly every real network.
const A_LOOK: u64 = 200_000;

impl Default for InspectOptions<'_> {
    /// For TFLM, with searches so short that nobody waits.
    fn default() -> Self {
        Self {
            target: Target::default(),
            limits: Limits {
                nodes: A_LOOK,
                ..Limits::default()
            },
            observer: None,
        }
    }
}

/// What a model costs.
pub struct Inspection<'m> {
    /// The model.
    pub model: &'m Model,
    /// For which runtime.
    pub target: Target,
    /// The cost in file order, step by step.
    pub profile: Profile,
    /// Where activations lie in one arena in file order, with offsets.
    pub arena: Arena,
    /// What to declare in TFLM for the file as it is; none for other runtimes and formats.
    pub declared: Option<Declared>,
    /// The bodies of If, Loop and Scan, which were ordered first.
    pub bodies: OrderedBodies,
    /// The model with its bodies in the orders found; `None` where those are the file's.
    pub(crate) inner: Option<Model>,
    /// The best order found of the graph as it stands, around the bodies in their orders.
    pub best: Candidate,
    /// The best order after clean-up, and what was cleaned up; `None` where there is nothing to clean up.
    pub cleaned: Option<Cleaned>,
    /// Reading and inspecting.
    pub elapsed: Duration,
}

impl Inspection<'_> {
    /// The graph of which [`Self::best`] is an order: that of the file, its bodies in the orders found.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        self.inner.as_ref().unwrap_or(self.model).graph()
    }
}

/// What clean-up makes possible.
pub struct Cleaned {
    /// Patches applied.
    pub rewrites: usize,
    /// The best order found after them.
    pub best: Candidate,
}

/// Measures `model` in file order, and looks for what a better order needs.
///
/// # Errors
/// A referee's refusal, which is a bug.
pub fn inspect<'m>(model: &'m Model, asked: &InspectOptions<'_>) -> Result<Inspection<'m>> {
    let watch = Stopwatch::start();
    let limits = asked.limits.running();
    let mut exact = options(&asked.target, Algorithm::Exact, &limits, asked.observer);
    let inside = ordered(model, &exact)?;
    exact.search.limits = inside.limits.clone();
    let best_of = |graph: &Graph| -> Result<Candidate> {
        let (mut best, _) = scheduled(graph, &exact)?;
        inside.open.heed(graph, &asked.target, &mut best);
        Ok(best)
    };
    let graph = inside.model(model).graph();
    let best = best_of(graph)?;
    let rewriting = rewritten(graph, rules(true))?;
    let cleaned = match rewriting.applied.len() {
        0 => None,
        rewrites => Some(Cleaned {
            rewrites,
            best: best_of(&rewriting.graph)?,
        }),
    };
    Ok(Inspection {
        model,
        target: asked.target.clone(),
        profile: measure(model.graph(), &asked.target),
        arena: as_it_stands(model, &asked.target, &asked.limits)?,
        declared: declared(model, &asked.target),
        best,
        cleaned,
        bodies: inside.ordered,
        inner: inside.changed,
        elapsed: model.reading() + watch.elapsed(),
    })
}
