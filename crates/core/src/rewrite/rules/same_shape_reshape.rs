//! A reshape to the shape that its input has. Open axes (a batch that the caller may resize) are left alone.

use crate::graph::{Graph, OpKind};
use crate::ids::OpId;
use crate::plan::Patch;
use crate::rewrite::Rule;
use crate::rewrite::rule::{drop_copy, only};

/// A reshape to the shape that its input has. Open axes (a batch that the caller may resize) are left alone.
#[derive(Clone, Copy, Debug)]
pub struct SameShapeReshape;

impl Rule for SameShapeReshape {
    fn name(&self) -> &'static str {
        "same-shape-reshape"
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let node = graph.op(op);
        let OpKind::Reshape = node.kind else {
            return None;
        };
        let from = node.inputs.first().copied().flatten()?;
        let to = only(&node.outputs)?;
        graph.tensor(from).array.as_ref()?.elements()?;
        drop_copy(graph, self.name(), op, from, to)
    }
}
