//! A split into one part is a copy (SwiftNet's file begins with one, of its whole input).

use crate::graph::{Graph, OpKind};
use crate::ids::OpId;
use crate::plan::Patch;
use crate::rewrite::Rule;
use crate::rewrite::rule::{drop_copy, only};

/// A split into one part is a copy (SwiftNet's file begins with one, of its whole input).
#[derive(Clone, Copy, Debug)]
pub struct SplitOfOne;

impl Rule for SplitOfOne {
    fn name(&self) -> &'static str {
        "split-of-one"
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let node = graph.op(op);
        let OpKind::Split { data, .. } = node.kind else {
            return None;
        };
        let from = node.inputs.get(data as usize).copied().flatten()?;
        drop_copy(graph, self.name(), op, from, only(&node.outputs)?)
    }
}
