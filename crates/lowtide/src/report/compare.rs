//! The report of `compare`.

use lowtide_core::limits::StopReason;
use lowtide_core::memory::{Instance, profile};
use serde::Serialize;

use super::parts::proof_name;
use super::{ModelPart, SCHEMA, TargetPart};
use crate::{Compared, Comparison};

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
    /// Live bytes summed over all steps.
    pub live_byte_steps: u64,
    /// States that the algorithm expanded.
    pub states: u64,
    /// How long it took.
    pub seconds: f64,
    /// `optimal`, `optimal-as-counted` or `bounded`; `null` for heuristics, which prove nothing.
    pub proof: Option<&'static str>,
    /// No order needs less, as far as this algorithm proved; 0 for heuristics.
    pub bound_bytes: u64,
    /// Bodies of If, Loop and Scan that are not counted.
    pub uncounted_bodies: usize,
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
            orders: comparison
                .orders
                .iter()
                .map(|compared| OrderPart::of(comparison, compared))
                .collect(),
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
    fn of(comparison: &Comparison<'_>, compared: &Compared) -> Self {
        let found = &compared.candidate;
        let instance = Instance::new(comparison.graph(compared), &comparison.target);
        let uncounted = compared.bodies.uncounted();
        let stopped_by = found.proof.and_then(|proof| proof.stopped_by());
        Self {
            name: found.algorithm.name(),
            peak_bytes: found.peak.get(),
            live_byte_steps: profile(&instance, &found.order).byte_steps(),
            states: found.states,
            seconds: found.elapsed.as_secs_f64(),
            proof: proof_name(found.proof, uncounted),
            bound_bytes: found.proof.map_or(0, |_| found.bound.get()),
            uncounted_bodies: uncounted,
            stopped_by: stopped_by.map(StopReason::name),
        }
    }
}
