//! The scheduling problem: a graph as a target counts it, stripped of everything that has no bytes.

use std::borrow::Cow;

use crate::graph::{Graph, Role, Topology};
use crate::ids::{Id, OpId, Table, TensorId};
use crate::units::Bytes;

use super::{Homes, Target};

/// A tensor that takes bytes for part of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveTensor<'g> {
    /// Which one.
    pub id: TensorId,
    /// Its size.
    pub bytes: Bytes,
    /// Who writes it; `None` if it is live from the start.
    pub producer: Option<OpId>,
    /// Whether it is live to the end whoever reads it.
    pub to_end: bool,
    /// Everyone who reads its bytes, those of its views included, ascending, each once.
    pub readers: Cow<'g, [OpId]>,
}

/// An operator that needs no bytes of its own where one of its inputs dies with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InPlace {
    /// The operator.
    pub op: OpId,
    /// The one tensor that it writes.
    pub output: TensorId,
    /// The live tensors that it can write it over, of the same size; the first that dies is taken.
    pub over: Vec<TensorId>,
}

/// What an order of `graph` on a target has to pay for.
#[derive(Clone, Debug)]
pub struct Instance<'g> {
    graph: &'g Graph,
    homes: Homes,
    tensors: Vec<LiveTensor<'g>>,
    in_place: Vec<InPlace>,
    throughout: Vec<TensorId>,
    base: Bytes,
}

impl<'g> Instance<'g> {
    /// Lists what `target` counts of `graph`.
    ///
    /// An input that nobody reads is live always: the caller's bytes stand in the arena and no step ends them.
    #[must_use]
    pub fn new(graph: &'g Graph, target: &Target) -> Self {
        let homes = Homes::new(graph, target);
        let mut start = vec![false; graph.tensors().len()];
        let mut end = vec![false; graph.tensors().len()];
        for &t in graph.inputs() {
            start[t.index()] = true;
            end[t.index()] |= target.keeps_inputs;
        }
        for &t in graph.outputs() {
            end[homes.of(t).index()] = true;
        }
        let mut instance = Self {
            graph,
            homes,
            tensors: Vec::new(),
            in_place: Vec::new(),
            throughout: Vec::new(),
            base: Bytes::ZERO,
        };
        for (id, tensor) in graph.tensors().iter() {
            let from_start = start[id.index()];
            let elsewhere = from_start && !target.counts_inputs && tensor.role != Role::Variable;
            if !graph.is_counted(id) || elsewhere || instance.homes.of(id) != id {
                continue;
            }
            let (producer, readers) = (
                graph.topology().producer(id),
                instance.homes.readers(graph, id),
            );
            let to_end = end[id.index()] || from_start && readers.is_empty();
            if tensor.role == Role::Variable || (from_start && to_end) {
                instance.base += tensor.bytes;
                instance.throughout.push(id);
            } else if from_start || producer.is_some() {
                instance.tensors.push(LiveTensor {
                    id,
                    bytes: tensor.bytes,
                    producer,
                    to_end,
                    readers,
                });
            }
        }
        instance.in_place = instance.overwriting(target);
        instance
    }

    /// Who writes over what.
    fn overwriting(&self, target: &Target) -> Vec<InPlace> {
        let graph = self.graph;
        let mut place: Table<TensorId, Option<&LiveTensor<'_>>> =
            Table::filled(None, graph.tensors().len());
        self.tensors
            .iter()
            .for_each(|tensor| place[tensor.id] = Some(tensor));
        let mut found = Vec::new();
        for (op, node) in graph
            .ops()
            .iter()
            .filter(|(_, node)| target.aliasing.in_place.has(node))
        {
            let written = node.outputs.iter().find_map(|&t| place[t]);
            let Some(output) = written.filter(|t| self.homes.may_write(graph, target, t.id)) else {
                continue;
            };
            let mut over: Vec<TensorId> = Vec::new();
            for home in graph.overwritable(op).into_iter().map(|t| self.homes.of(t)) {
                let can = place[home].is_some_and(|tensor| !tensor.to_end);
                if can && self.homes.may_overwrite(graph, target, home) && !over.contains(&home) {
                    over.push(home);
                }
            }
            if !over.is_empty() {
                let output = output.id;
                found.push(InPlace { op, output, over });
            }
        }
        found
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

    /// Everything that comes or goes during a run, ascending by id. A view is no tensor of its own.
    #[must_use]
    pub fn tensors(&self) -> &[LiveTensor<'g>] {
        &self.tensors
    }

    /// The tensor in whose bytes `tensor` is: itself, unless it is a view.
    #[must_use]
    pub fn home(&self, tensor: TensorId) -> TensorId {
        self.homes.of(tensor)
    }

    /// The operators that can run in place, ascending.
    #[must_use]
    pub fn in_place(&self) -> &[InPlace] {
        &self.in_place
    }

    /// The tensors that are live during every step whatever the order.
    #[must_use]
    pub fn throughout(&self) -> &[TensorId] {
        &self.throughout
    }

    /// What is live during every step whatever the order: variables, and inputs kept to the end.
    #[must_use]
    pub fn base(&self) -> Bytes {
        self.base
    }
}
