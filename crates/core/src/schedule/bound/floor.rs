//! What one operator needs by itself.

use crate::graph::Role;
use crate::ids::{Id, OpId};
use crate::memory::Instance;
use crate::units::Bytes;

/// An operator during which so many bytes are live, whatever the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The operator.
    pub op: OpId,
    /// Live bytes that no order avoids while it runs.
    pub bytes: Bytes,
}

impl Floor {
    /// The operator that needs most by itself: everything it reads and writes, and what is live in every step.
    /// `None` without operators. The first of several equal ones.
    #[must_use]
    pub fn of(instance: &Instance<'_>) -> Option<Self> {
        let graph = instance.graph();
        let mut counted = vec![Bytes::ZERO; graph.tensors().len()];
        instance
            .tensors()
            .iter()
            .for_each(|t| counted[t.id.index()] = t.bytes);
        let mut seen = vec![None; graph.tensors().len()];
        let mut best: Option<Self> = None;
        for (op, node) in graph.ops().iter() {
            let mut bytes = instance.base();
            for t in node.reads().chain(node.outputs.iter().copied()) {
                let again = seen[t.index()].replace(op) == Some(op);
                if !again && graph.tensor(t).role != Role::Variable {
                    bytes += counted[t.index()];
                }
            }
            if best.is_none_or(|floor| bytes > floor.bytes) {
                best = Some(Self { op, bytes });
            }
        }
        best
    }
}
