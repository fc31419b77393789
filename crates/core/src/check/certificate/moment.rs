//! A moment of a run.

use crate::ids::OpId;

use super::walk::{Costs, Set};

/// A downset, what is live after it, and what can run next.
///
/// A *free move* runs an operator that does not raise the live bytes `f`, at less than the bound. Statement: if `D + u` has no way to the end
/// below a bound, nor has `D`. Proof: `f` is submodular (per tensor, "its writer has run" is modular and "all its
/// readers have run" is supermodular), so `f(A + u) - f(A) <= f(D + u) - f(D) <= 0` for every downset `A` that contains `D`.
/// Uniting every downset on a way from `D` with `u` gives a way from `D + u`, and no step of it costs more: the more has run,
/// the more tensors die with an operator, and the more it writes in place. Free moves
/// stay free when more has run, so it does not matter in which order they are made. (That they cost less than the bound is not
/// needed for this; one that does not is no way to the end.)
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) done: Set,
    pub(crate) live: i128,
    pub(crate) ready: Vec<OpId>,
}

impl Moment {
    /// The moment after the downset `done`, and after the free moves from there.
    pub(crate) fn after(costs: &Costs<'_>, done: Set) -> Self {
        let can_run = |&op: &OpId| !done.has(op) && costs.before(op).iter().all(|&p| done.has(p));
        let mut moment = Self {
            live: costs.live(&done),
            ready: costs.graph.ops().ids().filter(can_run).collect(),
            done,
        };
        moment.settle(costs);
        moment
    }

    /// This moment after `op`, which is ready, and after the free moves from there.
    pub(crate) fn step(&self, costs: &Costs<'_>, op: OpId) -> Self {
        let mut next = self.clone();
        next.run(costs, op);
        next.settle(costs);
        next
    }

    /// Bytes live while `op` runs next.
    pub(crate) fn cost(&self, costs: &Costs<'_>, op: OpId) -> i128 {
        self.live + costs.made(&self.done, op)
    }

    fn change(&self, costs: &Costs<'_>, op: OpId) -> i128 {
        let mut done = self.done.clone();
        done.insert(op);
        let freed = costs
            .reads(op)
            .into_iter()
            .filter(|&t| costs.dies(t, &done));
        costs.left(op) - freed.map(|t| costs.bytes(t)).sum::<i128>()
    }

    fn run(&mut self, costs: &Costs<'_>, op: OpId) {
        self.live += self.change(costs, op);
        self.done.insert(op);
        self.ready.retain(|&other| other != op);
        let waits = |next: OpId| costs.before(next).iter().any(|&p| !self.done.has(p));
        self.ready
            .extend(costs.after(op).iter().copied().filter(|&next| !waits(next)));
    }

    fn settle(&mut self, costs: &Costs<'_>) {
        let free = |moment: &Self| {
            let mut ready = moment.ready.iter().copied();
            ready.find(|&op| moment.cost(costs, op) < costs.bound && moment.change(costs, op) <= 0)
        };
        while let Some(op) = free(self) {
            self.run(costs, op);
        }
    }
}
