//! Better orders without proof, for problems that the search does not finish soon.

use crate::limits::{Meter, StopReason};
use crate::schedule::net::Net;
use crate::schedule::net::bits::Bits;

/// A way through the net so far.
#[derive(Clone)]
struct Way {
    done: Bits,
    count: usize,
    live: u64,
    peak: u64,
    ready: Vec<u32>,
    /// Where its last step is written down, or `u32::MAX`.
    tail: u32,
    hash: u64,
}

/// A beam search: of all ways that have run equally many operators the `width` best go on, by peak, then by live
/// bytes. Returns an order with a peak below `below` and that peak, if it comes to one.
///
/// # Errors
/// The reason to stop, once the meter says so.
pub(super) fn beam(
    net: &Net,
    width: usize,
    below: u64,
    level: u64,
    meter: &mut Meter,
) -> Result<Option<(Vec<u32>, u64)>, StopReason> {
    let mut beam = Beam {
        net,
        level,
        steps: Vec::new(),
    };
    let mut fronts: Vec<Vec<Way>> = vec![Vec::new(); net.len() as usize + 1];
    let start = Way {
        done: Bits::new(net.len()),
        count: 0,
        live: net.live_at_start(),
        peak: level.max(net.live_at_start()),
        ready: (0..net.len())
            .filter(|&op| net.before(op).is_empty())
            .collect(),
        tail: u32::MAX,
        hash: 0,
    };
    fronts[0].push(start);
    for at in 0..net.len() as usize {
        let mut front = std::mem::take(&mut fronts[at]);
        front.sort_unstable_by_key(|way| (way.hash, way.peak));
        front.dedup_by_key(|way| way.hash);
        front.sort_by_key(|way| (way.peak, way.live));
        front.truncate(width);
        for way in &front {
            meter.tick()?;
            for &op in &way.ready {
                if let Some(next) = beam.follow(way, op, below) {
                    fronts[next.count].push(next);
                }
            }
        }
    }
    let best = fronts
        .pop()
        .unwrap_or_default()
        .into_iter()
        .min_by_key(|way| way.peak);
    Ok(best.map(|way| (beam.order(way.tail), way.peak)))
}

struct Beam<'n> {
    net: &'n Net,
    level: u64,
    /// Every step taken: the step before it, and the operator.
    steps: Vec<(u32, u32)>,
}

impl Beam<'_> {
    /// `way` with `op` and everything that is free then; nothing if that is not below `below`.
    fn follow(&mut self, way: &Way, op: u32, below: u64) -> Option<Way> {
        let weight = self.net.weigh(&way.done, op);
        let cost = way.live + weight.rise as u64;
        if cost >= below {
            return None;
        }
        let mut next = way.clone();
        next.peak = next.peak.max(cost);
        self.step(&mut next, op, weight.change);
        let mut at = 0;
        while at < next.ready.len() {
            let op = next.ready[at];
            let weight = self.net.weigh(&next.done, op);
            if weight.change <= 0 && next.live + weight.rise as u64 <= next.peak.max(self.level) {
                self.step(&mut next, op, weight.change);
                at = 0;
            } else {
                at += 1;
            }
        }
        Some(next)
    }

    fn step(&mut self, way: &mut Way, op: u32, change: i64) {
        way.done.insert(op);
        way.count += 1;
        way.live = way.live.wrapping_add_signed(change);
        // Any mixing will do: two ways taken for one cost a way, nothing more.
        way.hash = way.hash.wrapping_add(
            u64::from(op + 1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(op % 61),
        );
        way.ready.retain(|&other| other != op);
        for &after in self.net.next(op) {
            if self.net.is_ready(&way.done, after) {
                way.ready.push(after);
            }
        }
        self.steps.push((way.tail, op));
        way.tail = self.steps.len() as u32 - 1;
    }

    fn order(&self, tail: u32) -> Vec<u32> {
        let mut order = Vec::with_capacity(self.net.len() as usize);
        let mut at = tail;
        while at != u32::MAX {
            let (before, op) = self.steps[at as usize];
            order.push(op);
            at = before;
        }
        order.reverse();
        order
    }
}
