//! The scheduling problem: a graph as a target counts it, stripped of everything that has no bytes.

use crate::graph::{Graph, Role, Topology};
use crate::ids::{Id, OpId, TensorId};
use crate::units::Bytes;

use super::Target;

/// A tensor that takes bytes for part of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveTensor {
    /// Which one.
    pub id: TensorId,
    /// Its size.
    pub bytes: Bytes,
    /// Who writes it; `None` if it is live from the start.
    pub producer: Option<OpId>,
    /// Whether it is live to the end whoever reads it.
    pub to_end: bool,
}

/// What an order of `graph` on a target has to pay for.
#[derive(Clone, Debug)]
pub struct Instance<'g> {
    graph: &'g Graph,
    tensors: Vec<LiveTensor>,
    base: Bytes,
}

impl<'g> Instance<'g> {
    /// Lists what `target` counts of `graph`.
    ///
    /// An input that nobody reads is live always: the caller's bytes stand in the arena and no step ends them.
    #[must_use]
    pub fn new(graph: &'g Graph, target: &Target) -> Self {
        let mut start = vec![false; graph.tensors().len()];
        let mut end = vec![false; graph.tensors().len()];
        for &t in graph.inputs() {
            start[t.index()] = true;
            end[t.index()] |= target.keeps_inputs;
        }
        graph.outputs().iter().for_each(|&t| end[t.index()] = true);
        let topology = graph.topology();
        let mut instance = Self {
            graph,
            tensors: Vec::new(),
            base: Bytes::ZERO,
        };
        for (id, tensor) in graph
            .tensors()
            .iter()
            .filter(|&(id, _)| graph.is_counted(id))
        {
            let (from_start, mut to_end) = (start[id.index()], end[id.index()]);
            let producer = topology.producer(id);
            to_end |= from_start && topology.consumers(id).is_empty();
            if tensor.role == Role::Variable || (from_start && to_end) {
                instance.base += tensor.bytes;
            } else if from_start || producer.is_some() {
                instance.tensors.push(LiveTensor {
                    id,
                    bytes: tensor.bytes,
                    producer,
                    to_end,
                });
            }
        }
        instance
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// Who runs before and after whom.
    #[must_use]
    pub fn topology(&self) -> &'g Topology {
        self.graph.topology()
    }

    /// Number of operators to order.
    #[must_use]
    pub fn ops(&self) -> usize {
        self.graph.ops().len()
    }

    /// Everything that comes or goes during a run, ascending by id.
    #[must_use]
    pub fn tensors(&self) -> &[LiveTensor] {
        &self.tensors
    }

    /// What is live during every step whatever the order: variables, and inputs kept to the end.
    #[must_use]
    pub fn base(&self) -> Bytes {
        self.base
    }
}
