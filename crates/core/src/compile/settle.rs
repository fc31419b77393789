//! The order that is kept, of those with the smallest peak, and where operators on constants stand in it.

use crate::error::Result;
use crate::graph::Graph;
use crate::ids::{OpId, Table};
use crate::memory::{Instance, Profile};
use crate::plan::{Order, Proof};
use crate::schedule::settle;

use super::{Candidate, Options, refereed};

/// Steps that the look for fewer live byte-steps may cost: a few milliseconds.
const STEPS: u64 = 200_000;

/// Replaces an order that is proved optimal by one of the same peak with fewer live byte-steps, where one is found. The order of
/// the file stays where it is as good: a file that cannot need less is not changed.
pub(super) fn settled(
    graph: &Graph,
    options: &Options<'_>,
    chosen: Candidate,
    after: Profile,
) -> Result<(Candidate, Profile)> {
    let is_optimal = chosen.proof == Some(Proof::Optimal);
    let found = is_optimal.then(|| neighbour(graph, options, &chosen.order));
    let Some(order) = found.flatten() else {
        return Ok((chosen, after));
    };
    let candidate = Candidate {
        order,
        ..chosen.clone()
    };
    let (moved, settled) = refereed(graph, &options.target, candidate)?;
    // The steps of operators that compute constants were not where they are now when the byte-steps were compared.
    Ok(match settled.byte_steps() <= after.byte_steps() {
        true => (moved, settled),
        false => (chosen, after),
    })
}

/// An order of at most the peak of `order` and no more live byte-steps; none where it is to stay as it is.
pub(super) fn neighbour(graph: &Graph, options: &Options<'_>, order: &Order) -> Option<Order> {
    let stays = options.search.as_found || *order == Order::new(graph.file_order());
    let instance = Instance::new(graph, &options.target);
    (!stays).then(|| next_to_readers(graph, settle(&instance, order, STEPS)))
}

/// `order` with each operator that computes from constants alone as late as it can be, in front of the first operator that needs
/// it; the others keep their order among themselves.
///
/// The ruler does not count what such operators write, so that nothing keeps a search from running them all at the start. But a
/// runtime that does not fold them (ONNX Runtime without optimisation, for the DequantizeLinear of weights) holds that until it is read.
///
/// The peak stays. Such an operator reads and writes nothing that counts, so at its step lives only what lives across the gap in which it
/// stands, which lives too at the steps on both sides of the gap, whether it stands there or not.
pub(super) fn next_to_readers(graph: &Graph, order: Order) -> Order {
    let idle = |op: OpId| {
        let touched = graph.op(op).reads().all(|t| !graph.is_counted(t));
        graph.is_constant_op(op) && !graph.op(op).has_effects && touched
    };
    if !order.ops().iter().any(|&op| idle(op)) || order.ops() == graph.file_order() {
        return order;
    }
    // The place of an operator that stays; of another, that of the first one that needs it, found from the end.
    let mut place: Table<OpId, usize> = graph.ops().ids().map(|_| usize::MAX).collect();
    for (step, &op) in order.ops().iter().enumerate().rev() {
        let readers = graph.topology().successors(op).iter();
        place[op] = match idle(op) {
            true => readers.map(|&r| place[r]).min().unwrap_or(usize::MAX),
            false => step,
        };
    }
    let mut ops = order.ops().to_vec();
    // Stable: those of one place keep their order, in front of the one that stays there.
    ops.sort_by_key(|&op| (place[op], !idle(op)));
    Order::new(ops)
}
