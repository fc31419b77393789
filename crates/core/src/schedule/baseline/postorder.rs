//! Depth first.

use crate::ids::{OpId, Table};
use crate::memory::Instance;
use crate::plan::Order;

/// Depth first from the operators that nobody waits for, against the edges; an operator is listed when all it waits
/// for is. This is the reverse post-order of the reversed graph.
///
/// It repeats what ONNX Runtime does by default (`Graph::ReverseDFSFrom` as `GraphViewer` calls it): one stack, filled
/// with all ends in file order, then with the unvisited predecessors in file order, so that the last one is
/// followed first.
#[must_use]
pub fn reverse_postorder(instance: &Instance<'_>) -> Order {
    /// A visit to an operator: first its predecessors are put on the stack, then it is listed.
    enum Visit {
        Enter(OpId),
        Leave(OpId),
    }
    let topology = instance.topology();
    let ops = instance.graph().ops();
    let mut seen: Table<OpId, bool> = Table::filled(false, ops.len());
    let ends = ops.ids().filter(|&op| topology.successors(op).is_empty());
    let mut stack: Vec<Visit> = ends.map(Visit::Enter).collect();
    let mut order = Vec::with_capacity(ops.len());
    while let Some(visit) = stack.pop() {
        match visit {
            Visit::Leave(op) => order.push(op),
            Visit::Enter(op) if seen[op] => {}
            Visit::Enter(op) => {
                seen[op] = true;
                stack.push(Visit::Leave(op));
                let before = topology.predecessors(op).iter();
                stack.extend(before.filter(|&&p| !seen[p]).map(|&p| Visit::Enter(p)));
            }
        }
    }
    Order::new(order)
}
