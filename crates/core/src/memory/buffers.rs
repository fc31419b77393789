//! From an order to the packing problem of its arena.

use crate::error::Result;
use crate::ids::{BufferId, Table, TensorId};
use crate::packing::{Buffer, Problem};
use crate::plan::Order;

use super::{Instance, live_ranges};

/// The buffers that an order needs in one arena, and whose they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buffers {
    /// The packing problem: one buffer a live tensor, ascending by tensor, without a capacity.
    pub problem: Problem,
    /// The tensor that each buffer holds.
    pub tensors: Table<BufferId, TensorId>,
}

/// What `order` asks of an arena in which sizes and offsets are multiples of `alignment` bytes: every tensor that takes
/// bytes in `instance`, over its live range in steps. `order` must hold every operator once.
///
/// # Errors
/// A tensor too large for any arena.
pub fn buffers(instance: &Instance<'_>, order: &Order, alignment: u64) -> Result<Buffers> {
    let ranges = live_ranges(instance, order);
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
    Ok(Buffers {
        problem: Problem::new(buffers.into_iter().collect(), None)?,
        tensors: tensors.into_iter().collect(),
    })
}
