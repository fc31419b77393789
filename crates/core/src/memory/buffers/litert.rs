//! What LiteRT's planner is given: which tensors share memory, and when each piece of memory is live.
//!
//! Source: LiteRT, `tflite/arena_planner.cc` (`PlanAllocations`, `IdentifyInPlaceTensors`). The addresses that the interpreter hands out
//! are compared with it by `tests/runtimes/test_litert.py`.

use crate::error::Result;
use crate::graph::{Graph, Op, Role};
use crate::ids::{Table, TensorId};
use crate::packing::{Buffer, Problem};
use crate::plan::Order;

use super::{Buffers, Scratch};
use crate::memory::{Aliasing, Target};

const RULES: Aliasing = Aliasing::LITERT;

/// What LiteRT packs for `order`, which must hold every operator once, with the `scratch` that its kernels ask for.
///
/// Differs from [`buffers`](super::buffers()), what any runtime must keep: graph inputs and outputs, and tensors that nobody reads, are live past
/// the last step; tensors that share memory are one buffer; sizes are not rounded; variables lie elsewhere, as does what is
/// computed from constants alone.
///
/// # Errors
/// A tensor too large for any arena.
pub fn litert_buffers(graph: &Graph, order: &Order, scratch: &[Scratch]) -> Result<Buffers> {
    let shared = shared(graph);
    let lives = Lives::of(graph, order, &shared);
    let mut tensors: Table<_, TensorId> = Table::new();
    let mut places = Table::filled(None, graph.tensors().len());
    let mut buffers: Table<_, Buffer> = Table::new();
    let alignment = Target::LITERT.alignment;
    for (id, tensor) in graph.tensors().iter() {
        let in_arena = graph.is_counted(id) && tensor.role != Role::Variable;
        let own = in_arena && owner(graph, &shared, id) == id;
        let Some(start) = lives.start[id].filter(|_| own) else {
            continue;
        };
        let past_the_last = order.len() as u32 + 1;
        let end = lives.last[id].map_or(past_the_last, |step| step + 1);
        buffers.push(Buffer {
            alignment,
            ..Buffer::new(start.into(), end.into(), tensor.bytes)
        });
        places[id] = Some(tensors.push(id));
    }
    for id in graph.tensors().ids() {
        places[id] = places[owner(graph, &shared, id)];
    }
    let plain = Buffers {
        problem: Problem::new(buffers, None)?,
        tensors,
        places,
    };
    plain.with_scratch(order, scratch.iter().copied(), alignment)
}

/// The tensor whose memory `id` is in. What was to share memory with something computed from constants gets its own after all, when
/// LiteRT finds that that lies elsewhere.
fn owner(graph: &Graph, shared: &Table<TensorId, TensorId>, id: TensorId) -> TensorId {
    let root = shared[id];
    if graph.is_counted(root) { root } else { id }
}

/// For each tensor the one whose memory it takes over, itself if none.
fn shared(graph: &Graph) -> Table<TensorId, TensorId> {
    let mut uses: Table<TensorId, u32> = kept(graph);
    for op in graph.ops().rows() {
        op.reads().for_each(|t| uses[t] += 1);
    }
    let mut shared: Table<TensorId, TensorId> = graph.tensors().ids().collect();
    for op in graph.ops().rows() {
        let unchanged = RULES.views.has(op);
        let output = op
            .outputs
            .first()
            .filter(|_| unchanged || RULES.in_place.has(op));
        let Some(&output) = output else { continue };
        // The second input of what changes nothing is a shape.
        let inputs = if unchanged { 1 } else { 2 };
        let suits = |&input: &TensorId| may_share(graph, &uses, input, output, unchanged);
        let asked = op.inputs.iter().take(inputs).filter_map(|&input| input);
        if let Some(input) = asked.into_iter().find(suits)
            && (unchanged || uses[shared[input]] <= 1)
        {
            shared[output] = shared[input];
        }
    }
    shared
}

fn may_share(
    graph: &Graph,
    uses: &Table<TensorId, u32>,
    input: TensorId,
    output: TensorId,
    unchanged: bool,
) -> bool {
    let (from, to) = (graph.tensor(input), graph.tensor(output));
    let is_weight = from.role == Role::Constant && graph.topology().producer(input).is_none();
    let takes_over = from.bytes == to.bytes && from.bytes.get() > RULES.above && uses[input] <= 1;
    (unchanged || takes_over)
        && !is_weight
        && from.role != Role::Variable
        && !graph.inputs().contains(&input)
        && !graph.outputs().contains(&output)
}

/// One use for each reason to keep a tensor to the end: being an input, an output, a variable.
fn kept(graph: &Graph) -> Table<TensorId, u32> {
    let mut uses = Table::filled(0, graph.tensors().len());
    for &t in graph.inputs().iter().chain(graph.outputs()) {
        uses[t] += 1;
    }
    for (id, tensor) in graph.tensors().iter() {
        uses[id] += u32::from(tensor.role == Role::Variable);
    }
    uses
}

/// When memory is taken and given back, in steps.
struct Lives {
    /// The step in which the tensor appears; none for constants.
    start: Table<TensorId, Option<u32>>,
    /// The step in which the last use of the tensor's memory ends; none if it is kept to the end.
    last: Table<TensorId, Option<u32>>,
}

impl Lives {
    fn of(graph: &Graph, order: &Order, shared: &Table<TensorId, TensorId>) -> Self {
        let mut lives = Self {
            start: Table::filled(None, graph.tensors().len()),
            last: Table::filled(None, graph.tensors().len()),
        };
        graph
            .inputs()
            .iter()
            .for_each(|&t| lives.start[t] = Some(0));
        let mut uses = kept(graph);
        let all_reads = |op: &Op| op.reads().map(|t| shared[t]).collect::<Vec<_>>();
        for op in graph.ops().rows() {
            all_reads(op).into_iter().for_each(|t| uses[t] += 1);
        }
        for (&id, step) in order.ops().iter().zip(0..) {
            let op = &graph.ops()[id];
            for &t in &op.outputs {
                lives.start[t].get_or_insert(step);
            }
            for t in all_reads(op) {
                uses[t] -= 1;
                if uses[t] == 0 && lives.start[t].is_some() {
                    lives.last[t] = Some(step);
                }
            }
        }
        lives
    }
}
