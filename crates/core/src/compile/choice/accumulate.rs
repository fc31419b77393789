//! What kernels that add into 32-bit integers would make of a choice: quantised partial sums that are exact, which no format here can
//! hold, so that this graph is only counted.
//!
//! Each quantised operator that was taken apart gets one accumulator, as many 32-bit integers as its output has elements. It is there
//! from the first partial operator to the step that rescales it into the output. Partial operators add into it in place, in any
//! order, as integer sums can be taken in any order.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::error::Result;
use crate::graph::{ArrayType, DType, Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use crate::ids::{Id, OpId, TensorId};
use crate::plan::{OpOrigin, Rewriting};
use crate::units::Bytes;

/// Bytes of an element of an accumulator.
const WIDTH: u64 = 4;

/// The graph of `rewriting` with its quantised partial sums accumulated. Tensors keep their ids, those that are not needed any more included;
/// accumulators come behind them.
pub(super) fn accumulated(rewriting: &Rewriting) -> Result<Cow<'_, Graph>> {
    let graph = &rewriting.graph;
    let wholes = wholes(rewriting);
    if wholes.is_empty() {
        return Ok(Cow::Borrowed(graph));
    }
    let mut draft = Draft {
        tensors: graph.tensors().rows().cloned().collect(),
        ops: Vec::new(),
        sums: BTreeMap::new(),
    };
    let mut places = BTreeMap::new();
    for (id, op) in graph.ops().iter() {
        match rewriting.op_origins[id] {
            OpOrigin::Part { of, linear: true } if wholes.contains_key(&of) => {
                draft.part(graph, op, (of, wholes[&of]));
            }
            OpOrigin::Sum { of, .. } if wholes.contains_key(&of) => {
                if op.outputs.first() == Some(&wholes[&of]) {
                    draft.rescale(of, wholes[&of]);
                }
            }
            _ => {
                places.insert(id, OpId::from_index(draft.ops.len()));
                draft.ops.push(op.clone());
            }
        }
    }
    let control = graph.control().iter();
    let control = control.filter_map(|(a, b)| Some((*places.get(a)?, *places.get(b)?)));
    draft.finish(graph, control.collect()).map(Cow::Owned)
}

/// Whether there are quantised partial sums.
pub(super) fn has_sums(rewriting: &Rewriting) -> bool {
    !wholes(rewriting).is_empty()
}

/// The output of each quantised operator that was taken apart into sums, by the operator of the source.
fn wholes(rewriting: &Rewriting) -> BTreeMap<OpId, TensorId> {
    let graph = &rewriting.graph;
    let is_quantized = |t: TensorId| {
        let array = graph.tensor(t).array.as_ref();
        array.is_some_and(|array| !array.dtype.is_float())
    };
    let sums = graph.ops().iter().filter_map(|(id, op)| {
        let OpOrigin::Sum { of, .. } = rewriting.op_origins[id] else {
            return None;
        };
        op.outputs.first().map(|&t| (of, t))
    });
    // Operators stand in a valid order: the last sum of each stays.
    let mut wholes: BTreeMap<OpId, TensorId> = sums.collect();
    wholes.retain(|_, &mut t| is_quantized(t));
    wholes
}

/// An accumulator, and what says which parts are in it.
struct Sum {
    accumulator: TensorId,
    tokens: Vec<TensorId>,
}

struct Draft {
    tensors: Vec<Tensor>,
    ops: Vec<Op>,
    sums: BTreeMap<OpId, Sum>,
}

impl Draft {
    /// A partial operator, which adds into the accumulator of the whole.
    fn part(&mut self, graph: &Graph, part: &Op, (of, whole): (OpId, TensorId)) {
        let accumulator = self.accumulator(graph, (of, whole));
        let token = self.tensor("added", Bytes::ZERO, None);
        let inputs = part.inputs.iter().copied().chain([Some(accumulator)]);
        self.ops.push(Op {
            kind: OpKind::Opaque,
            inputs: inputs.collect(),
            outputs: vec![token],
            ..part.clone()
        });
        if let Some(sum) = self.sums.get_mut(&of) {
            sum.tokens.push(token);
        }
    }

    /// The accumulator of an operator; its room is made where it is asked for first.
    fn accumulator(&mut self, graph: &Graph, (of, whole): (OpId, TensorId)) -> TensorId {
        if let Some(sum) = self.sums.get(&of) {
            return sum.accumulator;
        }
        let array = graph.tensor(whole).array.as_ref();
        let elements = array.and_then(ArrayType::elements);
        let elements = elements.unwrap_or(graph.tensor(whole).bytes.get());
        let array = array.map(|array| ArrayType {
            dtype: DType::I32,
            quantization: None,
            ..array.clone()
        });
        let bytes = Bytes(elements.saturating_mul(WIDTH));
        let accumulator = self.tensor("accumulator", bytes, array);
        // It reads nothing and is no constant all the same.
        self.op("ZEROS", Vec::new(), accumulator, true);
        let sum = Sum {
            accumulator,
            tokens: Vec::new(),
        };
        self.sums.insert(of, sum);
        accumulator
    }

    /// Writes the whole, once all parts are in the accumulator.
    fn rescale(&mut self, of: OpId, whole: TensorId) {
        if let Some(sum) = self.sums.get(&of) {
            let tokens = sum.tokens.iter().copied().map(Some);
            let inputs = [Some(sum.accumulator)].into_iter().chain(tokens);
            self.op("RESCALE", inputs.collect(), whole, false);
        }
    }

    fn tensor(&mut self, name: &str, bytes: Bytes, array: Option<ArrayType>) -> TensorId {
        let id = TensorId::from_index(self.tensors.len());
        self.tensors.push(Tensor {
            name: name.to_owned(),
            bytes,
            role: Role::Activation,
            array,
        });
        id
    }

    fn op(
        &mut self,
        label: &str,
        inputs: Vec<Option<TensorId>>,
        output: TensorId,
        has_effects: bool,
    ) {
        self.ops.push(Op {
            name: String::new(),
            label: label.to_owned(),
            kind: OpKind::Opaque,
            inputs,
            outputs: vec![output],
            has_effects,
        });
    }

    fn finish(self, graph: &Graph, control: Vec<(OpId, OpId)>) -> Result<Graph> {
        GraphBuilder::between_ends(graph, self.tensors, self.ops, control)
    }
}
