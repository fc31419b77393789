//! States from which no way on stays below a bound.
//!
//! Statement: if every state of the family (a) has not run everything, and (b) either is committed, or each operator that can
//! run next costs at least the bound or leads, after free moves, to a state of the family, then no way from a
//! state of the family to the end stays below the bound. Proof: by induction from the largest states down, as both kinds of
//! steps lead to larger ones; free moves are justified at [`Moment`], commits here.
//!
//! A *commit* replaces `D` by a downset `E` that contains it, with `f(A) >= f(E)` for all `A` between them. Statement: if `E` has
//! no way to the end below the bound, nor has `D`. Proof: let `P` be on a way from `D`. As `f` is submodular,
//! `f(P | E) <= f(P) + f(E) - f(P & E) <= f(P)`: uniting the way with `E` gives one from `E` that costs no more (what is
//! written in place where less has run is so where more has).
//!
//! The first state is a *forced* downset: every operator outside has all of it as ancestors, so whatever the order, it has run
//! before the first operator outside does.

use std::collections::HashSet;

use crate::ids::{Id, OpId};
use crate::plan::{Family, MOST_STATES, State};

use super::flow::check_below;
use super::moment::Moment;
use super::walk::{Costs, Set};

/// Whether `family` proves that no order stays below the bound.
pub(super) fn check(mut costs: Costs<'_>, family: &Family) -> Result<(), String> {
    for &tensor in &family.dropped {
        if costs.graph.tensors().get(tensor).is_none() {
            return Err(format!("dropped: there is no tensor {tensor}"));
        }
        costs.drop_tensor(tensor);
    }
    if family.states.len() > MOST_STATES {
        return Err(format!("states: more than {MOST_STATES}"));
    }
    let mut closing = Closing {
        costs: &costs,
        moments: vec![forced(&costs, &family.start)?],
        committed: vec![false],
    };
    for (state, number) in family.states.iter().zip(1u32..) {
        closing
            .add(state)
            .map_err(|fault| format!("state {number}: {fault}"))?;
    }
    closing.close()
}

/// The moment after `start`, if every order passes through it.
fn forced(costs: &Costs<'_>, start: &[OpId]) -> Result<Moment, String> {
    let done = with(costs, &Set::new(costs.ops()), start)?;
    let ready = |&op: &OpId| !done.has(op) && costs.before(op).iter().all(|&p| done.has(p));
    let mut next = costs.graph.ops().ids().filter(ready);
    // What can run next has ancestors in `start` only; all else outside comes after some of that.
    if let Some(op) = next.find(|&op| costs.ancestors(op).len() != done.len()) {
        return Err(format!("start: {op} can run before all of it has"));
    }
    Ok(Moment::after(costs, done))
}

/// `done` with `ops`, a larger downset.
fn with(costs: &Costs<'_>, done: &Set, ops: &[OpId]) -> Result<Set, String> {
    let mut all = done.clone();
    for &op in ops {
        if op.index() >= costs.ops() || all.has(op) {
            return Err(format!("{op} is unknown or has run before"));
        }
        all.insert(op);
    }
    if costs.is_downset(&all) {
        Ok(all)
    } else {
        Err("an operator is without what must run before it".to_owned())
    }
}

struct Closing<'c, 'g> {
    costs: &'c Costs<'g>,
    moments: Vec<Moment>,
    committed: Vec<bool>,
}

impl Closing<'_, '_> {
    fn from(&self, number: u32) -> Result<&Moment, String> {
        let known = self.moments.get(number as usize);
        known.ok_or_else(|| format!("there is no earlier state {number}"))
    }

    fn add(&mut self, state: &State) -> Result<(), String> {
        let moment = match state {
            &State::Run(from, op) => {
                let before = self.from(from)?;
                if !before.ready.contains(&op) {
                    return Err(format!("{op} cannot run there, or has run"));
                }
                before.step(self.costs, op)
            }
            State::Commit { from, ops, flow } => {
                let before = self.from(*from)?;
                let done = with(self.costs, &before.done, ops)?;
                if ops.is_empty() {
                    return Err("a commit to itself".to_owned());
                }
                check_below(self.costs, &before.done, &done, flow)?;
                self.committed[*from as usize] = true;
                Moment::after(self.costs, done)
            }
        };
        self.moments.push(moment);
        self.committed.push(false);
        Ok(())
    }

    /// Whether no way leads out of the family. A state may be told twice: what closes it once closes it.
    fn close(&self) -> Result<(), String> {
        let known: HashSet<&Set> = self.moments.iter().map(|m| &m.done).collect();
        let numbered = || self.moments.iter().zip(&self.committed);
        let left = numbered().filter(|&(_, &committed)| committed);
        let left: HashSet<&Set> = left.map(|(m, _)| &m.done).collect();
        for (number, (moment, _)) in numbered().enumerate() {
            if moment.ready.is_empty() {
                return Err(format!(
                    "state {number} is the end, reached below the bound"
                ));
            }
            if left.contains(&moment.done) {
                continue;
            }
            for &op in &moment.ready {
                let cheap = moment.cost(self.costs, op) < self.costs.bound;
                if cheap && !known.contains(&moment.step(self.costs, op).done) {
                    return Err(format!("state {number}: {op} leads out of the family"));
                }
            }
        }
        Ok(())
    }
}
