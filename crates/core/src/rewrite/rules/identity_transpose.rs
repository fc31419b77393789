//! A transposition that moves nothing: the axes longer than 1 keep their order.

use crate::graph::{Graph, OpKind};
use crate::ids::OpId;
use crate::plan::Patch;
use crate::rewrite::Rule;
use crate::rewrite::rule::{drop_copy, only};

/// A transposition that moves nothing: the axes longer than 1 keep their order.
#[derive(Clone, Copy, Debug)]
pub struct IdentityTranspose;

impl Rule for IdentityTranspose {
    fn name(&self) -> &'static str {
        "identity-transpose"
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let node = graph.op(op);
        let OpKind::Transpose { perm: Some(perm) } = &node.kind else {
            return None;
        };
        let from = node.inputs.first().copied().flatten()?;
        let shape = &graph.tensor(from).array.as_ref()?.shape;
        let long = |&axis: &u32| shape.get(axis as usize) != Some(&Some(1));
        let moved: Vec<u32> = perm.iter().copied().filter(long).collect();
        if perm.len() != shape.len() || !moved.is_sorted() {
            return None;
        }
        drop_copy(graph, self.name(), op, from, only(&node.outputs)?)
    }
}
