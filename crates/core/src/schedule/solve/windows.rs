//! Lower bounds from windows: what some operators need alone.
//!
//! Statement. Let `W` be a set of operators. Leave out every tensor that no operator of `W` touches, what lives inside other
//! operators, and then every operator that touches no tensor left, its precedences kept. No order of the whole has a smaller peak than the best order
//! of what remains. Proof. `T(D, v)` is the largest of `f(D)`, `f(D+v)` and a sum over tensors, in all of which the size of a tensor stands with
//! the factor 0 or 1 and never -1, so leaving a tensor out raises no cost of any order. Operators without tensors change nothing, and what is
//! left of an order when they are taken out is an order of the others.
//!
//! **What spans the window.** A tensor whose starter runs before all of `W` and one of whose enders runs after all of it is live
//! while any operator of `W` runs, in every order. If it touches none of them its size is added to what lives inside each of them.
//!
//! A window is small where the whole is not: around the peak of a good order it is where the whole needs most, and the bound is
//! often the optimum.

use crate::limits::{Meter, StopReason};
use crate::schedule::exact::{Gears, Outcome};
use crate::schedule::net::{Draft, DraftTensor, END, Net, Reach, START, Use};
use crate::schedule::reduce::split;
use crate::threads::each;

use super::greedy::greedy;
use super::neighbours::Windows;

/// Operators in a window, in the order in which they are tried.
const WIDTHS: [usize; 6] = [12, 24, 48, 96, 192, 384];
/// Windows of one width.
const BATCH: usize = 4;

/// A bound, and the bytes that the search for one window took at most.
pub(super) struct Bound {
    pub(super) lower: u64,
    pub(super) memory: u64,
}

impl Bound {
    pub(super) fn new(lower: u64) -> Self {
        Self { lower, memory: 0 }
    }
}

/// Raises a bound to the best one that windows around the dearest steps of `order` give within `most` states. What was reached counts,
/// however it ends.
///
/// # Errors
/// The reason to stop, once the meter says so.
pub(super) fn bound(
    (net, reach): (&Net, &Reach),
    order: &[u32],
    found: &mut Bound,
    most: u64,
    how: Windows,
    meter: &mut Meter,
) -> Result<(), StopReason> {
    let costs = net.costs(order);
    let peak = costs.iter().copied().max().unwrap_or(0);
    let end = meter.spent() + most;
    // Wider ones are no easier than the whole.
    let widest = (order.len() / 2).max(WIDTHS[0]).min(order.len());
    for width in WIDTHS.into_iter().filter(|&width| width <= widest) {
        if found.lower >= peak || meter.spent() >= end {
            break;
        }
        let mut windows: Vec<&[u32]> = Vec::new();
        let mut behind = 0;
        for at in (0..costs.len()).filter(|&at| costs[at] == peak) {
            let from = at.saturating_sub(width / 2).min(order.len() - width);
            if (windows.is_empty() || from >= behind) && windows.len() < BATCH {
                windows.push(&order[from..from + width]);
                behind = from + width;
            }
        }
        let left = meter.share(u64::MAX);
        let how = Windows {
            lower: found.lower,
            ..how
        };
        let bounds = each(how.threads, &windows, |&window| {
            let mut own = left.clone();
            let (bound, memory) = alone((net, reach), window, peak, how, &mut own);
            (bound, memory, own.spent())
        });
        let mut over = Ok(());
        for (bound, memory, spent) in bounds {
            found.lower = found.lower.max(bound);
            found.memory = found.memory.max(memory);
            over = over.and(meter.spend(spent));
        }
        over.and_then(|()| meter.look())?;
    }
    Ok(())
}

/// What a window needs alone, as far as that is found out, but no more than `bar`; and the bytes that it took.
pub(in crate::schedule) fn alone(
    problem: (&Net, &Reach),
    window: &[u32],
    bar: u64,
    how: Windows,
    meter: &mut Meter,
) -> (u64, u64) {
    let (parts, mut memory) = split(Projection::of(problem, window).draft(), how.switches);
    let mut lower = how.lower;
    for part in &parts {
        let (_, known) = greedy(&part.net, 0);
        let bar = bar.min(known);
        if bar <= lower {
            continue;
        }
        let reversed = part.net.reversed();
        // From below every level that is left behind counts; from above all or nothing, but with less to look at.
        for level in [lower, bar - 1] {
            let mut gears = Gears::new(&part.net, &reversed, level, how.switches);
            let mut own = meter.share(how.states);
            let mut outcome = Ok(Outcome::Paused);
            while outcome == Ok(Outcome::Paused) {
                outcome = gears.turn(bar, 1, &mut own);
            }
            memory = memory.max(gears.memory());
            if level == lower {
                lower = gears.level().min(bar);
            } else if outcome == Ok(Outcome::Hopeless) {
                lower = bar;
            }
            if meter.spend(own.spent()).is_err() || outcome.is_ok() {
                break;
            }
        }
    }
    (lower, memory)
}

