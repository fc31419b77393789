//! Rules without look-ahead: of the operators that are ready, run the one that looks best now.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::ids::{Id, OpId, Table, TensorId};
use crate::memory::{Instance, profile};
use crate::plan::Order;

/// What makes a ready operator look best. Ties are broken by the other figure, then by file order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The fewest bytes live after the step.
    LeastAfter,
    /// The fewest bytes live during the step, that is, written by it.
    LeastDuring,
    /// First what leaves no more behind than it found, the cheapest step first; then, as all that is left grows the
    /// memory, what falls deepest from its step to what it leaves behind. Liu's order of hills and valleys (1987)
    /// for segments of a single operator.
    HillThenValley,
}

impl Rule {
    /// All rules; [`greedy`] prefers the first of equals.
    pub const ALL: &[Self] = &[Self::LeastAfter, Self::LeastDuring, Self::HillThenValley];

    /// Smaller is better, for an operator that writes `written` bytes, `spared` of them in place, and frees `freed`.
    fn key(self, written: u64, spared: u64, freed: u64) -> (u8, i128, i128) {
        let hill = i128::from(written) - i128::from(spared);
        let left = i128::from(written) - i128::from(freed);
        match self {
            Self::LeastAfter => (0, left, hill),
            Self::LeastDuring => (0, hill, left),
            Self::HillThenValley if left <= 0 => (0, hill, left),
            Self::HillThenValley => (1, left - hill, hill),
        }
    }
}

/// The order with the smallest peak among those of all [`Rule`]s, measured by the ruler.
#[must_use]
pub fn greedy(instance: &Instance<'_>) -> Order {
    let orders = Rule::ALL.iter().map(|&rule| greedy_by(instance, rule));
    orders
        .min_by_key(|order| profile(instance, order).peak)
        .unwrap_or_default()
}

/// The order that one rule gives.
#[must_use]
pub fn greedy_by(instance: &Instance<'_>, rule: Rule) -> Order {
    let topology = instance.topology();
    let ops = instance.graph().ops();
    let mut ledger = Ledger::new(instance);
    let mut waits: Table<OpId, usize> = ops
        .ids()
        .map(|op| topology.predecessors(op).len())
        .collect();
    let mut done: Table<OpId, bool> = Table::filled(false, ops.len());
    let mut ready = BinaryHeap::new();
    let offer = |ready: &mut BinaryHeap<_>, ledger: &Ledger, op: OpId| {
        ready.push(Reverse((ledger.key(rule, op), op)));
    };
    ops.ids()
        .filter(|&op| waits[op] == 0)
        .for_each(|op| offer(&mut ready, &ledger, op));
    let mut order = Vec::with_capacity(ops.len());
    while let Some(Reverse((key, op))) = ready.pop() {
        // An operator is offered again whenever it comes to free more; older offers are void.
        if done[op] || key != ledger.key(rule, op) {
            continue;
        }
        done[op] = true;
        order.push(op);
        for changed in ledger.run(op) {
            if waits[changed] == 0 {
                offer(&mut ready, &ledger, changed);
            }
        }
        for &next in topology.successors(op) {
            waits[next] -= 1;
            if waits[next] == 0 {
                offer(&mut ready, &ledger, next);
            }
        }
    }
    Order::new(order)
}

/// What each operator would write and free if it ran now.
struct Ledger {
    written: Table<OpId, u64>,
    freed: Table<OpId, u64>,
    /// What it would write over an input.
    spared: Table<OpId, u64>,
    /// For each operator, the tensors that some last reader of theirs frees.
    reads: Table<OpId, Vec<u32>>,
    /// For each of these tensors: its bytes, its readers yet to run, and the sum of their numbers. With one reader left
    /// the sum is its number.
    tensors: Vec<(u64, u32, u64)>,
    /// Who can write over each of them, ascending.
    over: Vec<Vec<OpId>>,
}

impl Ledger {
    fn new(instance: &Instance<'_>) -> Self {
        let ops = instance.ops();
        let mut ledger = Self {
            written: Table::filled(0, ops),
            freed: Table::filled(0, ops),
            spared: Table::filled(0, ops),
            reads: Table::filled(Vec::new(), ops),
            tensors: Vec::new(),
            over: Vec::new(),
        };
        let mut over: Table<TensorId, Vec<OpId>> =
            Table::filled(Vec::new(), instance.graph().tensors().len());
        for place in instance.in_place() {
            place.over.iter().for_each(|&t| over[t].push(place.op));
        }
        for tensor in instance.tensors() {
            let bytes = tensor.bytes.get();
            if let Some(op) = tensor.producer {
                ledger.written[op] += bytes;
            }
            let readers = &*tensor.readers;
            let row = ledger.tensors.len() as u32;
            match (tensor.to_end, readers, tensor.producer) {
                (true, ..) | (_, [], None) => {}
                (_, [], Some(op)) => ledger.freed[op] += bytes,
                (_, readers, _) => {
                    readers.iter().for_each(|&op| ledger.reads[op].push(row));
                    let sum = readers.iter().map(|op| u64::from(op.0)).sum();
                    ledger.tensors.push((bytes, readers.len() as u32, sum));
                    ledger.over.push(std::mem::take(&mut over[tensor.id]));
                    if let [op] = readers {
                        ledger.last_is(row, *op);
                    }
                }
            }
        }
        ledger
    }

    fn key(&self, rule: Rule, op: OpId) -> (u8, i128, i128) {
        rule.key(self.written[op], self.spared[op], self.freed[op])
    }

    /// Only `op` has yet to read the tensor.
    fn last_is(&mut self, row: u32, op: OpId) {
        self.freed[op] += self.tensors[row as usize].0;
        if self.over[row as usize].binary_search(&op).is_ok() {
            self.spared[op] = self.written[op];
        }
    }

    /// Books a step and lists the operators that have become the last reader of a tensor by it.
    fn run(&mut self, op: OpId) -> Vec<OpId> {
        let mut changed = Vec::new();
        for row in std::mem::take(&mut self.reads[op]) {
            let (_, readers, sum) = &mut self.tensors[row as usize];
            *readers -= 1;
            *sum -= u64::from(op.0);
            if *readers == 1 {
                let last = OpId::from_index(*sum as usize);
                self.last_is(row, last);
                changed.push(last);
            }
        }
        changed
    }
}
