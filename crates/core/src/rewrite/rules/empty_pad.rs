//! A padding by nothing.

use crate::graph::{Graph, OpKind};
use crate::ids::OpId;
use crate::plan::Patch;
use crate::rewrite::Rule;
use crate::rewrite::rule::{drop_copy, only};

/// A padding by nothing.
#[derive(Clone, Copy, Debug)]
pub struct EmptyPad;

impl Rule for EmptyPad {
    fn name(&self) -> &'static str {
        "empty-pad"
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let node = graph.op(op);
        let OpKind::Pad {
            amounts: Some(amounts),
        } = &node.kind
        else {
            return None;
        };
        if amounts.iter().any(|&amount| amount != (0, 0)) {
            return None;
        }
        let from = node.inputs.first().copied().flatten()?;
        drop_copy(graph, self.name(), op, from, only(&node.outputs)?)
    }
}
