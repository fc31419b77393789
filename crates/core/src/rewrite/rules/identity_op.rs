//! An operator that is an identity by definition.

use crate::graph::{Graph, OpKind};
use crate::ids::OpId;
use crate::plan::Patch;
use crate::rewrite::Rule;
use crate::rewrite::rule::{drop_copy, only};

/// An operator that is an identity by definition.
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
        drop_copy(graph, self.name(), op, from, only(&node.outputs)?)
    }
}
