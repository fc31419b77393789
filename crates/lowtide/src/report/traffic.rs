//! The report of `traffic`.

use lowtide_core::compile::Carried;
use lowtide_core::limits::StopReason;
use serde::Serialize;

use super::{ModelPart, OutputPart, SCHEMA, TargetPart};
use crate::OffChipTraffic;

/// What orders of a model move to and from off-chip memory.
#[derive(Clone, Debug, Serialize)]
pub struct TrafficReport {
    /// The version of this form.
    pub schema: u32,
    /// Which model.
    pub model: ModelPart,
    /// For which runtime.
    pub target: TargetPart,
    /// Operators that clean-up removed before the graph was ordered.
    pub rewrites: usize,
    /// Bytes of memory on chip.
    pub on_chip_bytes: u64,
    /// Moved whatever the order and the memory: inputs in, results out.
    pub compulsory_bytes: u64,
    /// No order has a smaller working set; with this much on chip, nothing more than the compulsory need be moved.
    pub least_working_set_bytes: u64,
    /// No order moves less in all, whatever is evicted.
    pub bound_bytes: u64,
    /// Whether the order `traffic` moves as little as any can: `optimal` or `bounded`.
    pub proof: &'static str,
    /// Why the search ended without a proof.
    pub stopped_by: Option<&'static str>,
    /// States that the searches expanded.
    pub states: u64,
    /// The orders: `file`, `peak`, `traffic`.
    pub orders: Vec<CarriedPart>,
    /// The model written; `null` if none was.
    pub output: Option<OutputPart>,
    /// All of it.
    pub seconds: f64,
}

/// What one order moves.
#[derive(Clone, Debug, Serialize)]
pub struct CarriedPart {
    /// `file`, `peak` or `traffic`.
    pub name: &'static str,
    /// Its peak on the target.
    pub peak_bytes: u64,
    /// The most needed at once of what has been read or written already.
    pub working_set_bytes: u64,
    /// `belady`, or `exact` where the search chose what leaves.
    pub evictions: &'static str,
    /// Read from off chip.
    pub read_bytes: u64,
    /// Written there.
    pub written_bytes: u64,
    /// Both together.
    pub moved_bytes: u64,
    /// Of that, what is moved because the memory is small.
    pub beyond_bytes: u64,
    /// Evicted with a copy off chip, which moves nothing.
    pub clean_bytes: u64,
    /// Evicted without one, which is written: a part of `written_bytes`.
    pub dirty_bytes: u64,
    /// Operators that did not fit with all that they read and write.
    pub streamed: u32,
}

impl TrafficReport {
    /// The report of `traffic`. [`Self::output`] is set by whoever writes the file.
    #[must_use]
    pub fn new(traffic: &OffChipTraffic<'_>) -> Self {
        let found = &traffic.found;
        let compulsory = found.orders.first().map(|order| order.moved.compulsory);
        Self {
            schema: SCHEMA,
            model: ModelPart::of(traffic.model),
            target: TargetPart::of(&traffic.target),
            rewrites: traffic.rewriting.applied.len(),
            on_chip_bytes: traffic.on_chip.get(),
            compulsory_bytes: compulsory.unwrap_or_default().get(),
            least_working_set_bytes: found.least_working_set.get(),
            bound_bytes: found.bound.get(),
            proof: found.proof.name(),
            stopped_by: found.proof.stopped_by().map(StopReason::name),
            states: found.states,
            orders: found.orders.iter().map(CarriedPart::of).collect(),
            output: None,
            seconds: traffic.elapsed.as_secs_f64(),
        }
    }
}

impl CarriedPart {
    fn of(order: &Carried) -> Self {
        let moved = &order.moved;
        Self {
            name: order.name,
            peak_bytes: order.peak.get(),
            working_set_bytes: order.working_set.get(),
            evictions: if order.is_belady { "belady" } else { "exact" },
            read_bytes: moved.read.get(),
            written_bytes: moved.written.get(),
            moved_bytes: moved.total().get(),
            beyond_bytes: moved.beyond_compulsory().get(),
            clean_bytes: moved.clean.get(),
            dirty_bytes: moved.dirty.get(),
            streamed: moved.streamed,
        }
    }
}
