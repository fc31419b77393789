//! The referee of off-chip traffic: runs an order with its evictions on paper, one flag a tensor.

use crate::graph::{Graph, Role};
use crate::ids::{Id, OpId, TensorId};
use crate::plan::{Eviction, Order};
use crate::units::Bytes;

/// What is wrong with the evictions of an order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrafficFault {
    /// More on chip than there is room for.
    #[error("step {step} holds {held} bytes on chip where {on_chip} fit")]
    Overfull {
        /// Where.
        step: usize,
        /// What is there, with what the operator needs.
        held: Bytes,
        /// What there is.
        on_chip: Bytes,
    },
    /// What is not there, or is needed by the step itself, cannot leave.
    #[error("step {step} evicts {tensor}, which is not on chip or is needed right there")]
    Absent {
        /// Where.
        step: u32,
        /// Which.
        tensor: TensorId,
    },
    /// The bytes claimed are not those moved.
    #[error("the order moves {counted} bytes where {claimed} were claimed")]
    Moved {
        /// What the answer says.
        claimed: Bytes,
        /// What the walk counted.
        counted: Bytes,
    },
}

/// Runs `order`, which [`super::check_order`] has passed, with `on_chip` bytes of memory and `evictions`, and counts what is
/// moved, read and written together. The model is that of the room `traffic`.
///
/// # Errors
/// The first fault found; [`TrafficFault::Moved`] if all fits but not exactly `claimed` bytes are moved.
pub fn check_traffic(
    graph: &Graph,
    on_chip: Bytes,
    order: &Order,
    evictions: &[Eviction],
    claimed: Bytes,
) -> Result<(), TrafficFault> {
    let mut walk = Walk::new(graph, on_chip);
    for (step, &op) in order.ops().iter().enumerate() {
        let now = evictions.iter().filter(|e| e.step as usize == step);
        for &Eviction { step, tensor } in now {
            walk.evict(step, tensor, op)?;
        }
        walk.run(step, op)?;
    }
    match walk.moved {
        counted if counted == claimed => Ok(()),
        counted => Err(TrafficFault::Moved { claimed, counted }),
    }
}

/// The state of a run, by tensor.
struct Walk<'g> {
    graph: &'g Graph,
    on_chip: Bytes,
    /// Whether an operator writes it or the caller feeds it; what comes from nowhere is not moved.
    known: Vec<bool>,
    here: Vec<bool>,
    copied: Vec<bool>,
    /// Operators that still read it.
    readers: Vec<u32>,
    /// Bytes of variables, which are there always.
    variables: Bytes,
    /// Bytes of what is there.
    held: Bytes,
    moved: Bytes,
}

impl<'g> Walk<'g> {
    fn new(graph: &'g Graph, on_chip: Bytes) -> Self {
        let count = graph.tensors().len();
        let mut readers = vec![0; count];
        for op in graph.ops().rows() {
            for t in distinct(op.reads()) {
                readers[t.index()] += 1;
            }
        }
        let mut copied = vec![false; count];
        for &t in graph.inputs() {
            copied[t.index()] = true;
        }
        let mut known = copied.clone();
        for &t in graph.ops().rows().flat_map(|op| &op.outputs) {
            known[t.index()] = true;
        }
        let all = graph.tensors().rows();
        let variables = all.filter(|t| t.role == Role::Variable);
        let variables = variables.map(|t| t.bytes).sum();
        Self {
            graph,
            on_chip,
            known,
            here: vec![false; count],
            copied,
            readers,
            variables,
            held: Bytes::ZERO,
            moved: Bytes::ZERO,
        }
    }

    /// Bytes that come and go: none of constants and variables, which do not.
    fn size(&self, tensor: TensorId) -> Bytes {
        match self.graph.tensor(tensor).role {
            Role::Activation if self.known[tensor.index()] => self.graph.tensor(tensor).bytes,
            _ => Bytes::ZERO,
        }
    }

    fn evict(&mut self, step: u32, tensor: TensorId, op: OpId) -> Result<(), TrafficFault> {
        let is_needed = self.graph.op(op).reads().any(|t| t == tensor);
        if is_needed || !self.here[tensor.index()] {
            return Err(TrafficFault::Absent { step, tensor });
        }
        self.leave(tensor);
        Ok(())
    }

    /// A tensor that is needed later leaves.
    fn leave(&mut self, tensor: TensorId) {
        self.set(tensor, false);
        self.copy(tensor);
    }

    /// Whether a tensor is there from now on.
    fn set(&mut self, tensor: TensorId, here: bool) {
        let was = std::mem::replace(&mut self.here[tensor.index()], here);
        match (was, here) {
            (false, true) => self.held += self.size(tensor),
            (true, false) => self.held -= self.size(tensor),
            _ => (),
        }
    }

    fn copy(&mut self, tensor: TensorId) {
        if !std::mem::replace(&mut self.copied[tensor.index()], true) {
            self.moved += self.size(tensor);
        }
    }

    fn run(&mut self, step: usize, op: OpId) -> Result<(), TrafficFault> {
        let node = self.graph.op(op);
        let reads = distinct(node.reads());
        let needs = distinct(reads.iter().chain(&node.outputs).copied());
        let alone: Bytes = needs.iter().map(|&t| self.size(t)).sum();
        let streams = alone + self.variables > self.on_chip;
        if streams {
            let all = self.graph.tensors().ids().filter(|t| self.here[t.index()]);
            all.collect::<Vec<_>>()
                .into_iter()
                .for_each(|t| self.leave(t));
        }
        for &t in reads.iter().filter(|t| !self.here[t.index()]) {
            self.moved += self.size(t);
        }
        if !streams {
            needs.iter().for_each(|&t| self.set(t, true));
            let (held, on_chip) = (self.held + self.variables, self.on_chip);
            if held > on_chip {
                return Err(TrafficFault::Overfull {
                    step,
                    held,
                    on_chip,
                });
            }
        }
        self.finish(&reads, &needs, streams);
        Ok(())
    }

    /// Results that the caller wants leave; what is not read again is dropped.
    fn finish(&mut self, reads: &[TensorId], needs: &[TensorId], streams: bool) {
        for &t in reads {
            self.readers[t.index()] -= 1;
        }
        for &t in needs {
            let is_read_again = self.readers[t.index()] > 0;
            let is_wanted = self.graph.outputs().contains(&t) && !reads.contains(&t);
            if is_wanted || streams && is_read_again {
                self.copy(t);
            }
            self.set(t, is_read_again && !streams);
        }
    }
}

fn distinct(tensors: impl Iterator<Item = TensorId>) -> Vec<TensorId> {
    let mut list: Vec<TensorId> = tensors.collect();
    list.sort_unstable();
    list.dedup();
    list
}
