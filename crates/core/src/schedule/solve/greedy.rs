//! A first order: the step that costs least.

use crate::schedule::net::Net;
use crate::schedule::net::bits::Bits;

/// Runs what is free at the peak so far; otherwise the operator that costs least, then the one that leaves least,
/// then the first. Returns the order and its peak, which is at least `level`.
pub(in crate::schedule) fn greedy(net: &Net, level: u64) -> (Vec<u32>, u64) {
    let mut done = Bits::new(net.len());
    let mut ready: Vec<u32> = (0..net.len())
        .filter(|&v| net.before(v).is_empty())
        .collect();
    let mut order = Vec::with_capacity(net.len() as usize);
    let mut live = net.live_at_start();
    let mut peak = level.max(live);
    while !ready.is_empty() {
        let room = (peak - live) as i64;
        let rank = |&(at, op): &(usize, u32)| {
            let weight = net.weigh(&done, op);
            let fits = weight.rise <= room;
            (
                !(fits && weight.change <= 0),
                if fits { 0 } else { weight.rise },
                weight.change,
                op,
                at,
            )
        };
        let best = ready
            .iter()
            .copied()
            .enumerate()
            .map(|each| rank(&each))
            .min();
        let Some((.., op, at)) = best else { break };
        let weight = net.weigh(&done, op);
        peak = peak.max(live + weight.rise as u64);
        live = live.wrapping_add_signed(weight.change);
        ready.swap_remove(at);
        done.insert(op);
        order.push(op);
        ready.extend(
            net.next(op)
                .iter()
                .copied()
                .filter(|&next| net.is_ready(&done, next)),
        );
    }
    (order, peak)
}
