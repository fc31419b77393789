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
    /// The operator that needs most by itself: everything it reads and writes, and what is live in every step. What it can
    /// write in place counts once.
    /// `None` without operators. The first of several equal ones.
    #[must_use]
    pub fn of(instance: &Instance<'_>) -> Option<Self> {
        let graph = instance.graph();
        let mut counted = vec![Bytes::ZERO; graph.tensors().len()];
        instance
            .tensors()
            .iter()
            .for_each(|t| counted[t.id.index()] = t.bytes);
        let mut in_place = instance.in_place().iter().peekable();
        let mut seen = vec![None; graph.tensors().len()];
        let mut best: Option<Self> = None;
        for (op, node) in graph.ops().iter() {
            let mut bytes = instance.base();
            let touched = node.reads().chain(node.outputs.iter().copied());
            for t in touched.map(|t| instance.home(t)) {
                let again = seen[t.index()].replace(op) == Some(op);
                if !again && graph.tensor(t).role != Role::Variable {
                    bytes += counted[t.index()];
                }
            }
            if let Some(place) = in_place.next_if(|place| place.op == op) {
                bytes -= counted[place.output.index()];
            }
            if best.is_none_or(|floor| bytes > floor.bytes) {
                best = Some(Self { op, bytes });
            }
        }
        best
    }
}
