//! A better order by small steps: one operator moves to another place between what it needs and what needs it.

use fastrand::Rng;

use crate::ids::{Id, OpId};
use crate::limits::Meter;
use crate::plan::Order;
use crate::units::Bytes;

use super::{Problem, Traffic, simulate};

/// Moves that are tried in a row without gain before the search ends, for each operator.
const PATIENCE: u64 = 60;
/// Operators that are moved at random before the next descent, at most.
const MOST_SHAKEN: usize = 8;

/// The best order found from `start` by moving one operator at a time, under Belady's rule: never worse than `start`. Ends
/// where no more than `enough` bytes beyond the compulsory are moved, where nothing helps, or at a limit; a node of
/// `meter` is an order tried.
#[must_use]
pub fn improve(
    problem: &Problem<'_>,
    start: &Order,
    enough: Bytes,
    meter: &mut Meter,
) -> (Order, Traffic) {
    descend(problem, start, enough, meter, &mut Rng::with_seed(1))
}

/// [`improve`] again and again, each time from the best order found with a few operators moved at random, to the end of
/// `meter`: never worse than `start`.
#[must_use]
pub fn polish(
    problem: &Problem<'_>,
    start: &Order,
    enough: Bytes,
    meter: &mut Meter,
) -> (Order, Traffic) {
    let mut rng = Rng::with_seed(2);
    let mut best = (start.clone(), simulate(problem, start));
    while best.1.beyond_compulsory() > enough && meter.tick().is_ok() {
        let mut order = best.0.clone();
        for _ in 0..rng.usize(2..=MOST_SHAKEN) {
            order = neighbour(problem, &order, &mut rng).unwrap_or(order);
        }
        let found = descend(problem, &order, enough, meter, &mut rng);
        if found.1.total() <= best.1.total() {
            best = found;
        }
    }
    best
}

fn descend(
    problem: &Problem<'_>,
    start: &Order,
    enough: Bytes,
    meter: &mut Meter,
    rng: &mut Rng,
) -> (Order, Traffic) {
    let (mut order, mut moved) = (start.clone(), simulate(problem, start));
    let patience = PATIENCE * order.len() as u64;
    let mut idle = 0;
    while idle < patience && moved.beyond_compulsory() > enough && meter.tick().is_ok() {
        idle += 1;
        let Some(other) = neighbour(problem, &order, rng) else {
            continue;
        };
        let cost = simulate(problem, &other);
        if cost.total() < moved.total() {
            idle = 0;
        }
        // Steps that cost nothing lead over plateaus.
        if cost.total() <= moved.total() {
            (order, moved) = (other, cost);
        }
    }
    (order, moved)
}

/// `order` with one operator at another valid place.
fn neighbour(problem: &Problem<'_>, order: &Order, rng: &mut Rng) -> Option<Order> {
    let topology = problem.graph.topology();
    let mut place = vec![0; order.len()];
    order
        .ops()
        .iter()
        .zip(0..)
        .for_each(|(op, at)| place[op.index()] = at);
    let at = rng.usize(0..order.len());
    let op = order.ops()[at];
    let at_of = |op: &OpId| place[op.index()];
    let first = topology
        .predecessors(op)
        .iter()
        .map(at_of)
        .max()
        .map_or(0, |p: usize| p + 1);
    let last = topology
        .successors(op)
        .iter()
        .map(at_of)
        .min()
        .unwrap_or(order.len())
        - 1;
    let to = rng.usize(first..=last);
    let mut ops = order.ops().to_vec();
    let moved = ops.remove(at);
    ops.insert(to, moved);
    (to != at).then(|| Order::new(ops))
}
