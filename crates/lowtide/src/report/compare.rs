//! The report of `compare`.

use lowtide_core::compile::Candidate;
use lowtide_core::limits::StopReason;
use serde::Serialize;

use super::{ModelPart, SCHEMA, TargetPart};
use crate::Comparison;

/// All orders of a model, side by side.
#[derive(Clone, Debug, Serialize)]
pub struct CompareReport {
    /// The version of this form.
    pub schema: u32,
    /// Which model.
    pub model: ModelPart,
    /// For which runtime.
    pub target: TargetPart,
    /// Operators that clean-up removed before the graph was ordered.
    pub rewrites: usize,
    /// The orders, baselines first.
    pub orders: Vec<OrderPart>,
    /// All of it.
    pub seconds: f64,
}

/// One order.
#[derive(Clone, Debug, Serialize)]
pub struct OrderPart {
    /// The algorithm that found it.
    pub name: &'static str,
    /// What it needs.
    pub peak_bytes: u64,
    /// States that the algorithm expanded.
    pub states: u64,
    /// How long it took.
    pub seconds: f64,
    /// `optimal` or `bounded`; `null` for heuristics, which prove nothing.
    pub proof: Option<&'static str>,
    /// No order needs less, as far as this algorithm proved; 0 for heuristics.
    pub bound_bytes: u64,
    /// Why the search ended without a proof.
    pub stopped_by: Option<&'static str>,
}

impl CompareReport {
    /// The report of `comparison`.
    #[must_use]
    pub fn new(comparison: &Comparison<'_>) -> Self {
        Self {
            schema: SCHEMA,
            model: ModelPart::of(comparison.model),
            target: TargetPart::of(&comparison.target),
            rewrites: comparison.rewriting.applied.len(),
            orders: comparison.orders.iter().map(OrderPart::of).collect(),
            seconds: comparison.elapsed.as_secs_f64(),
        }
    }

    /// The smallest peak of all.
    #[must_use]
    pub fn best_bytes(&self) -> u64 {
        let peaks = self.orders.iter().map(|order| order.peak_bytes);
        peaks.min().unwrap_or(0)
    }
}

impl OrderPart {
    fn of(found: &Candidate) -> Self {
        let stopped_by = found.proof.and_then(|proof| proof.stopped_by());
        Self {
            name: found.algorithm.name(),
            peak_bytes: found.peak.get(),
            states: found.states,
            seconds: found.elapsed.as_secs_f64(),
            proof: found.proof.map(|proof| proof.name()),
            bound_bytes: found.bound.get(),
            stopped_by: stopped_by.map(StopReason::name),
        }
    }
}
