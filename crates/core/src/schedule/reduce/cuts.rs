//! Forced downsets: moments that every order passes through.

use crate::schedule::net::{Net, Reach};

/// Splits the operators at every forced downset. Each part is ascending; run one after the other they are an order.
///
/// Statement. `M` lies on every path through the lattice iff every operator outside `M` has all of `M` as ancestors.
/// With operators sorted by their number of ancestors, the first `m` of them are such a set iff the next one has
/// exactly `m` ancestors.
///
/// Proof. If some `v` outside lacks an ancestor `u` in `M`, an order that runs all ancestors of `v` and then `v`
/// before `u` avoids `M`; the converse is plain. For the criterion: sorted by number of ancestors, every prefix is a
/// downset, and every operator outside the first `m` that is ready has ancestors among them only, so at most `m`,
/// and by the sorting at least as many as the next one; with `m` it has them all, and so has everything after it.
///
/// The optimum is the largest of the parts' optima, as the downset between two parts is the same in every order. It
/// contains SERENITY's cuts at single tensors (Ahn et al., MLSys 2020, section 3.2) and also finds cuts that several
/// tensors cross.
pub(in crate::schedule) fn forced_downsets(net: &Net, reach: &Reach) -> Vec<Vec<u32>> {
    if !reach.is_known() {
        return vec![(0..net.len()).collect()];
    }
    let counts: Vec<u32> = (0..net.len()).map(|op| reach.count(op)).collect();
    let mut sorted: Vec<u32> = (0..net.len()).collect();
    sorted.sort_by_key(|&op| counts[op as usize]);
    let mut parts: Vec<Vec<u32>> = Vec::new();
    for (op, position) in sorted.into_iter().zip(0u32..) {
        match parts.last_mut() {
            Some(part) if counts[op as usize] != position => part.push(op),
            _ => parts.push(vec![op]),
        }
    }
    parts.iter_mut().for_each(|part| part.sort_unstable());
    parts
}
