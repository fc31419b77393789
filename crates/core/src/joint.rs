//! Orders and arenas together: an order whose arena is small, not only its peak.
//!
//! A runtime that packs greedily can need more for a better order, and a layout as low as the peak can be impossible for one order and
//! possible for another of the same peak. So [`improve`] tries other orders, step by step from the best one known, and measures them by what
//! the runtime's planner (or, where the runtime honours a plan, the exact packing) makes of them.

mod goal;
mod walk;

#[cfg(test)]
mod tests;

use crate::arena::{self, bound, greedy, pack};
use crate::error::Result;
use crate::graph::Graph;
use crate::limits::{Limits, Meter};
use crate::memory::{Buffers, Instance, KernelLibrary, Target, profile, runtime_buffers};
use crate::packing::Problem;
use crate::plan::{Layout, Order};
use crate::units::Bytes;

use goal::Goal;
use walk::Walk;

/// Whose arena counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offsets {
    /// The runtime's own planner's.
    Runtime,
    /// The lowest layout, as the runtime honours a plan.
    Planned,
}

/// How the arena of an order is measured.
#[derive(Clone, Copy, Debug)]
pub struct Deployment<'a> {
    /// The kernels that may run the graph. An arena is measured for each.
    pub kernels: &'a [KernelLibrary],
    /// Who places tensors.
    pub offsets: Offsets,
}

/// What an order needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The arena with each kernel library.
    pub arenas: Vec<Bytes>,
    /// Live bytes of tensors alone.
    pub peak: Bytes,
}

impl Need {
    /// Whether no arena is larger than the one of `others`.
    #[must_use]
    pub fn is_within(&self, others: &[Bytes]) -> bool {
        self.excess(others) == Bytes::ZERO
    }

    /// By how much arenas are larger than these, together.
    fn excess(&self, ceilings: &[Bytes]) -> Bytes {
        let pairs = self.arenas.iter().zip(ceilings);
        let above = pairs.map(|(arena, &ceiling)| arena.saturating_sub(ceiling));
        above.sum()
    }

    fn total(&self) -> Bytes {
        self.arenas.iter().copied().sum()
    }
}

/// The best order met, and what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The order.
    pub order: Order,
    /// What it needs.
    pub need: Need,
    /// Orders looked at.
    pub orders: u64,
}

/// A graph whose orders are measured.
#[derive(Debug)]
pub struct Task<'a> {
    instance: Instance<'a>,
    target: &'a Target,
    deployment: Deployment<'a>,
}

/// Placements that one exact packing may cost here.
const PLACEMENTS: u64 = 2_000;

/// By how much the peak may exceed the smallest one where that makes arenas smaller: one part in so many.
const LOOSER: u64 = 8;

impl<'a> Task<'a> {
    /// `graph` on `target`, deployed like this.
    #[must_use]
    pub fn new(graph: &'a Graph, target: &'a Target, deployment: Deployment<'a>) -> Self {
        Self {
            instance: Instance::new(graph, target),
            target,
            deployment,
        }
    }

    /// What `order`, which must hold every operator once, needs.
    ///
    /// # Errors
    /// A tensor too large for any arena.
    pub fn need(&self, order: &Order) -> Result<Need> {
        Ok(self.measure(order)?.0)
    }

    /// What `order` needs, and the placements that the exact packer tried to know it.
    fn measure(&self, order: &Order) -> Result<(Need, u64)> {
        let mut spent = 0;
        let mut need = Need {
            arenas: Vec::with_capacity(self.deployment.kernels.len()),
            peak: self.peak(order),
        };
        for problem in self.problems(order) {
            let (layout, nodes) = self.layout(&problem?);
            need.arenas.push(layout.height);
            spent += nodes;
        }
        Ok((need, spent))
    }

    /// What `order` packs with each kernel library, and where everything lies.
    pub fn layouts(&self, order: &Order) -> impl Iterator<Item = Result<(Problem, Layout)>> {
        self.problems(order).map(|problem| {
            let problem = problem?;
            let layout = self.layout(&problem).0;
            Ok((problem, layout))
        })
    }

    fn problems(&self, order: &Order) -> impl Iterator<Item = Result<Problem>> {
        self.buffers(order).map(|buffers| Ok(buffers?.problem))
    }

    fn buffers(&self, order: &Order) -> impl Iterator<Item = Result<Buffers>> {
        let (graph, target) = (self.instance.graph(), self.target);
        let buffers =
            move |library: &KernelLibrary| runtime_buffers(graph, target, order, &library.scratch);
        self.deployment.kernels.iter().map(buffers)
    }

    fn layout(&self, problem: &Problem) -> (Layout, u64) {
        let greedy = greedy::runtime(self.target.planner, problem);
        let is_final = self.deployment.offsets == Offsets::Runtime;
        if is_final || greedy.height <= bound::height(problem).height {
            return (greedy, 0);
        }
        let limits = Limits {
            nodes: PLACEMENTS,
            ..Limits::default()
        };
        let options = arena::Options {
            limits,
            ..arena::Options::default()
        };
        let packing = pack(problem, &options);
        match packing.layout.height < greedy.height {
            true => (packing.layout, packing.nodes),
            false => (greedy, packing.nodes),
        }
    }

    fn peak(&self, order: &Order) -> Bytes {
        profile(&self.instance, order).peak
    }

    /// Whether each operator of `order` needs the one before it.
    fn is_the_only_order(&self, order: &Order) -> bool {
        let topology = self.instance.topology();
        let mut pairs = order.ops().windows(2);
        pairs.all(|pair| topology.predecessors(pair[1]).contains(&pair[0]))
    }
}

/// What the search for an order starts from.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// The best order by its peak, or any other.
    pub order: &'a Order,
    /// No order has a smaller peak.
    pub bound: Bytes,
    /// No order of a larger peak is wanted.
    pub highest: Bytes,
    /// No arena should be above these, one for each kernel library.
    pub ceilings: &'a [Bytes],
}

/// Looks for an order with smaller arenas: nothing above the ceilings first, then as low as can be.
///
/// First among orders of the same peak, then among those of a peak that is up to an eighth higher, but never above the highest. Ends
/// where arenas are as low as some bound for all orders. Spends the nodes of `limits`, one a buffer placed. The same input
/// gives the same order, as long as only nodes are limited.
///
/// # Errors
/// A tensor too large for any arena.
pub fn improve(task: &Task<'_>, start: &Start<'_>, limits: &Limits) -> Result<Found> {
    let mut found = Found {
        order: start.order.clone(),
        need: task.need(start.order)?,
        orders: 1,
    };
    if task.is_the_only_order(start.order) {
        return Ok(found);
    }
    let goal = Goal::of(task, start)?;
    let peak = found.need.peak;
    let looser = Bytes(peak.get() + peak.get() / LOOSER);
    let half = Limits {
        nodes: limits.nodes / 2,
        ..limits.clone()
    };
    for level in [peak, looser.min(start.highest).max(peak)] {
        let walk = Walk::new(task, &goal, level, found);
        found = walk.run(&mut Meter::start(&half))?;
    }
    Ok(found)
}
