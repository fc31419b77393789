//! What must be live around one operator.

use crate::schedule::net::bits::Bits;
use crate::schedule::net::{Net, Reach};

use super::lowest::Valleys;

/// The smallest `T(D, op)` over all downsets after which `op` can run: no order runs it at less.
///
/// Such a `D` holds the ancestors of `op` and neither `op` nor its descendants, so this is the minimum of `f` on an
/// interval of the lattice, plus what `op` adds: one minimum cut over the operators that are neither.
/// Only for nets whose tensors have one starter at most.
pub(in crate::schedule) fn around(net: &Net, reach: &Reach, valleys: &mut Valleys, op: u32) -> u64 {
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
    let (least, _) = valleys.lowest(net, &done, &free, Some(op));
    (live + least) as u64
}
