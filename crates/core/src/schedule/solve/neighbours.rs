//! Better orders by large neighbourhood search (Shaw 1998): a window of the order is taken out and put back in the best way.
//!
//! What has run before a window and behind it stays, so a window is an ordinary, small problem. A window around each step at the peak is
//! solved; where that lowers it the order is better, where not a wider window may, or one that is shifted.

use crate::limits::{Meter, StopReason};
use crate::schedule::Switches;
use crate::schedule::exact::{Gears, Outcome};
use crate::schedule::net::bits::Bits;
use crate::schedule::net::{Net, Slicer};
use crate::schedule::reduce::{Part, split};
use crate::threads::each;

use super::greedy::greedy;

/// Widths of windows, and by how many thirds of it a window is shifted, in the order in which they are tried.
const SHAPES: [(usize, i8); 11] = [
    (8, 0),
    (16, 0),
    (32, 0),
    (32, -1),
    (32, 1),
    (64, 0),
    (64, -1),
    (64, 1),
    (128, 0),
    (128, -1),
    (128, 1),
];
/// Windows that are solved before the order is changed.
const BATCH: usize = 16;

/// How the windows are solved.
#[derive(Clone, Copy, Debug)]
pub(in crate::schedule) struct Windows {
    pub(in crate::schedule) switches: Switches,
    /// No order needs less.
    pub(in crate::schedule) lower: u64,
    /// States that one window may take in one search.
    pub(in crate::schedule) states: u64,
    /// Threads to be used.
    pub(in crate::schedule) threads: usize,
}

/// Places `from..to` of an order, in which the largest cost is `peak`, and the bytes that are live before.
#[derive(Clone, Copy, Debug)]
struct Window {
    from: usize,
    to: usize,
    peak: u64,
    live: u64,
}

/// What each step of an order costs, and what is live before it.
struct Course {
    costs: Vec<u64>,
    live: Vec<u64>,
}

impl Course {
    fn of(net: &Net, order: &[u32]) -> Self {
        let mut course = Self {
            costs: vec![0; order.len()],
            live: vec![net.live_at_start(); order.len()],
        };
        course.renew(net, order, 0, order.len());
        course
    }

    /// Counts again between two places where the same has run as before: nothing changes elsewhere.
    fn renew(&mut self, net: &Net, order: &[u32], from: usize, to: usize) {
        let mut done = ran(net, &order[..from]);
        let mut live = self.live[from];
        for (at, &op) in (from..to).zip(&order[from..to]) {
            let weight = net.weigh(&done, op);
            self.live[at] = live;
            self.costs[at] = live.wrapping_add_signed(weight.rise);
            live = live.wrapping_add_signed(weight.change);
            done.insert(op);
        }
    }

    fn peak(&self) -> u64 {
        self.costs.iter().copied().max().unwrap_or(0)
    }
}

fn ran(net: &Net, ops: &[u32]) -> Bits {
    let mut done = Bits::new(net.len());
    ops.iter().for_each(|&op| done.insert(op));
    done
}

/// Why a window did not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// No order of it is better.
    Hopeless,
    /// None was found.
    Open,
}

impl Window {
    /// Whether there is no need to solve the window after another one of the same order failed. Where no order of a window is better,
    /// no order of a window in it is.
    fn fails_with(&self, &(other, failure): &(Self, Failure)) -> bool {
        let inside = other.from <= self.from && self.to <= other.to;
        (self.from, self.to) == (other.from, other.to) || (inside && failure == Failure::Hopeless)
    }
}

/// An order, its peak, and the bytes that the search for one window took at most.
pub(super) struct Better {
    pub(super) order: Vec<u32>,
    pub(super) peak: u64,
    pub(super) memory: u64,
}

impl Better {
    pub(super) fn new(order: Vec<u32>, peak: u64) -> Self {
        Self {
            order,
            peak,
            memory: 0,
        }
    }
}

