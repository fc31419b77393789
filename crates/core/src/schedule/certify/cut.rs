//! Where the live bytes are lowest between two downsets, with the flows that prove it.

use crate::check::{Costs, Set};
use crate::ids::{Id, OpId, TensorId};
use crate::plan::Flow;
use crate::schedule::bound::Closure;
use crate::units::Bytes;

const NONE: u32 = u32::MAX;

/// Minimum cuts between downsets `low` and `high`; items are operators, then tensors.
struct Cut<'c, 'g> {
    costs: &'c Costs<'g>,
    closure: Closure,
    ops: Vec<OpId>,
    tensors: Vec<TensorId>,
    item: Vec<u32>,
}

impl<'c, 'g> Cut<'c, 'g> {
    fn new(costs: &'c Costs<'g>, low: &Set, high: &Set) -> Self {
        let all = costs.graph.ops().ids();
        let ops: Vec<OpId> = all.filter(|&op| high.has(op) && !low.has(op)).collect();
        let mut item = vec![NONE; costs.ops()];
        ops.iter().zip(0..).for_each(|(op, i)| item[op.index()] = i);
        let mut closure = Closure::default();
        closure.reset(ops.len() as u32);
        Self {
            costs,
            closure,
            ops,
            tensors: Vec::new(),
            item,
        }
    }

    /// Chooses what to take away from `high`: what an operator leaves is gained, tensors that its reading ends come back.
    fn taking_away(costs: &'c Costs<'g>, low: &Set, high: &Set) -> Self {
        let mut cut = Self::new(costs, low, high);
        cut.build(high, |costs, op| costs.after(op), -1);
        cut
    }

    /// Chooses what to add to `low`: what an operator leaves is paid, tensors that nobody reads any more are gained.
    fn adding(costs: &'c Costs<'g>, low: &Set, high: &Set) -> Self {
        let mut cut = Self::new(costs, low, high);
        cut.build(high, |costs, op| costs.before(op), 1);
        cut
    }

    fn build(&mut self, high: &Set, forced: impl Fn(&Costs<'g>, OpId) -> &'g [OpId], sign: i64) {
        let mut place = vec![NONE; self.costs.graph.tensors().len()];
        for i in 0..self.ops.len() {
            let op = self.ops[i];
            self.closure
                .weigh(i as u32, sign * self.costs.left(op) as i64);
            for other in forced(self.costs, op) {
                if self.item[other.index()] != NONE {
                    self.closure.require(i as u32, self.item[other.index()]);
                }
            }
            for t in self.costs.reads(op) {
                if self.costs.bytes(t) == 0 || !self.costs.dies(t, high) {
                    continue;
                }
                if place[t.index()] == NONE {
                    place[t.index()] = self.closure.item(-sign * self.costs.bytes(t) as i64);
                    self.tensors.push(t);
                }
                match sign {
                    1 => self.closure.require(place[t.index()], i as u32),
                    _ => self.closure.require(i as u32, place[t.index()]),
                }
            }
        }
    }

    fn flow(&self) -> Flow {
        let mut flow = Flow::default();
        let ops = self.ops.len();
        for (from, to, bytes) in self.closure.carried() {
            let (from, to, bytes) = (from as usize, to as usize, Bytes(bytes as u64));
            let tensor = |item: usize| self.tensors[item - ops];
            if from >= ops {
                flow.tensors.push((tensor(from), self.ops[to], bytes));
            } else if to >= ops {
                flow.tensors.push((tensor(to), self.ops[from], bytes));
            } else {
                flow.along.push((self.ops[from], self.ops[to], bytes));
            }
        }
        flow
    }
}

/// The operators of the largest downset between `low` and `high` with the fewest live bytes that are not in `low`.
pub(super) fn lowest(costs: &Costs<'_>, low: &Set, high: &Set) -> Vec<OpId> {
    let mut cut = Cut::taking_away(costs, low, high);
    cut.closure.lightest();
    let gone = cut.closure.smallest();
    let ops = cut.ops.iter().zip(gone);
    ops.filter(|&(_, gone)| !gone).map(|(&op, _)| op).collect()
}

/// Why nothing between `low` and `high` has fewer live bytes than `high`, if that is so.
pub(super) fn below(costs: &Costs<'_>, low: &Set, high: &Set) -> Option<Flow> {
    let mut cut = Cut::taking_away(costs, low, high);
    (cut.closure.lightest().0 == 0).then(|| cut.flow())
}

/// Why nothing between `low` and `high` has fewer live bytes than `low`, if that is so.
pub(super) fn above(costs: &Costs<'_>, low: &Set, high: &Set) -> Option<Flow> {
    let mut cut = Cut::adding(costs, low, high);
    (cut.closure.lightest().0 == 0).then(|| cut.flow())
}
