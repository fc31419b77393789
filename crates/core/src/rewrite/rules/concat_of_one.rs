//! A concatenation of one input is a copy.

use crate::graph::{Graph, OpKind};
use crate::ids::OpId;
use crate::plan::Patch;
use crate::rewrite::Rule;
use crate::rewrite::rule::{drop_copy, only};

/// A concatenation of one input is a copy.
#[derive(Clone, Copy, Debug)]
pub struct ConcatOfOne;

impl Rule for ConcatOfOne {
    fn name(&self) -> &'static str {
        "concat-of-one"
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let node = graph.op(op);
        let OpKind::Concat { .. } = node.kind else {
            return None;
        };
        drop_copy(
            graph,
            self.name(),
            op,
            only(&node.inputs)??,
            only(&node.outputs)?,
        )
    }
}
