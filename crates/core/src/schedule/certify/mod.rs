//! Makes evidence that others can check for a bound that the search found.
//!
//! What is made here is not trusted: [`crate::check::check_certificate`] decides. So this room may use the referee's own walk.

mod closing;
mod cut;
#[cfg(test)]
mod tests;

use crate::check::{Costs, Set};
use crate::graph::Graph;
use crate::ids::{Id, OpId, TensorId};
use crate::memory::{Instance, Target, profile};
use crate::plan::{Around, Certificate, Evidence, Family, Order};
use crate::units::Bytes;

use super::net::Reach;
use closing::{Closing, Failure};

/// Operators around which the live bytes are looked at.
const MOST_AROUND: usize = 64;
/// First states that are tried.
const MOST_STARTS: usize = 8;
/// Steps on either side of the peak that make a window.
const WINDOWS: [usize; 6] = [4, 8, 16, 32, 64, 128];
/// States that a search through a window may take; through the whole graph `MOST_STATES`.
const MOST_IN_WINDOW: usize = 5_000;

/// A certificate for `order` and `bound`, complete where short evidence is found.
#[must_use]
pub fn certify(graph: &Graph, target: &Target, order: &Order, bound: Bytes) -> Certificate {
    let instance = Instance::new(graph, target);
    let measured = profile(&instance, order);
    Certificate {
        order: order.clone(),
        peak: measured.peak,
        bound,
        evidence: Maker::new(graph, target, order, bound, &measured.steps).evidence(),
    }
}

struct Maker<'g> {
    graph: &'g Graph,
    target: &'g Target,
    order: &'g Order,
    bound: Bytes,
    /// Steps of the order that cost the bound or more, dearest first.
    dear: Vec<usize>,
    costs: Costs<'g>,
}

impl<'g> Maker<'g> {
    fn new(
        graph: &'g Graph,
        target: &'g Target,
        order: &'g Order,
        bound: Bytes,
        steps: &[Bytes],
    ) -> Self {
        let mut dear: Vec<usize> = (0..steps.len()).filter(|&s| steps[s] >= bound).collect();
        dear.sort_by_key(|&s| std::cmp::Reverse(steps[s]));
        Self {
            graph,
            target,
            order,
            bound,
            dear,
            costs: Costs::new(graph, target, bound),
        }
    }

    fn evidence(&self) -> Evidence {
        let mut ops = self.graph.ops().ids();
        if let Some(op) = ops.find(|&op| self.costs.alone(op) >= self.costs.bound) {
            return Evidence::Operator { op };
        }
        let dear = self.dear.iter().take(MOST_AROUND);
        let mut around = dear.filter_map(|&step| self.around(self.order.ops()[step]));
        if let Some(around) = around.next() {
            return Evidence::Around(around);
        }
        match self.family() {
            Ok(family) => Evidence::States(family),
            Err(failure) => Evidence::None {
                reason: match failure {
                    Failure::Way => "no part of the graph alone was found to prove it",
                    Failure::Long => {
                        "a proof was found to need more states than a certificate may have"
                    }
                }
                .to_owned(),
            },
        }
    }

    fn around(&self, op: OpId) -> Option<Around> {
        let (low, later) = (self.costs.ancestors(op), self.costs.descendants(op));
        let mut high = Set::new(self.costs.ops());
        let others = self.graph.ops().ids().filter(|&o| o != op && !later.has(o));
        others.for_each(|other| high.insert(other));
        let lowest = cut::lowest(&self.costs, &low, &high);
        let mut done = low.clone();
        lowest.iter().for_each(|&other| done.insert(other));
        if self.costs.live(&done) + self.costs.least_made(op) < self.costs.bound {
            return None;
        }
        Some(Around {
            op,
            below: cut::below(&self.costs, &low, &done)?,
            above: cut::above(&self.costs, &done, &high)?,
            lowest,
        })
    }

    /// A closed family: in a window where one is enough, else in the whole graph.
    fn family(&self) -> Result<Family, Failure> {
        let starts = self.starts();
        let mut failure = Failure::Way;
        for radius in WINDOWS {
            for &(step, start) in &starts {
                let dropped = self.outside(step, radius);
                match self.closed(start, dropped, MOST_IN_WINDOW) {
                    Ok(family) => return Ok(family),
                    Err(found) => failure = found,
                }
            }
        }
        for &(_, start) in &starts {
            match self.closed(start, Vec::new(), usize::MAX) {
                Ok(family) => return Ok(family),
                Err(found) => failure = found,
            }
        }
        Err(failure)
    }

    fn closed(&self, start: usize, dropped: Vec<TensorId>, most: usize) -> Result<Family, Failure> {
        let mut costs = Costs::new(self.graph, self.target, self.bound);
        dropped.iter().for_each(|&t| costs.drop_tensor(t));
        let start = &self.order.ops()[..start];
        let mut done = Set::new(costs.ops());
        start.iter().for_each(|&op| done.insert(op));
        let states = Closing::family(&costs, done, most)?;
        let start = start.to_vec();
        Ok(Family {
            dropped,
            start,
            states,
        })
    }

    /// The last forced downset before each dear step: pairs of a step and how many operators have run.
    fn starts(&self) -> Vec<(usize, usize)> {
        let before = |op: u32| -> Vec<u32> {
            let list = self.costs.before(OpId(op)).iter();
            list.map(|p| p.0).collect()
        };
        let lists: Vec<Vec<u32>> = (0..self.costs.ops() as u32).map(before).collect();
        let reach = Reach::new(lists.len(), |op| &lists[op as usize]);
        let mut forced = vec![false; lists.len()];
        let mut least = u32::MAX;
        for (step, &op) in self.order.ops().iter().enumerate().rev() {
            least = least.min(reach.count(op.0));
            // `step` operators have run; all others have so many ancestors.
            forced[step] = step == 0 || reach.is_known() && least as usize == step;
        }
        let mut starts: Vec<(usize, usize)> = Vec::new();
        for &step in &self.dear {
            let start = (0..=step).rev().find(|&s| forced[s]).unwrap_or(0);
            if starts.len() < MOST_STARTS && starts.iter().all(|&(_, known)| known != start) {
                starts.push((step, start));
            }
        }
        starts
    }

    /// Tensors that no operator near `step` touches.
    fn outside(&self, step: usize, radius: usize) -> Vec<TensorId> {
        let ops = self.order.ops();
        let near = &ops[step.saturating_sub(radius)..(step + radius + 1).min(ops.len())];
        let mut touched = vec![false; self.graph.tensors().len()];
        for &op in near {
            let written = self.graph.op(op).outputs.iter().copied();
            let both = self.costs.reads(op).into_iter().chain(written);
            both.for_each(|t| touched[t.index()] = true);
        }
        let all = self.graph.tensors().ids();
        all.filter(|&t| self.costs.bytes(t) > 0 && !touched[t.index()])
            .collect()
    }
}
