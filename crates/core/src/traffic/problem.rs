//! A graph as the traffic sees it, in flat arrays.

use crate::error::Result;
use crate::graph::{Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use crate::ids::{Id, OpId, TensorId};
use crate::plan::Order;
use crate::units::Bytes;

/// What an operator needs on chip, and the tensors by their size.
#[derive(Clone, Debug)]
pub struct Problem<'g> {
    pub(super) graph: &'g Graph,
    /// Bytes of each tensor; zero for what is not counted.
    pub(super) size: Vec<u64>,
    /// Whether the caller feeds it, so that a copy is off chip.
    pub(super) fed: Vec<bool>,
    /// Whether the caller reads it.
    pub(super) wanted: Vec<bool>,
    /// What each operator reads, each once.
    pub(super) reads: Vec<Vec<u32>>,
    /// What each operator writes.
    pub(super) writes: Vec<Vec<u32>>,
    /// How many operators read each tensor.
    pub(super) readers: Vec<u32>,
    /// What is left for tensors that come and go.
    pub(super) capacity: u64,
    /// Whether the variables fit.
    keeps_variables: bool,
}

impl<'g> Problem<'g> {
    /// `graph` with `on_chip` bytes of memory.
    #[must_use]
    pub fn new(graph: &'g Graph, on_chip: Bytes) -> Self {
        let tensors = graph.tensors();
        let known = |id| graph.topology().producer(id).is_some() || graph.inputs().contains(&id);
        let moves = |&(id, tensor): &(TensorId, &Tensor)| {
            graph.is_counted(id) && tensor.role != Role::Variable && known(id)
        };
        let mut size = vec![0; tensors.len()];
        for (id, tensor) in tensors.iter().filter(moves) {
            size[id.index()] = tensor.bytes.get();
        }
        let kept = variables(graph);
        let mut problem = Self {
            graph,
            fed: vec![false; size.len()],
            wanted: vec![false; size.len()],
            reads: Vec::new(),
            writes: Vec::new(),
            readers: vec![0; size.len()],
            keeps_variables: kept <= on_chip,
            capacity: on_chip.saturating_sub(kept).get(),
            size,
        };
        problem.connect();
        problem
    }

    fn connect(&mut self) {
        let graph = self.graph;
        graph
            .inputs()
            .iter()
            .for_each(|t| self.fed[t.index()] = true);
        graph
            .outputs()
            .iter()
            .for_each(|t| self.wanted[t.index()] = true);
        let size = &self.size;
        let counted = |list: &mut Vec<u32>| {
            list.retain(|&t| size[t as usize] > 0);
            list.sort_unstable();
            list.dedup();
        };
        for op in graph.ops().rows() {
            let mut reads: Vec<u32> = op.reads().map(|t| t.0).collect();
            let mut writes: Vec<u32> = op.outputs.iter().map(|t| t.0).collect();
            counted(&mut reads);
            counted(&mut writes);
            reads.iter().for_each(|&t| self.readers[t as usize] += 1);
            self.reads.push(reads);
            self.writes.push(writes);
        }
    }

    /// What is left for tensors that come and go.
    #[must_use]
    pub fn capacity(&self) -> Bytes {
        Bytes(self.capacity)
    }

