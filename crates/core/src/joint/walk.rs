//! A walk from order to order, downhill and along the level.

use fastrand::Rng;

use crate::error::Result;
use crate::graph::Topology;
use crate::ids::{OpId, Table};
use crate::limits::Meter;
use crate::plan::Order;
use crate::units::Bytes;

use super::goal::Goal;
use super::{Found, Need, Task};

/// Where every walk begins to draw.
const SEED: u64 = 1;

/// A walk: each step moves one or two operators as far as their neighbours in the graph let them, and stands unless arenas grow.
pub(super) struct Walk<'t, 'a> {
    task: &'t Task<'a>,
    topology: &'t Topology,
    goal: &'t Goal<'t>,
    /// No order of a higher peak is entered.
    level: Bytes,
    here: Need,
    ops: Vec<OpId>,
    step_of: Table<OpId, usize>,
    best: Found,
    rng: Rng,
}

/// What became of a step.
enum Entered {
    /// It led to the best order so far.
    Better,
    /// It stands.
    Level,
    /// It is to be taken back.
    No,
}

impl<'t, 'a> Walk<'t, 'a> {
    /// A walk that begins at `from`.
    pub(super) fn new(task: &'t Task<'a>, goal: &'t Goal<'t>, level: Bytes, from: Found) -> Self {
        let ops = from.order.ops().to_vec();
        let mut walk = Self {
            task,
            topology: task.instance.topology(),
            goal,
            level,
            here: from.need.clone(),
            step_of: Table::filled(0, ops.len()),
            ops,
            best: from,
            rng: Rng::with_seed(SEED),
        };
        walk.number(0, walk.ops.len());
        walk
    }

    /// Goes on until the meter stops it or there is nothing to win, and returns the best order met.
    ///
    /// # Errors
    /// A tensor too large for any arena.
    pub(super) fn run(mut self, meter: &mut Meter) -> Result<Found> {
        if self.goal.is_met(self.task, &self.best)? {
            return Ok(self.best);
        }
        let libraries = self.task.deployment.kernels.len();
        let cost = 1 + self.task.instance.tensors().len() * libraries;
        while (0..cost).all(|_| meter.tick().is_ok()) {
            let before = self.ops.clone();
            self.step();
            match self.enter(meter)? {
                Entered::Better if self.goal.is_met(self.task, &self.best)? => break,
                Entered::Better | Entered::Level => {}
                Entered::No => {
                    self.ops = before;
                    self.number(0, self.ops.len());
                }
            }
        }
        Ok(self.best)
    }

    /// Moves one or two operators.
    fn step(&mut self) {
        for _ in 0..1 + self.rng.usize(..2) {
            let Some(&op) = self.rng.choice(&self.ops) else {
                return;
            };
            let from = self.step_of[op];
            let after = self.topology.predecessors(op).iter();
            let before = self.topology.successors(op).iter();
            let low = after.map(|&other| self.step_of[other] + 1).max();
            let end = before.map(|&other| self.step_of[other]).min();
            let to = self
                .rng
                .usize(low.unwrap_or(0)..end.unwrap_or(self.ops.len()));
            if from < to {
                self.ops[from..=to].rotate_left(1);
            } else {
                self.ops[to..=from].rotate_right(1);
            }
            self.number(from.min(to), from.max(to) + 1);
        }
    }

    /// Brings `step_of` up to date for these steps.
    fn number(&mut self, from: usize, end: usize) {
        for step in from..end {
            self.step_of[self.ops[step]] = step;
        }
    }

    /// Takes the new order if its peak is not above the level and its arenas are no larger.
    fn enter(&mut self, meter: &mut Meter) -> Result<Entered> {
        let order = Order::new(self.ops.clone());
        self.best.orders += 1;
        if self.task.peak(&order) > self.level {
            return Ok(Entered::No);
        }
        let (need, placements) = self.task.measure(&order)?;
        // A meter that is used up ends the walk at its next step.
        let _ = (0..placements).try_for_each(|_| meter.tick());
        if self.goal.key(&need) > self.goal.key(&self.here) {
            return Ok(Entered::No);
        }
        self.here = need;
        if self.goal.key(&self.here) < self.goal.key(&self.best.need) {
            self.best.order = order;
            self.best.need = self.here.clone();
            return Ok(Entered::Better);
        }
        Ok(Entered::Level)
    }
}
