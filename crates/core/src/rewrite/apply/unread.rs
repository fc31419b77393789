//! What goes because nobody reads it any more.

use crate::graph::{Frame, Role};
use crate::ids::{Id, TensorId};
use crate::plan::{Edit, Patch};

use super::Draft;

impl Draft {
    /// Operators that were to go if nobody reads them.
    pub(super) fn drop_unread(&mut self, frame: &Frame, patches: &[Patch]) {
        let read = self.read(frame);
        let mut going = vec![false; self.removed.len()];
        for edit in patches.iter().flat_map(|patch| &patch.edits) {
            if let Edit::RemoveIfUnread(op) = *edit {
                going[op.index()] = true;
            }
        }
        let removed = &mut self.removed;
        self.steps.retain(|step| {
            let Some(op) = step.old.filter(|op| going[op.index()]) else {
                return true;
            };
            removed[op] = !step.op.outputs.iter().any(|t| read[t.index()]);
            !removed[op]
        });
    }

    /// Operators that make constants which somebody read before and nobody reads any more: dead weights.
    pub(super) fn drop_orphans(&mut self, frame: &Frame, was_read: &[bool]) {
        loop {
            let read = self.read(frame);
            let (tensors, known) = (&self.tensors, self.steps.len());
            let is_orphan = |t: &TensorId| {
                let before = was_read.get(t.index()) == Some(&true);
                before && !read[t.index()] && tensors[t.index()].0.role == Role::Constant
            };
            let removed = &mut self.removed;
            self.steps.retain(|step| {
                let outputs = &step.op.outputs;
                let goes =
                    !step.op.has_effects && !outputs.is_empty() && outputs.iter().all(is_orphan);
                if let Some(op) = step.old.filter(|_| goes) {
                    removed[op] = true;
                }
                !goes
            });
            if self.steps.len() == known {
                return;
            }
        }
    }

    /// By tensor, whether an operator or the caller reads it.
    fn read(&self, frame: &Frame) -> Vec<bool> {
        let mut read = vec![false; self.tensors.len()];
        let reads = self.steps.iter().flat_map(|step| step.op.reads());
        let all = reads.chain(frame.outputs.iter().copied());
        all.for_each(|t| read[self.stand_in[t].index()] = true);
        read
    }
}
