//! Parts of graphs, and graphs counted with operators joined or split.

use lowtide::{Graph, Result};
use lowtide_core::graph::{Op, OpKind, Role};
use lowtide_core::ids::{Id, TensorId};

use super::draft::Draft;

/// SwiftNet between the tensors that all paths meet in: a cell with the pooling in front of it. Joins counted with their readers
/// that makes 21, 19 and 22 operators, as many as are published.
pub(super) fn of_swiftnet(graph: &Graph, word: &str) -> Result<Graph> {
    let parts = match word {
        "section-a" => ["stem/pool", "cell_a/"],
        "section-b" => ["pool_a", "cell_b/"],
        _ => ["pool_b", "cell_c/"],
    };
    let is_in = |op: &&Op| {
        let name = &graph.tensor(op.outputs[0]).name;
        parts.iter().any(|part| name.starts_with(part))
    };
    let ops: Vec<&Op> = graph.ops().rows().filter(is_in).collect();
    let made = |t: &TensorId| ops.iter().any(|op| op.outputs.contains(t));
    let reads = |op: &Op, t: TensorId| op.reads().any(|read| read == t);
    let mut draft = Draft::of(graph);
    let read = graph.tensors().ids().filter(|&t| {
        let is_read = ops.iter().any(|op| reads(op, t));
        is_read && graph.tensor(t).role == Role::Activation && !made(&t)
    });
    draft.inputs = read.collect();
    let outside = graph.ops().rows().filter(|op| !is_in(op));
    let outside: Vec<TensorId> = outside.flat_map(Op::reads).collect();
    draft.outputs = graph
        .tensors()
        .ids()
        .filter(|t| made(t) && outside.contains(t))
        .collect();
    ops.into_iter().for_each(|op| draft.op(op.clone()));
    draft.finish()
}

/// The graph without concatenations: whoever reads one reads its parts. SERENITY counts nodes so: in SwiftNet's cells that
/// alone gives its number of operators, and its live bytes to the last digit published.
pub(super) fn without_joins(graph: &Graph) -> Result<Graph> {
    let mut parts: Vec<Vec<TensorId>> = graph.tensors().ids().map(|t| vec![t]).collect();
    let mut draft = Draft::of(graph);
    for op in graph.ops().rows() {
        let mut inputs: Vec<TensorId> = op.reads().flat_map(|t| parts[t.index()].clone()).collect();
        let joins = op.label == "CONCATENATION" && op.outputs.len() == 1;
        if joins && !graph.outputs().contains(&op.outputs[0]) {
            parts[op.outputs[0].index()] = inputs;
            continue;
        }
        inputs.dedup();
        draft.op(Op {
            kind: OpKind::Opaque,
            inputs: inputs.into_iter().map(Some).collect(),
            ..op.clone()
        });
    }
    draft.finish()
}

/// The graph with an operator of its own behind each convolution, as for an activation that no converter has fused.
pub(super) fn unfused(graph: &Graph) -> Result<Graph> {
    let mut draft = Draft::of(graph);
    for op in graph.ops().rows() {
        if op.label.ends_with("CONV_2D") {
            let inputs: Vec<TensorId> = op.reads().collect();
            let bytes = graph.tensor(op.outputs[0]).bytes;
            let linear = draft.new_op(&op.label, &inputs, op.outputs[0], bytes);
            draft.new_op_into("RELU", &[linear], op.outputs[0]);
        } else {
            draft.op(op.clone());
        }
    }
    draft.finish()
}
