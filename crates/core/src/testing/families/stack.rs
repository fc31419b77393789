//! Networks in a row.

use crate::graph::{Graph, Op};
use crate::ids::{Id, TensorId};

use super::Wire;

/// `stages`, each with one input and one output and without control edges, one after the other: what one writes is what the
/// next reads.
#[must_use]
pub fn stack(name: &str, stages: &[Graph]) -> Graph {
    let mut wire = Wire::new(name.to_owned());
    let mut end: Option<TensorId> = None;
    for stage in stages {
        let mut here = Vec::new();
        for (id, tensor) in stage.tensors().iter() {
            let fed = end.filter(|_| stage.inputs().contains(&id));
            here.push(fed.unwrap_or_else(|| wire.builder.tensor(tensor.clone())));
        }
        let place = |id: &TensorId| here[id.index()];
        if end.is_none() {
            let inputs = stage.inputs().iter();
            inputs.for_each(|id| wire.builder.input(place(id)));
        }
        for op in stage.ops().rows() {
            wire.builder.op(Op {
                inputs: op.inputs.iter().map(|id| id.as_ref().map(place)).collect(),
                outputs: op.outputs.iter().map(place).collect(),
                ..op.clone()
            });
        }
        end = stage.outputs().last().map(place);
    }
    wire.done(end.as_slice())
}
