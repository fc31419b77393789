//! All ways to order a model, side by side.

use std::time::Duration;

use lowtide_core::compile::{Algorithm, Candidate, rewritten, scheduled};
use lowtide_core::limits::{Limits, Stopwatch};
use lowtide_core::memory::Target;
use lowtide_core::plan::Rewriting;

use super::bodies::left_as_they_are;
use super::{Observer, options, rules};
use crate::{Model, Result};

/// What [`compare`] is to do.
#[derive(Clone)]
pub struct CompareOptions<'a> {
    /// The runtime whose memory counts.
    pub target: Target,
    /// Whether the graph is cleaned up before it is ordered; otherwise it is taken as it stands.
    pub cleanup: bool,
    /// What each search may spend.
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
    /// The graph that was ordered.
    pub rewriting: Rewriting,
    /// One of each algorithm, in the order of [`Algorithm::ALL`].
    pub orders: Vec<Candidate>,
    /// All of it.
    pub elapsed: Duration,
}

/// Orders `model` by every algorithm. One ruler measures them all, and the referee recounts each.
///
/// # Errors
/// A referee's refusal, which is a bug.
pub fn compare<'m>(model: &'m Model, asked: &CompareOptions<'_>) -> Result<Comparison<'m>> {
    let watch = Stopwatch::start();
    let rewriting = rewritten(model.graph(), rules(asked.cleanup))?;
    let run = |&algorithm: &Algorithm| {
        if let Some(started) = asked.started {
            started(algorithm);
        }
        let options = options(&asked.target, algorithm, &asked.limits, asked.observer);
        let (mut found, _) = scheduled(&rewriting.graph, &options)?;
        left_as_they_are(model, &mut found);
        Ok(found)
    };
    let orders = Algorithm::ALL.iter().map(run).collect::<Result<_>>()?;
    Ok(Comparison {
        model,
        target: asked.target.clone(),
        rewriting,
        orders,
        elapsed: model.reading() + watch.elapsed(),
    })
}