/// Makes the order better until no window does or the windows took `most` states. What was reached counts, however it ends.
///
/// # Errors
/// The reason to stop, once the meter says so.
pub(super) fn improve(
    net: &Net,
    better: &mut Better,
    most: u64,
    how: Windows,
    meter: &mut Meter,
) -> Result<(), StopReason> {
    let (end, mut shape) = (meter.spent() + most, 0);
    let mut course = Course::of(net, &better.order);
    // Windows that are of no use to this order: small orders have few, whatever their shape.
    let mut failed: Vec<(Window, Failure)> = Vec::new();
    while shape < SHAPES.len() && better.peak > how.lower && meter.spent() < end {
        let order = &better.order;
        let mut windows = windows(&course, SHAPES[shape]);
        let here = windows.len();
        windows.retain(|window| !failed.iter().any(|known| window.fails_with(known)));
        let left = meter.share(u64::MAX);
        let solved = each(how.threads, &windows, |&window| {
            let mut own = left.clone();
            let mut memory = 0;
            let ops = solve(net, order, window, how, (&mut own, &mut memory));
            (ops, own.spent(), memory)
        });
        let (mut all, mut any, mut over) = (windows.len() == here, false, Ok(()));
        for (&window, (ops, spent, memory)) in windows.iter().zip(solved) {
            better.memory = better.memory.max(memory);
            match ops {
                Ok(ops) => {
                    better.order[window.from..window.to].copy_from_slice(&ops);
                    course.renew(net, &better.order, window.from, window.to);
                    any = true;
                }
                Err(failure) => {
                    failed.push((window, failure));
                    all = false;
                }
            }
            over = over.and(meter.spend(spent));
        }
        if any {
            failed.clear();
        }
        better.peak = course.peak();
        over.and_then(|()| meter.look())?;
        // What could not be improved needs another window; what has been may do with a smaller one again.
        shape = if all {
            shape.saturating_sub(3)
        } else {
            shape + 1
        };
    }
    Ok(())
}

/// Windows that do not overlap around the dearest steps.
fn windows(course: &Course, (width, shift): (usize, i8)) -> Vec<Window> {
    let (costs, peak) = (&course.costs, course.peak());
    let mut found: Vec<Window> = Vec::new();
    for at in (0..costs.len()).filter(|&at| costs[at] == peak) {
        let before = match shift {
            ..=-1 => width / 2 + width / 3,
            0 => width / 2,
            1.. => width / 2 - width / 3,
        };
        let from = at.saturating_sub(before);
        let to = (from + width).min(costs.len());
        if found.last().is_none_or(|last| last.to <= from) {
            let live = course.live[from];
            found.push(Window {
                from,
                to,
                peak,
                live,
            });
        }
        if found.len() == BATCH {
            break;
        }
    }
    found
}

/// The operators of a window in an order that stays below its peak, if one is found.
fn solve(
    net: &Net,
    order: &[u32],
    window: Window,
    how: Windows,
    (meter, memory): (&mut Meter, &mut u64),
) -> Result<Vec<u32>, Failure> {
    let done = ran(net, &order[..window.from]);
    let mut ops = order[window.from..window.to].to_vec();
    ops.sort_unstable();
    let problem = Slicer::new(net).cut(&done, window.live, &ops);
    let (parts, tables) = split(problem, how.switches);
    *memory = tables;
    let mut better = Vec::with_capacity(ops.len());
    for part in &parts {
        let order = below(part, window.peak, how, (meter, memory))?;
        better.extend(part.lift(&order));
    }
    Ok(better)
}

/// An order of a part that stays below `peak`: the best one from below if that is found soon, else any from above.
fn below(
    part: &Part,
    peak: u64,
    how: Windows,
    (meter, memory): (&mut Meter, &mut u64),
) -> Result<Vec<u32>, Failure> {
    let (order, known) = greedy(&part.net, how.lower);
    if known <= how.lower {
        return Ok(order);
    }
    let reversed = part.net.reversed();
    for level in [how.lower, peak - 1] {
        let mut gears = Gears::new(&part.net, &reversed, level, how.switches);
        let mut own = meter.share(how.states);
        let outcome = loop {
            match gears.turn(peak, 1, &mut own) {
                Ok(Outcome::Paused) => {}
                outcome => break outcome,
            }
        };
        *memory = (*memory).max(gears.memory());
        meter.spend(own.spent()).map_err(|_| Failure::Open)?;
        match outcome {
            Ok(Outcome::Found(order)) => return Ok(order),
            Ok(Outcome::Hopeless) => return Err(Failure::Hopeless),
            _ => {}
        }
    }
    (known < peak).then_some(order).ok_or(Failure::Open)
}
