//! Networks in a row.

use crate::graph::{Graph, Op};
use crate::ids::{Id, OpId, TensorId};

use super::Wire;

/// `stages`, each of which has an input and an output, one after the other: the last output of one is the first input of the next.
#[must_use]
pub fn stack(name: &str, stages: &[Graph]) -> Graph {
    let mut wire = Wire::new(name.to_owned());
    let (mut before, mut ops) = (None, 0);
    for (number, stage) in stages.iter().enumerate() {
        let first = stage.inputs().first().copied();
        let mut here = Vec::new();
        for (id, tensor) in stage.tensors().iter() {
            let fed = before.filter(|_| first == Some(id));
            here.push(fed.unwrap_or_else(|| wire.builder.tensor(tensor.clone())));
        }
        let place = |id: &TensorId| here[id.index()];
        let own = stage
            .inputs()
            .iter()
            .filter(|&&id| number == 0 || first != Some(id));
        own.for_each(|id| wire.builder.input(place(id)));
        for op in stage.ops().rows() {
            wire.builder.op(Op {
                inputs: op.inputs.iter().map(|id| id.as_ref().map(place)).collect(),
                outputs: op.outputs.iter().map(place).collect(),
                ..op.clone()
            });
        }
        let at = |op: OpId| OpId::from_index(ops + op.index());
        for &(from, to) in stage.control() {
            wire.builder.control(at(from), at(to));
        }
        ops += stage.ops().len();
        let last = number + 1 == stages.len();
        let (read_on, kept) = stage
            .outputs()
            .split_last()
            .map_or((None, &[][..]), |(l, k)| (Some(l), k));
        kept.iter().for_each(|id| wire.builder.output(place(id)));
        before = read_on.map(place);
        if let (true, Some(end)) = (last, before) {
            wire.builder.output(end);
        }
    }
    wire.done(&[])
}
