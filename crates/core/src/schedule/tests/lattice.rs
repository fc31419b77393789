//! The optimum by walking through every downset: slow, direct, and told apart from the solver by sharing nothing with it.

use crate::graph::{Graph, Role};
use crate::ids::{Id, OpId, TensorId};
use crate::memory::Target;

/// The smallest peak of any order of at most 24 operators.
pub(super) fn optimum(graph: &Graph, target: &Target) -> u64 {
    let ops = graph.ops().len();
    assert!(ops <= 24, "exhaustive search is for small graphs");
    let mut best = vec![u64::MAX; 1 << ops];
    best[0] = 0;
    for done in 0..1usize << ops {
        if best[done] == u64::MAX {
            continue;
        }
        for op in graph.ops().ids() {
            let bit = 1 << op.index();
            let ready = graph
                .topology()
                .predecessors(op)
                .iter()
                .all(|p| done >> p.index() & 1 == 1);
            if done & bit == 0 && ready {
                let cost = graph
                    .tensors()
                    .ids()
                    .filter(|&t| is_live(graph, target, done, op, t));
                let cost = cost.map(|t| graph.tensor(t).bytes.get()).sum::<u64>();
                best[done | bit] = best[done | bit].min(best[done].max(cost));
            }
        }
    }
    best[(1 << ops) - 1]
}

/// Whether `tensor` takes bytes while `op` runs after `done`.
fn is_live(graph: &Graph, target: &Target, done: usize, op: OpId, tensor: TensorId) -> bool {
    let is_input = graph.inputs().contains(&tensor);
    match graph.tensor(tensor).role {
        Role::Constant => return false,
        Role::Variable => return true,
        Role::Activation if is_input && target.keeps_inputs => return true,
        Role::Activation => {}
    }
    let writer = graph
        .ops()
        .iter()
        .find(|(_, node)| node.outputs.contains(&tensor))
        .map(|(id, _)| id);
    if writer == Some(op) {
        return true;
    }
    let here = is_input || writer.is_some_and(|w| done >> w.index() & 1 == 1);
    let mut readers = graph
        .ops()
        .iter()
        .filter(|(_, node)| node.reads().any(|t| t == tensor))
        .peekable();
    let kept = graph.outputs().contains(&tensor) || (is_input && readers.peek().is_none());
    here && (kept || readers.any(|(id, _)| done >> id.index() & 1 == 0))
}
