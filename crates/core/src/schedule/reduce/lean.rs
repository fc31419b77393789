//! Uses that never matter.

use crate::schedule::net::{Draft, END, Reach};

/// Drops every reader of a tensor that always runs before another reader of it.
///
/// Statement: no `T(D, v)` and no `f(D)` changes. Proof: a tensor goes when its last reader has run; a reader that is
/// an ancestor of another is never the last, and being an input changes the live bytes in no other way. The
/// precedence that the read implied stays, as an edge.
pub(in crate::schedule) fn lean(draft: &mut Draft, reach: &Reach) {
    for tensor in 0..draft.tensors.len() as u32 {
        lean_tensor(draft, reach, tensor);
    }
}

/// [`lean`] for one tensor.
pub(super) fn lean_tensor(draft: &mut Draft, reach: &Reach, tensor: u32) {
    let enders = &draft.tensors[tensor as usize].ends[END];
    if enders.len() < 2 {
        return;
    }
    let last = |&op: &u32| !enders.iter().any(|&other| reach.precedes(op, other));
    let (kept, gone): (Vec<u32>, Vec<u32>) = enders.iter().copied().partition(last);
    for op in gone {
        draft.ops[op as usize].uses[END].retain(|each| each.tensor != tensor);
    }
    draft.tensors[tensor as usize].ends[END] = kept;
}
