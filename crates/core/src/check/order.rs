//! The referee of orders: runs the schedule on paper, one reference count a tensor.

use crate::graph::{Graph, Role};
use crate::ids::{Id, OpId, TensorId};
use crate::memory::Target;
use crate::plan::Order;
use crate::units::Bytes;

use super::sharing::Sharing;

/// What is wrong with an order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderFault {
    /// Another number of steps than operators.
    #[error("the order has {steps} steps for {ops} operators")]
    Length {
        /// Steps of the order.
        steps: usize,
        /// Operators of the graph.
        ops: usize,
    },
    /// An operator that does not exist, or that ran before.
    #[error("step {step} runs {op}, which is unknown or has run before")]
    Repeated {
        /// Where.
        step: usize,
        /// Which.
        op: OpId,
    },
    /// An operator reads what is not there, or a control edge is broken.
    #[error("step {step} runs {op} before {missing}, on which it depends")]
    TooEarly {
        /// Where.
        step: usize,
        /// Which.
        op: OpId,
        /// What it should have waited for.
        missing: OpId,
    },
    /// The peak claimed is not the peak.
    #[error("the order needs {counted} bytes where {claimed} were claimed")]
    Peak {
        /// What the answer says.
        claimed: Bytes,
        /// What the walk counted.
        counted: Bytes,
    },
}

/// Walks through `order` and counts its peak on `target`.
///
/// # Errors
/// The first fault found; [`OrderFault::Peak`] if the order is valid but does not need exactly `claimed` bytes.
pub fn check_order(
    graph: &Graph,
    target: &Target,
    order: &Order,
    claimed: Bytes,
) -> Result<(), OrderFault> {
    let (steps, ops) = (order.len(), graph.ops().len());
    if steps != ops {
        return Err(OrderFault::Length { steps, ops });
    }
    let mut walk = Walk::new(graph, target);
    for (step, &op) in order.ops().iter().enumerate() {
        walk.run(step, op)?;
    }
    match walk.peak {
        counted if counted == claimed => Ok(()),
        counted => Err(OrderFault::Peak { claimed, counted }),
    }
}

/// The state of a run: how many holders each tensor still has, and what is live. A view has no bytes: it holds what it is a
/// view of.
struct Walk<'g> {
    graph: &'g Graph,
    sharing: Sharing<'g>,
    /// What each tensor adds to the live bytes when it comes; nothing for views, constants, and what the caller keeps.
    bytes: Vec<Bytes>,
    done: Vec<bool>,
    writer: Vec<Option<OpId>>,
    waits: Vec<Vec<OpId>>,
    holders: Vec<u32>,
    /// Whether the tensor's bytes are among the live ones; each counts once, whoever brings it.
    here: Vec<bool>,
    live: Bytes,
    peak: Bytes,
}

impl<'g> Walk<'g> {
    fn new(graph: &'g Graph, target: &'g Target) -> Self {
        let tensors = graph.tensors().len();
        let mut walk = Self {
            graph,
            sharing: Sharing::new(graph, target),
            bytes: vec![Bytes::ZERO; tensors],
            done: vec![false; graph.ops().len()],
            writer: vec![None; tensors],
            waits: vec![Vec::new(); graph.ops().len()],
            holders: vec![0; tensors],
            here: vec![false; tensors],
            live: Bytes::ZERO,
            peak: Bytes::ZERO,
        };
        for (id, op) in graph.ops().iter() {
            op.outputs
                .iter()
                .for_each(|t| walk.writer[t.index()] = Some(id));
            for t in op.reads() {
                let home = walk.sharing.home(t);
                walk.holders[home.index()] += 1;
            }
        }
        graph
            .control()
            .iter()
            .for_each(|&(first, second)| walk.waits[second.index()].push(first));
        for &t in graph.outputs() {
            let home = walk.sharing.home(t);
            walk.holders[home.index()] += 1;
        }
        walk.fill(target);
        walk
    }

    /// What tensors weigh, and what is live before the first step.
    fn fill(&mut self, target: &Target) {
        for (t, tensor) in self.graph.tensors().iter() {
            if tensor.role != Role::Constant && self.sharing.home(t) == t {
                self.bytes[t.index()] = tensor.bytes;
            }
            if tensor.role == Role::Variable {
                self.holders[t.index()] += 1;
                self.here[t.index()] = true;
            }
        }
        for &t in self.graph.inputs() {
            // Nobody lets go of an input that is kept, or that nobody reads.
            if target.keeps_inputs || self.holders[t.index()] == 0 {
                self.holders[t.index()] += 1;
            }
            self.here[t.index()] = true;
            if !target.counts_inputs && self.graph.tensor(t).role != Role::Variable {
                self.bytes[t.index()] = Bytes::ZERO;
            }
        }
        let here = self.here.iter().zip(&self.bytes).filter(|&(here, _)| *here);
        self.live = here.map(|(_, &bytes)| bytes).sum();
    }

    fn run(&mut self, step: usize, op: OpId) -> Result<(), OrderFault> {
        if self.done.get(op.index()).copied().unwrap_or(true) {
            return Err(OrderFault::Repeated { step, op });
        }
        let graph = self.graph;
        let node = graph.op(op);
        let writers = node.reads().filter_map(|t| self.writer[t.index()]);
        let mut needed = writers.chain(self.waits[op.index()].iter().copied());
        if let Some(missing) = needed.find(|before| !self.done[before.index()]) {
            return Err(OrderFault::TooEarly { step, op, missing });
        }
        self.done[op.index()] = true;
        let spared = self.spared(op);
        for t in &node.outputs {
            // A variable that is written was alive before.
            if !std::mem::replace(&mut self.here[t.index()], true) {
                self.live += self.bytes[t.index()];
            }
        }
        self.peak = self.peak.max(self.live - spared);
        for t in node.reads() {
            let home = self.sharing.home(t);
            self.holders[home.index()] -= 1;
            self.free_if_unheld(home);
        }
        for &t in &node.outputs {
            self.free_if_unheld(t);
        }
        Ok(())
    }

    /// Bytes of the output that stand where an input stood which nobody but `op` holds any more.
    fn spared(&self, op: OpId) -> Bytes {
        let Some((output, over)) = self.sharing.in_place(op) else {
            return Bytes::ZERO;
        };
        let dies = |home: &TensorId| {
            let reads = self.graph.op(op).reads();
            let own = reads.filter(|&t| self.sharing.home(t) == *home).count();
            let there = self.here[home.index()] && self.bytes[home.index()] > Bytes::ZERO;
            there && self.holders[home.index()] as usize == own
        };
        match over.iter().any(dies) {
            true => self.bytes[output.index()],
            false => Bytes::ZERO,
        }
    }

    fn free_if_unheld(&mut self, tensor: TensorId) {
        if self.holders[tensor.index()] == 0 && self.here[tensor.index()] {
            self.here[tensor.index()] = false;
            self.live -= self.bytes[tensor.index()];
        }
    }
}
