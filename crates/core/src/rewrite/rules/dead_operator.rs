//! An operator whose results nobody reads.

use crate::graph::{Graph, Role};
use crate::ids::{OpId, TensorId};
use crate::plan::{Edit, Patch};
use crate::rewrite::Rule;

/// An operator whose results nobody reads, and that has no effects besides.
#[derive(Clone, Copy, Debug)]
pub struct DeadOperator;

impl Rule for DeadOperator {
    fn name(&self) -> &'static str {
        "dead-operator"
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let node = graph.op(op);
        let unread = |&t: &TensorId| {
            graph.topology().consumers(t).is_empty()
                && !graph.outputs().contains(&t)
                && graph.tensor(t).role != Role::Variable
        };
        if node.has_effects || node.outputs.is_empty() || !node.outputs.iter().all(unread) {
            return None;
        }
        let edits = vec![Edit::RemoveOp(op)];
        Some(Patch::clean_up(self.name(), op, edits))
    }
}
