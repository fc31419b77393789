//! Which tensors share bytes, told by the referees themselves from what the graph allows and the target honours.

use crate::graph::Graph;
use crate::ids::{Id, OpId, TensorId};
use crate::memory::Target;

/// Who stands in whose bytes.
pub(super) struct Sharing<'g> {
    graph: &'g Graph,
    target: &'g Target,
    home: Vec<TensorId>,
    /// Whether what stands there may be overwritten once it is dead.
    gives: Vec<bool>,
    is_output: Vec<bool>,
}

impl<'g> Sharing<'g> {
    pub(super) fn new(graph: &'g Graph, target: &'g Target) -> Self {
        let tensors = graph.tensors().len();
        let mut is_input = vec![false; tensors];
        graph
            .inputs()
            .iter()
            .for_each(|t| is_input[t.index()] = true);
        let mut sharing = Self {
            graph,
            target,
            home: graph.tensors().ids().collect(),
            gives: is_input
                .iter()
                .map(|&input| target.aliasing.inputs || !input)
                .collect(),
            is_output: vec![false; tensors],
        };
        graph
            .outputs()
            .iter()
            .for_each(|t| sharing.is_output[t.index()] = true);
        let mut reads = vec![0u32; tensors];
        let mut there = is_input.clone();
        for (op, node) in graph.ops().iter() {
            node.reads().for_each(|t| reads[t.index()] += 1);
            node.outputs.iter().for_each(|t| there[t.index()] = true);
            sharing.look_through(op, &there, &is_input);
        }
        for t in graph.tensors().ids().filter(|t| reads[t.index()] > 1) {
            let home = sharing.home(t).index();
            sharing.gives[home] &= !target.aliasing.sole_reader;
        }
        sharing
    }

    /// Makes what `op` writes a view of what it reads, where graph and target say so.
    fn look_through(&mut self, op: OpId, there: &[bool], is_input: &[bool]) {
        let rules = self.target.aliasing;
        if !rules.views.has(self.graph.op(op)) {
            return;
        }
        let Some(of) = self.graph.viewed(op).filter(|of| there[of.index()]) else {
            return;
        };
        if let Some(view) = self.written(op)
            && (rules.outputs || !self.is_output[view.index()])
            && (rules.inputs || !is_input[of.index()])
        {
            self.home[view.index()] = self.home(of);
        }
    }

    /// The first output that takes bytes.
    fn written(&self, op: OpId) -> Option<TensorId> {
        let mut outputs = self.graph.op(op).outputs.iter().copied();
        outputs.find(|&t| self.graph.is_counted(t))
    }

    /// In whose bytes the tensor stands: its own, unless it is a view.
    pub(super) fn home(&self, tensor: TensorId) -> TensorId {
        self.home[tensor.index()]
    }

    /// What `op` writes, and the tensors over which it is written if one of them dies with `op`.
    pub(super) fn in_place(&self, op: OpId) -> Option<(TensorId, Vec<TensorId>)> {
        let rules = self.target.aliasing;
        let output = self
            .written(op)
            .filter(|_| rules.in_place.has(self.graph.op(op)))?;
        let large = self.graph.tensor(output).bytes.get() > rules.above;
        let allowed = large && (rules.outputs || !self.is_output[output.index()]);
        let homes = self
            .graph
            .overwritable(op)
            .into_iter()
            .map(|t| self.home(t));
        let over: Vec<TensorId> = homes.filter(|t| allowed && self.gives[t.index()]).collect();
        Some((output, over))
    }
}
