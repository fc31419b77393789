//! Uses that never matter.

use crate::schedule::net::{Draft, END, Reach, Use};

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

/// Decides for operators that can write over either of several inputs, where one of the inputs always ends there: over that
/// one. Whether any was.
///
/// Statement: no `T(D, v)` changes. Proof: with this input apart alone the sum is `f(D)`, or with the others it is below, and
/// the cost is the larger of `f(D)` and `f(D+v)` either way.
pub(in crate::schedule) fn decide(draft: &mut Draft) -> bool {
    let mut any = false;
    for op in 0..draft.ops.len() {
        if !draft.ops[op].either {
            continue;
        }
        let over = |each: &&Use| each.apart;
        let always = |each: &&Use| draft.tensors[each.tensor as usize].ends[END].len() == 1;
        let inputs = &draft.ops[op].uses[END];
        let one = inputs
            .iter()
            .filter(over)
            .find(always)
            .map(|each| each.tensor);
        let few = inputs.iter().filter(over).count() < 2;
        if let Some(one) = one {
            let uses = draft.ops[op].uses[END].iter_mut();
            uses.for_each(|each| each.apart &= each.tensor == one);
        }
        draft.ops[op].either = one.is_none() && !few;
        any |= !draft.ops[op].either;
    }
    any
}
