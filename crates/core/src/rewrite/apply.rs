//! Carries patches out: a new graph, with tables that lead back to the source.

use crate::error::Result;
use crate::graph::{Graph, GraphBuilder, Op};
use crate::ids::{Id, OpId, Table, TensorId};
use crate::plan::{Edit, Patch, Rewriting};

/// The graph of `base` after `patches`, none of which touches what another does. Tensors without any use are dropped.
///
/// # Errors
/// If what is left is no valid graph.
pub(super) fn apply(base: &Rewriting, patches: &[Patch]) -> Result<Rewriting> {
    let graph = &base.graph;
    let changes = Changes::collect(graph, patches);
    let kept_ops: Vec<OpId> = graph
        .ops()
        .ids()
        .filter(|&op| !changes.removed[op])
        .collect();
    let kept_tensors = changes.used_tensors(graph, &kept_ops);

    let mut builder = GraphBuilder::new(graph.name());
    let mut renamed: Table<TensorId, Option<TensorId>> = Table::filled(None, graph.tensors().len());
    for &t in &kept_tensors {
        renamed[t] = Some(builder.tensor(graph.tensor(t).clone()));
    }
    let new = |t: TensorId| renamed[changes.stand_in[t]].expect("every used tensor is kept");
    for &op in &kept_ops {
        let node = graph.op(op);
        let inputs = node.inputs.iter().map(|&t| t.map(new)).collect();
        let outputs = node.outputs.iter().map(|&t| new(t)).collect();
        builder.op(Op {
            inputs,
            outputs,
            ..node.clone()
        });
    }
    graph.inputs().iter().for_each(|&t| builder.input(new(t)));
    graph.outputs().iter().for_each(|&t| builder.output(new(t)));
    let mut position: Table<OpId, OpId> = Table::filled(OpId(0), graph.ops().len());
    kept_ops
        .iter()
        .zip(0..)
        .for_each(|(&op, i)| position[op] = OpId(i));
    for (first, second) in changes.control(graph) {
        builder.control(position[first], position[second]);
    }
    Ok(Rewriting {
        graph: builder.build()?,
        op_origins: kept_ops.iter().map(|&op| base.op_origins[op]).collect(),
        tensor_origins: kept_tensors
            .iter()
            .map(|&t| base.tensor_origins[t])
            .collect(),
        applied: base.applied.clone(),
    })
}

/// All edits of a round, by what they concern.
struct Changes {
    removed: Table<OpId, bool>,
    stand_in: Table<TensorId, TensorId>,
}

impl Changes {
    fn collect(graph: &Graph, patches: &[Patch]) -> Self {
        let mut changes = Self {
            removed: Table::filled(false, graph.ops().len()),
            stand_in: graph.tensors().ids().collect(),
        };
        for edit in patches.iter().flat_map(|patch| &patch.edits) {
            match *edit {
                Edit::RemoveOp(op) => changes.removed[op] = true,
                Edit::ReplaceTensor { old, new } => changes.stand_in[old] = new,
            }
        }
        changes
    }

    /// What the remaining operators and the caller use, ascending.
    fn used_tensors(&self, graph: &Graph, kept: &[OpId]) -> Vec<TensorId> {
        let mut used = vec![false; graph.tensors().len()];
        let ends = graph.inputs().iter().chain(graph.outputs()).copied();
        let of_ops = kept.iter().flat_map(|&op| {
            let node = graph.op(op);
            node.reads().chain(node.outputs.iter().copied())
        });
        ends.chain(of_ops)
            .for_each(|t| used[self.stand_in[t].index()] = true);
        graph.tensors().ids().filter(|t| used[t.index()]).collect()
    }

    /// Control edges between the remaining operators; those through a removed one are bridged.
    fn control(&self, graph: &Graph) -> Vec<(OpId, OpId)> {
        let mut edges = graph.control().to_vec();
        for gone in graph.ops().ids().filter(|&op| self.removed[op]) {
            let before: Vec<OpId> = edges.iter().filter(|e| e.1 == gone).map(|e| e.0).collect();
            let after: Vec<OpId> = edges.iter().filter(|e| e.0 == gone).map(|e| e.1).collect();
            edges.retain(|e| e.0 != gone && e.1 != gone);
            edges.extend(
                before
                    .iter()
                    .flat_map(|&a| after.iter().map(move |&b| (a, b))),
            );
        }
        edges
    }
}
