//! When each tensor is live under an order.

use crate::graph::Role;
use crate::ids::{OpId, Table, TensorId};
use crate::plan::Order;

use super::Instance;

/// A half-open interval of steps, `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LiveRange {
    /// The first step during which the tensor is live.
    pub start: u32,
    /// The first step during which it is live no more.
    pub end: u32,
}

impl LiveRange {
    /// Whether it is live during `step`.
    #[must_use]
    pub fn contains(self, step: u32) -> bool {
        self.start <= step && step < self.end
    }

    /// Whether both are live during some step.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// The live range of every tensor that takes bytes in `instance`; `None` for all others (constants, unused tensors).
/// `order` must hold every operator once.
#[must_use]
pub fn live_ranges(instance: &Instance<'_>, order: &Order) -> Table<TensorId, Option<LiveRange>> {
    let graph = instance.graph();
    let steps = order.len() as u32;
    let mut step_of: Table<OpId, u32> = Table::filled(0, graph.ops().len());
    order
        .ops()
        .iter()
        .zip(0..)
        .for_each(|(&op, step)| step_of[op] = step);
    let mut ranges = Table::filled(None, graph.tensors().len());
    let whole = LiveRange {
        start: 0,
        end: steps,
    };
    for tensor in instance.tensors() {
        let start = tensor.producer.map_or(0, |op| step_of[op]);
        let last = instance
            .topology()
            .consumers(tensor.id)
            .iter()
            .map(|&op| step_of[op])
            .max();
        let end = if tensor.to_end {
            steps
        } else {
            last.unwrap_or(start) + 1
        };
        ranges[tensor.id] = Some(LiveRange { start, end });
    }
    let variables = graph.tensors().iter();
    let variables = variables.filter(|(_, tensor)| tensor.role == Role::Variable);
    let inputs = graph.inputs().iter().copied();
    for id in inputs.chain(variables.map(|(id, _)| id)) {
        if graph.is_counted(id) {
            ranges[id].get_or_insert(whole);
        }
    }
    ranges
}
