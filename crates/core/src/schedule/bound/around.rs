//! What must be live around one operator.

use crate::schedule::net::bits::Bits;
use crate::schedule::net::{Net, Reach};

use super::lowest::Valleys;

/// The smallest `T(D, op)` over all downsets after which `op` can run, if that is at least `bar`: no order runs it at less.
///
/// Such a `D` holds the ancestors of `op` and neither `op` nor its descendants, so this is the minimum of `f` on an
/// interval of the lattice, plus what `op` adds: one minimum cut over the operators that are neither. No cut is needed where the
/// first or the last of these downsets is below `bar`.
/// Only for nets whose tensors have one starter at most.
pub(in crate::schedule) fn around(
    net: &Net,
    reach: &Reach,
    valleys: &mut Valleys,
    op: u32,
    bar: u64,
) -> Option<u64> {
    let mut done = Bits::new(net.len());
    done.words_mut().copy_from_slice(reach.row(op));
    let free: Vec<u32> = (0..net.len())
        .filter(|&u| u != op && !done.has(u) && !reach.precedes(op, u))
        .collect();
    let mut live = net.live_at_start() as i64;
    let mut before = Bits::new(net.len());
    for u in (0..op).filter(|&u| done.has(u)) {
        live += net.weigh(&before, u).change;
        before.insert(u);
    }
    if live + net.weigh(&done, op).rise < bar as i64 {
        return None;
    }
    let mut last = live;
    for &u in &free {
        last += net.weigh(&before, u).change;
        before.insert(u);
    }
    if last + net.weigh(&before, op).rise < bar as i64 {
        return None;
    }
    let (least, _) = valleys.lowest(net, &done, &free, Some(op));
    Some((live + least) as u64).filter(|&bytes| bytes >= bar)
}