/// What a window sees of a problem.
struct Projection<'n> {
    net: &'n Net,
    reach: &'n Reach,
    /// The operators that touch what the window touches, in ascending order.
    ops: Vec<u32>,
    /// Whether each of them is in the window.
    inside: Vec<bool>,
    /// The tensors that the window touches, in ascending order.
    tensors: Vec<u32>,
    /// Bytes that span the window.
    spanning: u64,
}

impl<'n> Projection<'n> {
    fn of((net, reach): (&'n Net, &'n Reach), window: &[u32]) -> Self {
        let touched = |&op: &u32| {
            let uses = [START, END].map(|side| net.uses[side].of(op));
            uses.into_iter().flatten().map(|each| each.tensor)
        };
        let mut tensors: Vec<u32> = window.iter().flat_map(touched).collect();
        tensors.sort_unstable();
        tensors.dedup();
        let ends = |&tensor: &u32| [START, END].map(|side| net.ends[side].of(tensor).iter());
        let mut ops: Vec<u32> = tensors.iter().flat_map(ends).flatten().copied().collect();
        ops.extend_from_slice(window);
        ops.sort_unstable();
        ops.dedup();
        let inside = ops.iter().map(|op| window.contains(op)).collect();
        let mut projection = Self {
            net,
            reach,
            ops,
            inside,
            tensors,
            spanning: 0,
        };
        projection.spanning = projection.spanning(window);
        projection
    }

    /// Bytes of the tensors that are live throughout the window without being touched in it.
    fn spanning(&self, window: &[u32]) -> u64 {
        let before = |op: u32| window.iter().all(|&w| self.reach.precedes(op, w));
        let behind = |op: u32| window.iter().all(|&w| self.reach.precedes(w, op));
        let spans = |&tensor: &u32| {
            let [starters, enders] = [START, END].map(|side| self.net.ends[side].of(tensor));
            self.tensors.binary_search(&tensor).is_err()
                && (starters.is_empty() || starters.iter().any(|&op| before(op)))
                && (enders.is_empty() || enders.iter().any(|&op| behind(op)))
        };
        // Nothing runs while no operator does.
        let all =
            (0..self.net.size.len() as u32).filter(|tensor| !window.is_empty() && spans(tensor));
        all.map(|tensor| self.net.size[tensor as usize]).sum()
    }

    fn draft(&self) -> Draft {
        let place = |op: &u32| self.ops.binary_search(op).ok().map(|at| at as u32);
        let mut draft = Draft::with_ops(self.ops.len());
        draft.base = self.net.base;
        for (at, &op) in self.ops.iter().enumerate() {
            let node = &mut draft.ops[at];
            node.either = self.net.either[op as usize];
            if self.inside[at] {
                node.extra = self.net.extra[op as usize] + self.spanning;
            }
        }
        for (number, &tensor) in (0..).zip(&self.tensors) {
            let ends = [START, END].map(|side| self.net.ends[side].of(tensor));
            for side in [START, END] {
                for op in ends[side] {
                    let uses = self.net.uses[side].of(*op).iter();
                    let mut of_it = uses.filter(|each| each.tensor == tensor);
                    if let (Some(at), Some(each)) = (place(op), of_it.next()) {
                        draft.ops[at as usize].uses[side].push(Use {
                            tensor: number,
                            ..*each
                        });
                    }
                }
            }
            draft.tensors.push(DraftTensor {
                size: self.net.size[tensor as usize],
                ends: ends.map(|list| list.iter().filter_map(place).collect()),
            });
        }
        self.link(&mut draft);
        draft
    }

    /// Precedences among the operators, through those that are left out as well, but none that follows from others.
    fn link(&self, draft: &mut Draft) {
        for (at, &op) in self.ops.iter().enumerate() {
            let mut last: Vec<u32> = Vec::new();
            for before in (0..at as u32).rev() {
                let other = self.ops[before as usize];
                let follows = |&later: &u32| self.reach.precedes(other, self.ops[later as usize]);
                if self.reach.precedes(other, op) && !last.iter().any(follows) {
                    last.push(before);
                    draft.ops[before as usize].links[START].push(at as u32);
                }
            }
            draft.ops[at].links[END] = last;
        }
    }
}
