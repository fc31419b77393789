//! What an order moves under Belady's clairvoyant rule: evict what is read furthest in the future (IBM Systems Journal 5(2),
//! 1966).

use std::cmp::Reverse;

use crate::plan::{Eviction, Order};

use super::chip::{Chip, Step};
use super::{Problem, Traffic};

/// The traffic of `order`, which must hold every operator once. Of tensors that are read equally late, those with a copy off chip
/// go first, then the larger.
#[must_use]
pub fn simulate(problem: &Problem<'_>, order: &Order) -> Traffic {
    belady(problem, order).0
}

/// [`simulate`], with what left and when.
#[must_use]
pub fn belady(problem: &Problem<'_>, order: &Order) -> (Traffic, Vec<Eviction>) {
    Chip::run(problem, order, &mut |chip, step| {
        let held = chip.held.iter().enumerate();
        let free = held.filter(|(_, t)| step.lacks_room && !step.needs.contains(t));
        let rank = |&(_, &t): &(usize, &u32)| {
            let i = t as usize;
            let next = chip.uses[i].iter().rev().find(|&&at| at >= step.number);
            (next, chip.copied[i], chip.problem.size[i], Reverse(t))
        };
        free.max_by_key(rank).map(|(at, _)| at)
    })
}

/// The traffic of `order` if just `evictions` are made. What they leave no room for is not noticed here: the referee does.
#[must_use]
pub fn replay(problem: &Problem<'_>, order: &Order, evictions: &[Eviction]) -> Traffic {
    let named = |chip: &Chip<'_>, step: &Step<'_>| {
        let now = |e: &&Eviction| e.step == step.number;
        let place = |e: &Eviction| chip.held.iter().position(|&t| t == e.tensor.0);
        evictions.iter().filter(now).find_map(place)
    };
    Chip::run(problem, order, &mut { named }).0
}
