//! Breadth first.

use std::collections::VecDeque;

use crate::ids::{OpId, Table};
use crate::memory::Instance;
use crate::plan::Order;

/// Kahn's algorithm (1962) with a first-in-first-out queue: what is ready first runs first, ties in file order.
///
/// TensorFlow's executor works this way, and the peak of this order is SERENITY's hard budget (section 3.2).
#[must_use]
pub fn kahn(instance: &Instance<'_>) -> Order {
    let topology = instance.topology();
    let ops = instance.graph().ops();
    let mut waits: Table<OpId, usize> = ops
        .ids()
        .map(|op| topology.predecessors(op).len())
        .collect();
    let mut ready: VecDeque<OpId> = ops.ids().filter(|&op| waits[op] == 0).collect();
    let mut order = Vec::with_capacity(ops.len());
    while let Some(op) = ready.pop_front() {
        order.push(op);
        for &next in topology.successors(op) {
            waits[next] -= 1;
            if waits[next] == 0 {
                ready.push_back(next);
            }
        }
    }
    Order::new(order)
}
