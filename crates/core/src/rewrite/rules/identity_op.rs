//! An operator whose first output is its first input, by definition; whatever else it writes, nobody reads (Dropout's mask).

use crate::graph::{Graph, OpKind};
use crate::ids::{OpId, TensorId};
use crate::plan::Patch;
use crate::rewrite::Rule;
use crate::rewrite::rule::drop_copy;

/// An operator whose first output is its first input, by definition; whatever else it writes, nobody reads (Dropout's mask).
#[derive(Clone, Copy, Debug)]
pub struct IdentityOp;

impl Rule for IdentityOp {
    fn name(&self) -> &'static str {
        "identity"
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let node = graph.op(op);
        let OpKind::Identity = node.kind else {
            return None;
        };
        let from = node.inputs.first().copied().flatten()?;
        let (&to, others) = node.outputs.split_first()?;
        let is_read = |&t: &TensorId| {
            !graph.topology().consumers(t).is_empty() || graph.outputs().contains(&t)
        };
        if others.iter().any(is_read) {
            return None;
        }
        drop_copy(graph, self.name(), op, from, to)
    }
}
