//! What a list of operators does to the live bytes, without running it.
//!
//! What an operator does depends on what ran before only through tensors with several starters or enders. So it is enough to
//! count, for each of these, the enders that are left and whether it has begun: once a search for jumps, and again as a list is
//! walked along.

use crate::schedule::net::bits::Bits;
use crate::schedule::net::{END, Net, START, Weight};

/// A tensor with several starters or enders. A count of an earlier turn or walk is out of date.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    turn: u32,
    walk: u32,
    /// Enders left, and whether a starter has run: before the walk, and in it.
    before: (u32, bool),
    now: (u32, bool),
}

/// A walk along a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walked {
    /// The largest `T`, or one above the level.
    pub(super) cost: u64,
    /// What is live behind it.
    pub(super) live: u64,
    /// Whether the last operator makes a tensor end that others could have ended.
    pub(super) ends: bool,
    /// Whether the walk came to the end of the list.
    pub(super) whole: bool,
}

/// Counts of all tensors.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: Vec<Count>,
    turn: u32,
    walk: u32,
}

impl Tally {
    pub(super) fn new(net: &Net) -> Self {
        Self {
            counts: vec![Count::default(); net.size.len()],
            turn: 0,
            walk: 0,
        }
    }

    /// Bytes taken.
    pub(super) fn memory(&self) -> u64 {
        (self.counts.capacity() * size_of::<Count>()) as u64
    }

    /// From now on for another set of operators that have run.
    pub(super) fn restart(&mut self) {
        self.turn += 1;
    }

    /// Walks along `list` from `done`, after which `live` bytes are live, until the cost is above `level` or a shared tensor
    /// ends.
    pub(super) fn walk(
        &mut self,
        net: &Net,
        done: &Bits,
        live: u64,
        list: &[u32],
        level: u64,
    ) -> Walked {
        self.walk += 1;
        let mut walked = Walked {
            cost: live,
            live,
            ends: false,
            whole: false,
        };
        let mut list = list.iter();
        while walked.cost <= level && !walked.ends {
            let Some(&op) = list.next() else { break };
            let (weight, ends) = self.step(net, done, op);
            walked.cost = walked.cost.max(walked.live + weight.rise as u64);
            walked.live = walked.live.wrapping_add_signed(weight.change);
            walked.ends = ends;
        }
        walked.whole = list.len() == 0;
        walked
    }

    /// What `op` does next on the walk, and whether it makes a shared tensor end.
    fn step(&mut self, net: &Net, done: &Bits, op: u32) -> (Weight, bool) {
        let mut weight = net.fixed(op);
        let mut ends = false;
        for each in net.shared(START, op) {
            let count = self.count(net, done, each.tensor);
            if !std::mem::replace(&mut count.now.1, true) {
                let size = net.size[each.tensor as usize] as i64;
                weight.change += size;
                weight.rise += if each.apart { 0 } else { size };
            }
        }
        for each in net.shared(END, op) {
            let count = self.count(net, done, each.tensor);
            count.now.0 -= 1;
            if count.now.0 == 0 {
                ends = true;
                let size = net.size[each.tensor as usize] as i64;
                weight.change -= size;
                weight.rise -= if each.apart { size } else { 0 };
            }
        }
        weight.rise = weight.rise.max(weight.change).max(0);
        (weight, ends)
    }

    fn count(&mut self, net: &Net, done: &Bits, tensor: u32) -> &mut Count {
        let count = &mut self.counts[tensor as usize];
        if count.turn != self.turn {
            let left = net.ends[END].of(tensor).iter().filter(|&&e| !done.has(e));
            let begun = net.ends[START].of(tensor).iter().any(|&s| done.has(s));
            (count.turn, count.before) = (self.turn, (left.count() as u32, begun));
        }
        if count.walk != self.walk {
            (count.walk, count.now) = (self.walk, count.before);
        }
        count
    }
}
