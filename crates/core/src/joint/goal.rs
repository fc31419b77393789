//! When an order is better than another, and when none can be.

use crate::arena::bound;
use crate::error::Result;
use crate::graph::Role;
use crate::ids::OpId;
use crate::memory::{Buffers, Planner, runtime_buffers};
use crate::units::Bytes;

use super::{Found, Need, Start, Task};

/// What orders are measured against.
pub(super) struct Goal<'s> {
    ceilings: &'s [Bytes],
    /// No order has a smaller arena: one for each kernel library.
    floors: Vec<Bytes>,
    /// No order has a smaller peak.
    bound: Bytes,
}

impl<'s> Goal<'s> {
    pub(super) fn of(task: &Task<'_>, start: &Start<'s>) -> Result<Self> {
        let floors = task.buffers(start.order).map(|buffers| {
            let buffers = buffers?;
            let operators = start.order.ops().iter().zip(0..);
            let alone = operators.map(|(&op, step)| alone(task, &buffers, op, step));
            Ok(alone.max().unwrap_or_default())
        });
        Ok(Self {
            ceilings: start.ceilings,
            floors: floors.collect::<Result<_>>()?,
            bound: start.bound,
        })
    }

    /// Smaller is better: nothing above the ceilings, then small arenas.
    pub(super) fn key(&self, need: &Need) -> (Bytes, Bytes) {
        (need.excess(self.ceilings), need.total())
    }

    /// Whether no order has smaller arenas, for one of two reasons: some operator alone needs as much; or TFLM, which lets nothing share memory,
    /// keeps this order, of the smallest peak, in arenas that are as low as its tensors without scratch allow.
    pub(super) fn is_met(&self, task: &Task<'_>, found: &Found) -> Result<bool> {
        let need = &found.need;
        if !need.is_within(self.ceilings) {
            return Ok(false);
        }
        if need.is_within(&self.floors) {
            return Ok(true);
        }
        if task.target.planner != Planner::Tflm || need.peak > self.bound {
            return Ok(false);
        }
        let tensors = runtime_buffers(task.instance.graph(), task.target, &found.order, &[])?;
        let bound = bound::height(&tensors.problem).height;
        Ok(need.arenas.iter().all(|&arena| arena <= bound))
    }
}

/// What `op` needs in any order, being at `step` of the one that `buffers` are for: its operands, its scratch, and what is live in every
/// step. The one on top may end where it likes, all others are followed by an offset, a multiple of the alignment.
fn alone(task: &Task<'_>, buffers: &Buffers, op: OpId, step: u64) -> Bytes {
    let rows = buffers.problem.buffers();
    let graph = task.instance.graph();
    let operator = &graph.ops()[op];
    let operands = operator.reads().chain(operator.outputs.iter().copied());
    let operands: Vec<_> = operands.filter_map(|t| buffers.places[t]).collect();
    let (mut sum, mut slack) = (Bytes::ZERO, Bytes::ZERO);
    for (id, buffer) in rows.iter() {
        let tensor = buffers.tensors.get(id);
        let is_kept = tensor.is_some_and(|&t| {
            let is_input = task.target.keeps_inputs && graph.inputs().contains(&t);
            is_input || graph.tensor(t).role == Role::Variable
        });
        let is_scratch = tensor.is_none() && buffer.start == step;
        if is_kept || is_scratch || operands.contains(&id) {
            let rounded = buffer.size.align_up(buffer.alignment);
            sum += rounded;
            slack = slack.max(rounded - buffer.size);
        }
    }
    sum - slack
}
