//! When each tensor is live under an order.

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

/// The live range of every tensor that takes bytes in `instance`; `None` for all others (constants, unused tensors, views).
/// What is overwritten in place ends before the step that overwrites it, so that its bytes count once.
/// `order` must hold every operator once.
#[must_use]
pub fn live_ranges(instance: &Instance<'_>, order: &Order) -> Table<TensorId, Option<LiveRange>> {
    let mut ranges = whole_ranges(instance, order);
    for (old, _) in taken_over(instance, &ranges) {
        if let Some(range) = &mut ranges[old] {
            range.end -= 1;
        }
    }
    ranges
}

/// Which tensors are overwritten by which, given the live ranges of an order in which nothing is. One takes over one.
pub(super) fn taken_over(
    instance: &Instance<'_>,
    whole: &Table<TensorId, Option<LiveRange>>,
) -> Vec<(TensorId, TensorId)> {
    let each = instance.in_place().iter().filter_map(|place| {
        let step = whole[place.output]?.start;
        let dies = |t: &&TensorId| whole[**t].is_some_and(|range| range.end == step + 1);
        Some((*place.over.iter().find(dies)?, place.output))
    });
    each.collect()
}

/// Live ranges where every operator writes to bytes that nobody reads then.
pub(super) fn whole_ranges(
    instance: &Instance<'_>,
    order: &Order,
) -> Table<TensorId, Option<LiveRange>> {
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
        let last = tensor.readers.iter().map(|&op| step_of[op]).max();
        let end = if tensor.to_end {
            steps
        } else {
            last.unwrap_or(start) + 1
        };
        ranges[tensor.id] = Some(LiveRange { start, end });
    }
    for &id in instance.throughout() {
        ranges[id] = Some(whole);
    }
    ranges
}
