//! A constant that stands in the graph more than once.

use crate::graph::{Graph, OpKind};
use crate::ids::{OpId, TensorId};
use crate::plan::{Edit, Patch};
use crate::rewrite::Rule;
use crate::rewrite::rule::{only, same_declaration};

/// A constant that stands in the graph more than once: the first stays, and whoever reads one of the others reads it.
///
/// One patch takes all of them, so that a constant that stands there a thousand times costs one round. A constant that the
/// caller reads stays too: it has a name to keep.
#[derive(Clone, Copy, Debug)]
pub struct DuplicateConstant;

impl Rule for DuplicateConstant {
    fn name(&self) -> &'static str {
        "duplicate-constant"
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let kept = constant(graph, op)?;
        let kind = &graph.op(op).kind;
        let mut alike = graph.ops().iter().filter(|(_, node)| node.kind == *kind);
        if alike.next()?.0 != op {
            return None;
        }
        let declared = graph.tensor(kept).array.as_ref()?;
        let mut edits = Vec::new();
        for (other, _) in alike {
            let Some(old) = constant(graph, other) else {
                continue;
            };
            let array = graph.tensor(old).array.as_ref();
            let same = array.is_some_and(|array| same_declaration(declared, array));
            if same && !graph.outputs().contains(&old) {
                let new = kept;
                edits.extend([Edit::RemoveOp(other), Edit::ReplaceTensor { old, new }]);
            }
        }
        (!edits.is_empty()).then(|| Patch::clean_up(self.name(), op, edits))
    }
}

/// What the operator writes, if it is a numbered constant and nothing else.
fn constant(graph: &Graph, op: OpId) -> Option<TensorId> {
    let node = graph.op(op);
    let OpKind::Constant { .. } = node.kind else {
        return None;
    };
    let is_plain = node.inputs.is_empty() && !node.has_effects;
    only(&node.outputs).filter(|_| is_plain)
}
