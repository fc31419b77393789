//! Flows that prove where the live bytes are lowest.
//!
//! Let `L` and `H` be downsets, `L` part of `H`, and `B = H - L`.
//!
//! **Below.** Statement: `f(A) >= f(H)` for all downsets `A` between `L` and `H`, if the bytes that each operator of `B`
//! leaves behind can be sent along edges of `B` forwards into tensors that are gone after `H`, entered from a reader in
//! `B`, none taking more than its size. Proof: let `S = H - A`, which holds all successors in `B` of its members. What
//! is live after `H` and not after `A` was made in `S`; so `f(H) - f(A)` is what `S` leaves behind, less the tensors
//! gone after `H` that have a reader in `S` (one that is made in `S` too counts on both sides). All that `S` leaves
//! behind stays in `S` on its way and ends in such tensors, so it is no more than they hold.
//!
//! **Above.** Statement: `f(A) >= f(L)` for all such `A`, if every tensor that is there after `L` or made in `B`, and gone
//! after `H`, can be filled to its size from what operators of `B` leave behind, along edges of `B` backwards from its readers
//! in `B` to the operators, none giving more than it leaves. Proof: let `S = A - L`, which holds all predecessors in `B` of its
//! members. `f(A) - f(L)` is what `S` leaves behind, less the tensors whose last readers are in `S`. These are filled
//! through readers in `S` from operators in `S`, so they hold no more.

use crate::ids::{Id, OpId, TensorId};
use crate::plan::Flow;

use super::walk::{Costs, Set};

/// Why a flow proves nothing.
pub(super) type Fault = String;

struct Ledger<'c, 'g> {
    costs: &'c Costs<'g>,
    between: Vec<bool>,
    /// What each operator still has to send on.
    excess: Vec<i128>,
    /// What each tensor exchanged.
    moved: Vec<i128>,
}

impl<'c, 'g> Ledger<'c, 'g> {
    fn new(costs: &'c Costs<'g>, low: &Set, high: &Set) -> Self {
        let ops = costs.graph.ops().ids();
        Self {
            costs,
            between: ops.map(|op| high.has(op) && !low.has(op)).collect(),
            excess: vec![0; costs.ops()],
            moved: vec![0; costs.graph.tensors().len()],
        }
    }

    fn is_between(&self, op: OpId) -> bool {
        self.between.get(op.index()).copied().unwrap_or(false)
    }

    /// Books what goes along edges; `forward` says which way.
    fn along(&mut self, flow: &Flow, forward: bool) -> Result<(), Fault> {
        for &(from, to, bytes) in &flow.along {
            let (first, second) = if forward { (from, to) } else { (to, from) };
            let edge = self.is_between(from)
                && self.is_between(to)
                && self.costs.before(second).contains(&first);
            if !edge {
                return Err(format!(
                    "the flow from {from} to {to} follows no edge inside"
                ));
            }
            self.excess[from.index()] -= i128::from(bytes.get());
            self.excess[to.index()] += i128::from(bytes.get());
        }
        Ok(())
    }

    /// Books what goes between tensors and readers.
    fn tensors(&mut self, flow: &Flow, into_tensors: bool) -> Result<(), Fault> {
        for &(tensor, op, bytes) in &flow.tensors {
            let known = self.costs.graph.tensors().get(tensor).is_some();
            if !known || !self.is_between(op) || !self.costs.readers(tensor).contains(&op) {
                return Err(format!("{op} is no reader of {tensor} inside"));
            }
            let bytes = i128::from(bytes.get());
            self.moved[tensor.index()] += bytes;
            self.excess[op.index()] += if into_tensors { -bytes } else { bytes };
        }
        Ok(())
    }

    fn inside(&self) -> impl Iterator<Item = OpId> + '_ {
        let ops = self.costs.graph.ops().ids();
        ops.filter(|op| self.between[op.index()])
    }
}

/// Whether `flow` proves that nothing between `low` and `high` leaves less than `high`.
pub(super) fn check_below(
    costs: &Costs<'_>,
    low: &Set,
    high: &Set,
    flow: &Flow,
) -> Result<(), Fault> {
    let mut ledger = Ledger::new(costs, low, high);
    ledger.along(flow, true)?;
    ledger.tensors(flow, true)?;
    if let Some(op) = ledger
        .inside()
        .find(|&op| ledger.excess[op.index()] + costs.left(op) != 0)
    {
        return Err(format!("what {op} leaves behind is not sent on exactly"));
    }
    for &(t, ..) in &flow.tensors {
        if !costs.dies(t, high) {
            return Err(format!("{t} takes bytes but is not gone"));
        }
        if ledger.moved[t.index()] > costs.bytes(t) {
            return Err(format!("{t} takes more bytes than it has"));
        }
    }
    Ok(())
}

/// Whether `flow` proves that nothing between `low` and `high` leaves less than `low`.
pub(super) fn check_above(
    costs: &Costs<'_>,
    low: &Set,
    high: &Set,
    flow: &Flow,
) -> Result<(), Fault> {
    let mut ledger = Ledger::new(costs, low, high);
    ledger.along(flow, false)?;
    ledger.tensors(flow, false)?;
    for op in ledger.inside() {
        let taken = ledger.excess[op.index()];
        if taken < 0 || taken > costs.left(op) {
            return Err(format!("{op} gives more than it leaves behind"));
        }
        for t in costs.reads(op) {
            if costs.dies(t, high) && ledger.moved[t.index()] != costs.bytes(t) {
                return Err(format!("{t} is not filled to its size"));
            }
        }
    }
    let fed = |&(t, ..): &(TensorId, OpId, _)| costs.dies(t, high);
    match flow.tensors.iter().find(|entry| !fed(entry)) {
        Some((t, ..)) => Err(format!("{t} is filled but is not gone")),
        None => Ok(()),
    }
}