    /// What the operator reads and writes.
    pub(super) fn needs(&self, op: OpId) -> impl Iterator<Item = u32> + '_ {
        let (reads, writes) = (&self.reads[op.index()], &self.writes[op.index()]);
        reads.iter().chain(writes).copied()
    }

    /// Bytes of some tensors.
    pub(super) fn bytes(&self, tensors: impl Iterator<Item = u32>) -> u64 {
        tensors
            .map(|t| self.size[t as usize])
            .fold(0, u64::saturating_add)
    }

    /// Whether the operator does not fit, even alone.
    pub(super) fn streams(&self, op: OpId) -> bool {
        self.bytes(self.needs(op)) > self.capacity
    }

    /// Whether every operator fits alone, beside the variables.
    #[must_use]
    pub fn every_operator_fits(&self) -> bool {
        self.keeps_variables && self.graph.ops().ids().all(|op| !self.streams(op))
    }

    /// What is moved whatever the order and the memory: inputs that somebody reads, and outputs that somebody computes.
    #[must_use]
    pub fn compulsory(&self) -> Bytes {
        (0..self.size.len()).map(|t| self.compulsory_of(t)).sum()
    }

    /// The part of one tensor in that.
    pub(super) fn compulsory_of(&self, tensor: usize) -> Bytes {
        let is_moved = match self.fed[tensor] {
            true => self.readers[tensor] > 0,
            false => self.wanted[tensor] && self.is_written(tensor),
        };
        Bytes(if is_moved { self.size[tensor] } else { 0 })
    }

    /// Whether it ever takes bytes on chip.
    pub(super) fn is_moved(&self, tensor: usize) -> bool {
        let is_there = self.readers[tensor] > 0 || self.is_written(tensor);
        self.size[tensor] > 0 && is_there
    }

    pub(super) fn is_written(&self, tensor: usize) -> bool {
        let id = TensorId::from_index(tensor);
        self.graph.topology().producer(id).is_some()
    }
}

/// Bytes of variables, which stay on chip.
pub(super) fn variables(graph: &Graph) -> Bytes {
    let variables = graph.tensors().rows();
    variables
        .filter(|t| t.role == Role::Variable)
        .map(|t| t.bytes)
        .sum()
}

/// The most bytes that are needed at once by `order`: of what has been read or written already, or is now, all that is now
/// or will be read. Below the peak of live bytes, as an input counts from its first use and an output to its last. Variables
/// count always.
#[must_use]
pub fn working_set(graph: &Graph, order: &Order) -> Bytes {
    let problem = Problem::new(graph, Bytes(u64::MAX));
    let mut left = problem.readers.clone();
    let mut held = vec![false; left.len()];
    let (mut live, mut most) = (0u64, 0u64);
    for &op in order.ops() {
        for t in problem.needs(op) {
            if !std::mem::replace(&mut held[t as usize], true) {
                live = live.saturating_add(problem.size[t as usize]);
            }
        }
        most = most.max(live);
        problem.reads[op.index()]
            .iter()
            .for_each(|&t| left[t as usize] -= 1);
        for t in problem.needs(op) {
            if left[t as usize] == 0 && std::mem::replace(&mut held[t as usize], false) {
                live -= problem.size[t as usize];
            }
        }
    }
    Bytes(most + (u64::MAX - problem.capacity))
}

/// `graph` without inputs and outputs: each input is written by an operator of its own, those come before all others, and
/// nothing is kept to the end. The peak of an order of it is the [`working_set`] of the order without the first operators, if
/// each of those runs right before the first reader of what it writes.
///
/// # Errors
/// The graph cannot be built, which is a bug.
pub fn detached(graph: &Graph) -> Result<Graph> {
    let mut builder = GraphBuilder::new(graph.name());
    let problem = Problem::new(graph, Bytes(u64::MAX));
    for tensor in graph.tensors().rows() {
        builder.tensor(tensor.clone());
    }
    let mut loads = 0;
    let fed = |id: &TensorId| {
        let t = id.index();
        problem.fed[t] && problem.readers[t] > 0 && problem.size[t] > 0
    };
    for id in graph.tensors().ids().filter(fed) {
        let load = Op {
            name: String::new(),
            label: "LOAD".to_owned(),
            kind: OpKind::Opaque,
            inputs: Vec::new(),
            outputs: vec![id],
            has_effects: false,
        };
        builder.op(load);
        loads += 1;
    }
    for op in graph.ops().rows() {
        builder.op(op.clone());
    }
    for &(first, second) in graph.control() {
        builder.control(OpId(first.0 + loads), OpId(second.0 + loads));
    }
    builder.build()
}
