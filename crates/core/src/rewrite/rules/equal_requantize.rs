//! A requantisation to the parameters that its input has.

use crate::graph::{Graph, OpKind};
use crate::ids::OpId;
use crate::plan::Patch;
use crate::rewrite::Rule;
use crate::rewrite::rule::{drop_copy, only};

/// A requantisation to the parameters that its input has.
#[derive(Clone, Copy, Debug)]
pub struct EqualRequantize;

impl Rule for EqualRequantize {
    fn name(&self) -> &'static str {
        "equal-requantize"
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let node = graph.op(op);
        let OpKind::Requantize = node.kind else {
            return None;
        };
        let from = only(&node.inputs)??;
        // Without parameters on both sides there is no knowing what the kernel does.
        graph.tensor(from).array.as_ref()?.quantization.as_ref()?;
        drop_copy(graph, self.name(), op, from, only(&node.outputs)?)
    }
}
