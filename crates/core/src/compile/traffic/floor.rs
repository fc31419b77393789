//! A floor under the traffic of every order: tensors in rows along a good order, each row a problem of its own.
//!
//! What is moved for some tensors does not depend on the others, but for the room that they leave: bounds of rows that share no
//! tensor add up. One row over all tensors sees one crowded step; many short rows see a crowded step each.

use crate::error::Result;
use crate::ids::{Id, Table, TensorId};
use crate::limits::{Limits, Meter};
use crate::memory::{Instance, Target};
use crate::plan::Order;
use crate::schedule::{Options, solve};
use crate::traffic::Parts;
use crate::units::Bytes;

use super::Run;

/// Lengths of rows that are tried at each place, beside all that is left.
const LENGTHS: [usize; 14] = [3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 32, 48];
/// Rows that are solved, at most.
const ROWS: u64 = 12_000;
/// States that one row may cost; beyond, the bound found until then counts.
const STATES: u64 = 2_000;

/// One row over all, if none of the orders has a working set below `least`.
pub(super) fn by_whole(parts: &Parts<'_>, least: Bytes) -> Bytes {
    match parts.forced_elsewhere() {
        Bytes::ZERO => parts.price(parts.quiet(), least),
        _ => Bytes::ZERO,
    }
}

impl Run<'_> {
    /// The best cut into rows of the quiet tensors along `order`; the others with what is forced for each.
    pub(super) fn by_parts(&self, parts: &Parts<'_>, order: &Order) -> Result<Bytes> {
        let row = self.along(parts, order);
        let mut meter = Meter::start(&self.limits(ROWS));
        // The floor of all before a place.
        let mut floors = vec![Bytes::ZERO; row.len() + 1];
        for from in 0..row.len() {
            let left = row.len() - from;
            let next = floors[from] + parts.forced(&row[from..=from]);
            floors[from + 1] = floors[from + 1].max(next);
            for length in LENGTHS.into_iter().filter(|&n| n < left).chain([left]) {
                let some = &row[from..from + length];
                let floor = floors[from] + self.row(parts, some, &mut meter)?;
                let at = &mut floors[from + length];
                *at = floor.max(*at);
            }
        }
        Ok(parts.forced_elsewhere() + floors[row.len()])
    }

    /// What is moved for the tensors of a row, at least.
    fn row(&self, parts: &Parts<'_>, row: &[TensorId], meter: &mut Meter) -> Result<Bytes> {
        let is_fed = |t: &TensorId| parts.is_fed(*t);
        let unfed: Vec<TensorId> = row.iter().copied().filter(|t| !is_fed(t)).collect();
        // Inputs are cheap to evict: without them what is left may say more.
        let candidates = [Some(row), row.iter().any(is_fed).then_some(&unfed[..])];
        let mut floor = parts.forced(row);
        for some in candidates.into_iter().flatten() {
            if parts.bytes(some) > self.problem.capacity() && meter.tick().is_ok() {
                let others = parts.forced(row) - parts.forced(some);
                let least = self.least_alone(parts, some)?;
                floor = floor.max(others + parts.price(some, least));
            }
        }
        Ok(floor)
    }

    /// No order has a step at which fewer bytes of these tensors are needed.
    fn least_alone(&self, parts: &Parts<'_>, row: &[TensorId]) -> Result<Bytes> {
        let graph = parts.alone(row)?;
        let options = Options {
            limits: Limits {
                nodes: STATES,
                ..self.limits(STATES)
            },
            switches: self.search.switches,
            ..Options::default()
        };
        Ok(solve(&Instance::new(&graph, &Target::TFLM), &options).bound)
    }

    /// The quiet tensors by the step of `order` that first touches them.
    fn along(&self, parts: &Parts<'_>, order: &Order) -> Vec<TensorId> {
        let mut first: Table<TensorId, u32> = Table::filled(u32::MAX, self.graph.tensors().len());
        for (&op, step) in order.ops().iter().zip(0..) {
            let op = self.graph.op(op);
            let touched = op.reads().chain(op.outputs.iter().copied());
            touched.for_each(|t| first[t] = first[t].min(step));
        }
        let mut row = parts.quiet().to_vec();
        row.sort_by_key(|&t| (first[t], t.index()));
        row
    }
}
