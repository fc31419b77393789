//! Among orders of one peak, one with fewer live byte-steps: less lies about, and packers and caches have it easier.
//!
//! *Live byte-steps* are the live bytes summed over all steps. The fewest of them are as hard to find as the smallest peak, and
//! nothing rests on them, so this is local search: two neighbouring stretches of the order change places where nobody in the
//! second waits for anybody in the first, no step of either comes to cost more than the peak, and the sum falls. Stretches one
//! after the other keep what is before and behind them as it was. The first stretch has one of a few lengths, the second any; on the
//! reversed problem it is the other way round. It ends when neither direction finds anything, or after so many steps looked at.

use crate::ids::OpId;
use crate::memory::Instance;
use crate::plan::Order;
use crate::schedule::net::bits::Bits;
use crate::schedule::net::{Draft, Net};

/// Lengths of the first stretch.
const FIRST: [usize; 5] = [1, 2, 3, 5, 8];
/// The longest second stretch.
const SECOND: usize = 64;

/// An order with at most the peak of `order` and fewer live byte-steps, looking at about `most` steps; `order` itself if none is
/// found. `order` must be valid. The same arguments give the same order.
#[must_use]
pub fn settle(instance: &Instance<'_>, order: &Order, most: u64) -> Order {
    let draft = Draft::from_instance(instance);
    let reach = draft.reach();
    // Nothing is merged, so operators keep their numbers.
    let (net, _) = draft.seal(&reach);
    let reversed = net.reversed();
    let last = net.len();
    let flip = |ops: &[u32]| {
        ops.iter()
            .rev()
            .map(|&op| last - 1 - op)
            .collect::<Vec<u32>>()
    };
    let mut ops: Vec<u32> = order.ops().iter().map(|op| op.0).collect();
    let peak = net.costs(&ops).into_iter().max().unwrap_or(0);
    let mut left = most;
    loop {
        let mut forward = Pass::new(&net, ops, peak, left);
        let fell = forward.run();
        let mut backward = Pass::new(&reversed, flip(&forward.order), peak, forward.left);
        let fell_again = backward.run();
        (ops, left) = (flip(&backward.order), backward.left);
        if left == 0 || !(fell || fell_again) {
            return Order::new(ops.into_iter().map(OpId).collect());
        }
    }
}

/// One way through the order.
struct Pass<'n> {
    net: &'n Net,
    order: Vec<u32>,
    peak: u64,
    /// What each step costs.
    costs: Vec<u64>,
    /// Steps that may still be looked at.
    left: u64,
    /// What has run before the place that is looked at, and inside a trial what runs in it.
    done: Bits,
    live: u64,
    /// The trial in which an operator was last in the first stretch.
    met: Vec<u32>,
    trial: u32,
}

impl<'n> Pass<'n> {
    fn new(net: &'n Net, order: Vec<u32>, peak: u64, left: u64) -> Self {
        Self {
            costs: net.costs(&order),
            done: Bits::new(net.len()),
            live: net.live_at_start(),
            met: vec![0; order.len()],
            trial: 0,
            net,
            order,
            peak,
            left,
        }
    }

    /// Whether the sum fell.
    fn run(&mut self) -> bool {
        let mut fell = false;
        for at in 0..self.order.len() {
            let mut again = true;
            while std::mem::take(&mut again) {
                for length in FIRST {
                    if self.left > 0 && self.swap(at, length) {
                        (fell, again) = (true, true);
                    }
                }
            }
            let op = self.order[at];
            self.live = self
                .live
                .wrapping_add_signed(self.net.weigh(&self.done, op).change);
            self.done.insert(op);
        }
        fell
    }

    /// Puts the best second stretch before the first, of `length` operators from `at` on. Whether there was one.
    fn swap(&mut self, at: usize, length: usize) -> bool {
        let middle = at + length;
        if middle >= self.order.len() {
            return false;
        }
        self.trial += 1;
        for &op in &self.order[at..middle] {
            self.met[op as usize] = self.trial;
        }
        let before = self.live;
        let mut old: u128 = self.costs[at..middle].iter().copied().map(u128::from).sum();
        let (mut new, mut best) = (0u128, None);
        let end = self.order.len().min(middle + SECOND);
        let mut to = middle;
        while to < end && self.left > 0 {
            let op = self.order[to];
            let waits = |&p: &u32| self.met[p as usize] == self.trial;
            if self.net.before(op).iter().any(waits) {
                break;
            }
            let Some(cost) = self.step(op) else { break };
            (new, old, to) = (new + cost, old + u128::from(self.costs[to]), to + 1);
            let after = self.live;
            let rest = self.stretch(at, middle);
            self.live = after;
            let won = rest
                .and_then(|rest| old.checked_sub(new + rest))
                .unwrap_or(0);
            if won > best.map_or(0, |(won, _)| won) {
                best = Some((won, to));
            }
        }
        self.order[middle..to]
            .iter()
            .for_each(|&op| self.done.remove(op));
        self.live = before;
        if let Some((_, to)) = best {
            self.order[at..to].rotate_left(length);
            self.book(at, to);
        }
        best.is_some()
    }

    /// Runs `op`; what it costs, or nothing where that is above the peak and it did not run.
    fn step(&mut self, op: u32) -> Option<u128> {
        self.left = self.left.saturating_sub(1);
        let weight = self.net.weigh(&self.done, op);
        let cost = self.live.wrapping_add_signed(weight.rise);
        if cost > self.peak {
            return None;
        }
        self.live = self.live.wrapping_add_signed(weight.change);
        self.done.insert(op);
        Some(u128::from(cost))
    }

    /// What the operators from `at` to `middle` cost together if they run now; they are undone again.
    fn stretch(&mut self, at: usize, middle: usize) -> Option<u128> {
        let (mut sum, mut ran) = (Some(0), at);
        while ran < middle && sum.is_some() {
            let cost = self.step(self.order[ran]);
            sum = sum.zip(cost).map(|(sum, cost)| sum + cost);
            ran += usize::from(cost.is_some());
        }
        self.order[at..ran]
            .iter()
            .for_each(|&op| self.done.remove(op));
        sum
    }

    /// Writes down what the steps from `at` to `to` cost now.
    fn book(&mut self, at: usize, to: usize) {
        let before = self.live;
        for place in at..to {
            let weight = self.net.weigh(&self.done, self.order[place]);
            self.costs[place] = self.live.wrapping_add_signed(weight.rise);
            self.live = self.live.wrapping_add_signed(weight.change);
            self.done.insert(self.order[place]);
        }
        self.order[at..to]
            .iter()
            .for_each(|&op| self.done.remove(op));
        self.live = before;
    }
}
