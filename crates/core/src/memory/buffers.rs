//! From an order to the packing problem of its arena.

mod litert;

pub use litert::litert_buffers;

use rustc_hash::FxHashMap;

use crate::error::Result;
use crate::graph::Graph;
use crate::ids::{BufferId, OpId, Table, TensorId};
use crate::packing::{Buffer, Problem};
use crate::plan::{OpOrigin, Order};
use crate::units::Bytes;

use super::live_range::{taken_over, whole_ranges};
use super::{Instance, Planner, Target};

/// The buffers that an order needs in one arena, and whose they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buffers {
    /// The packing problem, without a capacity: first the buffers of tensors, ascending by tensor, then scratch.
    pub problem: Problem,
    /// The tensor that each of the first buffers holds; where several share one, the first to be there.
    pub tensors: Table<BufferId, TensorId>,
    /// The buffer that each tensor is in; none for tensors that take no bytes here.
    pub places: Table<TensorId, Option<BufferId>>,
}

/// Memory that a kernel asks for beside its inputs and outputs, live while its operator runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scratch {
    /// The operator.
    pub op: OpId,
    /// As asked for, not rounded.
    pub bytes: Bytes,
}

impl Buffers {
    /// The same with `scratch` behind, sizes as they are, at offsets that are multiples of `alignment`. `order` must be the
    /// one that these buffers are for.
    ///
    /// # Errors
    /// Scratch too large for any arena.
    pub fn with_scratch(
        self,
        order: &Order,
        scratch: impl IntoIterator<Item = Scratch>,
        alignment: u64,
    ) -> Result<Self> {
        let mut step_of: Table<OpId, u64> = Table::filled(0, order.len());
        for (&op, step) in order.ops().iter().zip(0..) {
            step_of[op] = step;
        }
        let mut buffers: Vec<Buffer> = self.problem.buffers().rows().cloned().collect();
        let wanted = scratch.into_iter().filter(|one| one.bytes > Bytes::ZERO);
        buffers.extend(wanted.map(|Scratch { op, bytes }| Buffer {
            alignment,
            ..Buffer::new(step_of[op], step_of[op] + 1, bytes)
        }));
        Ok(Self {
            problem: Problem::new(buffers.into_iter().collect(), None)?,
            ..self
        })
    }
}

/// A set of kernels that a runtime may run a graph with, and the scratch that they ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelLibrary {
    /// What it is called in reports.
    pub name: &'static str,
    /// What it asks for, operator by operator.
    pub scratch: Vec<Scratch>,
}

impl KernelLibrary {
    /// The scratch of the operators of a rewritten graph, `origins` telling which operator each stems from. Of what a rule has made out of
    /// an operator every part is taken to ask for as much as that: at least what it does.
    #[must_use]
    pub fn moved(&self, origins: &Table<OpId, OpOrigin>) -> Self {
        let mut stems: FxHashMap<OpId, Vec<OpId>> = FxHashMap::default();
        for (id, origin) in origins.iter() {
            stems.entry(origin.op()).or_default().push(id);
        }
        let at = |one: &Scratch| {
            let ops = stems.get(&one.op).map_or(&[][..], Vec::as_slice);
            let bytes = one.bytes;
            ops.iter().map(move |&op| Scratch { op, bytes })
        };
        Self {
            name: self.name,
            scratch: self.scratch.iter().flat_map(at).collect(),
        }
    }
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
    let mut tensors: Table<BufferId, TensorId> = Table::new();
    let mut own = Table::filled(None, ranges.len());
    let mut buffers: Table<BufferId, Buffer> = Table::new();
    for (id, range) in ranges.iter() {
        let Some(range) = range else {
            continue;
        };
        let size = instance.graph().tensor(id).bytes.align_up(alignment);
        // Without operators an input is live in no step, but the runtime still gives it a place.
        let end = range.end.max(range.start + 1);
        buffers.push(Buffer {
            alignment,
            ..Buffer::new(range.start.into(), end.into(), size)
        });
        own[id] = Some(tensors.push(id));
    }
    let places = ranges.ids().map(|id| own[first[instance.home(id)]]);
    Ok(Buffers {
        problem: Problem::new(buffers, None)?,
        places: places.collect(),
        tensors,
    })
}

/// What the planner of `target`'s runtime is given for `order`, which must hold every operator once, with the `scratch` that its kernels ask
/// for: TFLM rounds every size, LiteRT none.
///
/// # Errors
/// A tensor too large for any arena.
pub fn runtime_buffers(
    graph: &Graph,
    target: &Target,
    order: &Order,
    scratch: &[Scratch],
) -> Result<Buffers> {
    match target.planner {
        Planner::Tflm => {
            let rounded = scratch.iter().map(|one| Scratch {
                bytes: one.bytes.align_up(target.alignment),
                ..*one
            });
            let buffers = buffers(&Instance::new(graph, target), order, target.alignment)?;
            buffers.with_scratch(order, rounded, target.alignment)
        }
        Planner::Litert => litert_buffers(graph, order, scratch),
    }
}
