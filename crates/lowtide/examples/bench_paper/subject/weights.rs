//! A stage of `RandWire` as it is published: a node multiplies each value that it reads by a learned weight, adds them all, and
//! goes on with a ReLU, a separable convolution and batch normalisation. The zoo's own leaves out the weights.

use lowtide::{Graph, Result};
use lowtide_core::graph::Op;
use lowtide_core::ids::{Id, TensorId};

use super::draft::{Draft, fault};

/// The stage `graph` with its weights kept, a multiplication each, and sums of any number of terms (`ADD_N`), as Xie et al.
/// (arXiv 1904.01569, section 3.2) describe a node and as a converter leaves it: a product cannot be folded into a convolution
/// that others read too.
pub(super) fn kept(graph: &Graph) -> Result<Graph> {
    let mut terms: Vec<Vec<TensorId>> = graph.tensors().ids().map(|t| vec![t]).collect();
    let mut draft = Draft::of(graph);
    for op in graph.ops().rows() {
        let output = op.outputs[0];
        let reads: Vec<TensorId> = op.reads().collect();
        match op.label.as_str() {
            // An activation is written where it is read, behind the weight.
            "RELU" if graph.inputs().contains(&reads[0]) => draft.op(op.clone()),
            "RELU" | "ADD" => {
                let read = reads.iter().flat_map(|t| terms[t.index()].clone());
                terms[output.index()] = read.collect();
                if graph.outputs().contains(&output) {
                    draft.new_op_into("ADD_N", &terms[output.index()], output);
                }
            }
            "DEPTHWISE_CONV_2D" => {
                let data = aggregated(&mut draft, graph, &terms[reads[0].index()]);
                let inputs = std::iter::once(data).chain(reads[1..].iter().copied());
                draft.op(Op {
                    inputs: inputs.map(Some).collect(),
                    ..op.clone()
                });
            }
            "CONV_2D" => draft.op(op.clone()),
            label => return Err(fault(format_args!("{label} is in no stage of RandWire"))),
        }
    }
    draft.finish()
}

/// What a node's convolution reads.
fn aggregated(draft: &mut Draft, graph: &Graph, terms: &[TensorId]) -> TensorId {
    let is_stage_input = |t: TensorId| {
        let producer = graph.topology().producer(t);
        producer.is_none_or(|op| graph.op(op).label == "RELU")
    };
    if terms.iter().any(|&t| is_stage_input(t)) {
        return terms[0];
    }
    let bytes = graph.tensor(terms[0]).bytes;
    let weighted = terms.iter().map(|&t| draft.new_op("MUL", &[t], t, bytes));
    let weighted: Vec<TensorId> = weighted.collect();
    let sum = match weighted.as_slice() {
        [only] => *only,
        all => draft.new_op("ADD_N", all, all[0], bytes),
    };
    draft.new_op("RELU", &[sum], sum, bytes)
}
