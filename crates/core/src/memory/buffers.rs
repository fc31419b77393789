//! From an order to the packing problem of its arena.

use crate::error::Result;
use crate::ids::{BufferId, Id, Table, TensorId};
use crate::packing::{Buffer, Problem};
use crate::plan::Order;

use super::Instance;
use super::live_range::{taken_over, whole_ranges};

/// The buffers that an order needs in one arena, and whose they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buffers {
    /// The packing problem: one buffer a live tensor, or a chain of tensors that are written over one another, ascending by
    /// the first tensor, without a capacity.
    pub problem: Problem,
    /// The tensor that each buffer holds first.
    pub tensors: Table<BufferId, TensorId>,
    /// Every other tensor that comes to stand in a buffer: views, and what is written in place.
    pub shared: Vec<(TensorId, BufferId)>,
}

/// What `order` asks of an arena in which sizes and offsets are multiples of `alignment` bytes: every tensor that takes
/// bytes in `instance`, over its live range in steps. Tensors written over one another have one buffer, from the start
/// of the first to the end of the last. `order` must hold every operator once.
///
/// # Errors
/// A tensor too large for any arena.
pub fn buffers(instance: &Instance<'_>, order: &Order, alignment: u64) -> Result<Buffers> {
    let mut ranges = whole_ranges(instance, order);
    let mut first: Table<TensorId, TensorId> = ranges.ids().collect();
    let mut taken = taken_over(instance, &ranges);
    // In order of the steps, so that chains are joined from their beginnings.
    taken.sort_unstable_by_key(|&(_, new)| ranges[new].map(|range| range.start));
    for (old, new) in taken {
        first[new] = first[old];
        let end = ranges[new].take().map(|range| range.end);
        if let (Some(range), Some(end)) = (&mut ranges[first[old]], end) {
            range.end = end;
        }
    }
    let live = ranges
        .iter()
        .filter_map(|(id, range)| Some((id, (*range)?)));
    let (tensors, buffers): (Vec<TensorId>, Vec<Buffer>) = live
        .map(|(id, range)| {
            let size = instance.graph().tensor(id).bytes.align_up(alignment);
            // Without operators an input is live in no step, but the runtime still gives it a place.
            let end = range.end.max(range.start + 1);
            let mut buffer = Buffer::new(range.start.into(), end.into(), size);
            buffer.alignment = alignment;
            (id, buffer)
        })
        .unzip();
    let shared = ranges.ids().filter_map(|id| {
        let buffer = tensors.binary_search(&first[instance.home(id)]).ok()?;
        (tensors[buffer] != id).then(|| (id, BufferId::from_index(buffer)))
    });
    Ok(Buffers {
        shared: shared.collect(),
        problem: Problem::new(buffers.into_iter().collect(), None)?,
        tensors: tensors.into_iter().collect(),
    })
}
