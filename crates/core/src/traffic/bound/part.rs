//! What is moved for some of the tensors, whatever the order: bounds that add up over tensors told apart.

use crate::error::Result;
use crate::graph::{Graph, GraphBuilder, Op, OpKind};
use crate::ids::{Id, OpId, TensorId};
use crate::units::Bytes;

use super::barriers::moved_by_barriers;
use crate::traffic::Problem;

/// Sums of sizes that [`price`](Parts::price) goes through, in units of what divides all sizes.
const MOST_UNITS: u64 = 1 << 16;

/// The tensors of a problem, and what is known of each alone.
pub struct Parts<'p> {
    problem: &'p Problem<'p>,
    /// What operators that stream make of each tensor in every order, compulsory bytes included.
    forced: Vec<Bytes>,
    quiet: Vec<TensorId>,
}

impl<'p> Parts<'p> {
    /// The parts of `problem`.
    #[must_use]
    pub fn new(problem: &'p Problem<'p>) -> Self {
        let all: Vec<u32> = (0..problem.size.len() as u32).collect();
        let mut is_quiet: Vec<bool> = all.iter().map(|&t| problem.is_moved(t as usize)).collect();
        let ops = problem.graph.ops().ids();
        for op in ops.filter(|&op| problem.streams(op)) {
            problem.needs(op).for_each(|t| is_quiet[t as usize] = false);
        }
        Self {
            problem,
            forced: moved_by_barriers(problem, &all),
            quiet: all
                .into_iter()
                .filter(|&t| is_quiet[t as usize])
                .map(TensorId)
                .collect(),
        }
    }

    /// The tensors that no operator touches that streams: while one is needed later, it is on chip, or has been and is read again.
    #[must_use]
    pub fn quiet(&self) -> &[TensorId] {
        &self.quiet
    }

    /// Whether the caller feeds the tensor.
    #[must_use]
    pub fn is_fed(&self, tensor: TensorId) -> bool {
        self.problem.fed[tensor.index()]
    }

    /// Bytes of some tensors.
    #[must_use]
    pub fn bytes(&self, tensors: &[TensorId]) -> Bytes {
        Bytes(self.problem.bytes(tensors.iter().map(|t| t.0)))
    }

    /// What is moved for some tensors because operators stream, compulsory bytes included.
    #[must_use]
    pub fn forced(&self, tensors: &[TensorId]) -> Bytes {
        tensors.iter().map(|t| self.forced[t.index()]).sum()
    }

    /// What is moved for all tensors that are not quiet.
    #[must_use]
    pub fn forced_elsewhere(&self) -> Bytes {
        self.forced.iter().copied().sum::<Bytes>() - self.forced(&self.quiet)
    }

    /// What is moved for some quiet tensors in every order, compulsory bytes included, if in none there is a step at which fewer than
    /// `least` bytes of them are needed, then or later, of what was read or written already.
    ///
    /// At such a step those that are not on chip, `least` minus the memory at least, have been there, and are read again: not
    /// their first time, so beyond the compulsory. Those without a copy off chip that is compulsory, all but inputs and outputs
    /// of the graph, were written on leaving as well. Tensors move whole, so the cheapest choice of enough of them counts.
    #[must_use]
    pub fn price(&self, tensors: &[TensorId], least: Bytes) -> Bytes {
        let away = least.get().saturating_sub(self.problem.capacity);
        let items = tensors.iter().map(|&t| {
            let size = self.problem.size[t.index()];
            let is_copied = self.problem.fed[t.index()] || self.problem.wanted[t.index()];
            (
                size,
                if is_copied {
                    size
                } else {
                    size.saturating_mul(2)
                },
            )
        });
        let read = items.filter(|_| away > 0);
        let read: Vec<(u64, u64)> = read
            .zip(tensors)
            .filter(|(_, t)| self.problem.readers[t.index()] > 0)
            .map(|(item, _)| item)
            .collect();
        let compulsory = tensors
            .iter()
            .map(|t| self.problem.compulsory_of(t.index()));
        compulsory.sum::<Bytes>() + Bytes(cheapest(&read, away))
    }

    /// The operators that touch `tensors`, in the order that the whole graph demands of them, and nothing but these tensors: inputs are
    /// written by operators of their own, as in [`detached`](crate::traffic::detached). The smallest peak of its orders is `least` of [`Self::price`].
    ///
    /// # Errors
    /// The graph cannot be built, which is a bug.
    pub fn alone(&self, tensors: &[TensorId]) -> Result<Graph> {
        let problem = self.problem;
        let mut builder = GraphBuilder::new(problem.graph.name());
        let mut place = vec![None; problem.size.len()];
        for &t in tensors {
            place[t.index()] = Some(builder.tensor(problem.graph.tensor(t).clone()));
        }
        let kept = |list: &[u32]| -> Vec<TensorId> {
            list.iter().filter_map(|&t| place[t as usize]).collect()
        };
        let mut op = |inputs: Vec<TensorId>, outputs: Vec<TensorId>| {
            builder.op(Op {
                name: String::new(),
                label: String::new(),
                kind: OpKind::Opaque,
                inputs: inputs.into_iter().map(Some).collect(),
                outputs,
                has_effects: false,
            })
        };
        for t in tensors.iter().filter(|t| problem.fed[t.index()]) {
            op(Vec::new(), kept(&[t.0]));
        }
        // For each operator of the graph the last ones that are kept, of those it waits for.
        let mut last: Vec<Vec<OpId>> = Vec::with_capacity(problem.graph.ops().len());
        let mut edges: Vec<(OpId, OpId)> = Vec::new();
        for id in problem.graph.ops().ids() {
            let before = problem.graph.topology().predecessors(id).iter();
            let mut before: Vec<OpId> = before.flat_map(|p| last[p.index()].clone()).collect();
            before.sort_unstable();
            before.dedup();
            let (reads, writes) = (&problem.reads[id.index()], &problem.writes[id.index()]);
            let (reads, writes) = (kept(reads), kept(writes));
            if !reads.is_empty() || !writes.is_empty() {
                let own = op(reads, writes);
                edges.extend(before.into_iter().map(|p| (p, own)));
                before = vec![own];
            }
            last.push(before);
        }
        edges.into_iter().for_each(|(a, b)| builder.control(a, b));
        builder.build()
    }
}

/// The least cost of items, each of a size and a cost, that are `away` bytes together or more; all of them if they are fewer.
fn cheapest(items: &[(u64, u64)], away: u64) -> u64 {
    let unit = items
        .iter()
        .fold(0, |unit, &(size, _)| gcd(unit, size))
        .max(1);
    let wanted = away.div_ceil(unit);
    if wanted > MOST_UNITS {
        return fractional(items, away);
    }
    // The least cost of so many units or more.
    let mut least = vec![u64::MAX; wanted as usize + 1];
    least[0] = 0;
    for &(size, cost) in items {
        for units in (1..least.len()).rev() {
            let rest = units.saturating_sub((size / unit) as usize);
            least[units] = least[units].min(least[rest].saturating_add(cost));
        }
    }
    match least[wanted as usize] {
        u64::MAX => items.iter().map(|&(_, cost)| cost).sum(),
        cost => cost,
    }
}

/// As if items could be divided: those that cost their size once first.
fn fractional(items: &[(u64, u64)], away: u64) -> u64 {
    let once = items.iter().filter(|(size, cost)| size == cost);
    let once: u64 = once.map(|&(size, _)| size).sum();
    away + away.saturating_sub(once)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
