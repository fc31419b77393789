//! Operators that compute from constants alone: where they stand among the others.

use crate::graph::Graph;
use crate::ids::{OpId, Table};
use crate::plan::Order;

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
