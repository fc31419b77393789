//! The referee of orders: runs the schedule on paper, one reference count a tensor.

use crate::graph::{Graph, Role};
use crate::ids::{Id, OpId, TensorId};
use crate::memory::Target;
use crate::plan::Order;
use crate::units::Bytes;

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

/// The state of a run: how many holders each tensor still has, and what is live.
struct Walk<'g> {
    graph: &'g Graph,
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
    fn new(graph: &'g Graph, target: &Target) -> Self {
        let tensors = graph.tensors().len();
        let mut walk = Self {
            graph,
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
            op.reads().for_each(|t| walk.holders[t.index()] += 1);
        }
        graph
            .control()
            .iter()
            .for_each(|&(first, second)| walk.waits[second.index()].push(first));
        graph
            .outputs()
            .iter()
            .for_each(|t| walk.holders[t.index()] += 1);
        walk.fill(target);
        walk
    }

    /// What is live before the first step.
    fn fill(&mut self, target: &Target) {
        for &t in self.graph.inputs() {
            // Nobody lets go of an input that is kept, or that nobody reads.
            if target.keeps_inputs || self.holders[t.index()] == 0 {
                self.holders[t.index()] += 1;
            }
            self.here[t.index()] = true;
        }
        for (t, tensor) in self.graph.tensors().iter() {
            if tensor.role == Role::Variable {
                self.holders[t.index()] += 1;
                self.here[t.index()] = true;
            }
            if self.here[t.index()] {
                self.live += self.size(t);
            }
        }
    }

    fn size(&self, tensor: TensorId) -> Bytes {
        match self.graph.tensor(tensor).role {
            Role::Constant => Bytes::ZERO,
            Role::Activation | Role::Variable => self.graph.tensor(tensor).bytes,
        }
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
        self.write(&node.outputs);
        self.peak = self.peak.max(self.live);
        for t in node.reads() {
            self.holders[t.index()] -= 1;
            self.free_if_unheld(t);
        }
        for &t in &node.outputs {
            self.free_if_unheld(t);
        }
        Ok(())
    }

    /// Outputs come to life; a variable that is written was alive before.
    fn write(&mut self, outputs: &[TensorId]) {
        for &t in outputs {
            if !std::mem::replace(&mut self.here[t.index()], true) {
                self.live += self.size(t);
            }
        }
    }

    fn free_if_unheld(&mut self, tensor: TensorId) {
        if self.holders[tensor.index()] == 0 && self.here[tensor.index()] {
            self.here[tensor.index()] = false;
            self.live -= self.size(tensor);
        }
    }
}
