//! The referee of bit-exact rewritings: gives every value of both graphs a number, by rules of its own, and compares.
//!
//! Two values have one number if they are the same source tensor, or are computed by the same source operator from inputs
//! of equal numbers (value numbering, Alpern, Wegman and Zadeck, POPL 1988). An operator that moves no byte passes its input's number on. A rewriting
//! is right if the caller feeds the same tensors, and reads values of the same numbers.

use rustc_hash::FxHashMap;

use crate::graph::{Graph, Op, OpKind, Role};
use crate::ids::{Id, OpId, Table, TensorId};
use crate::plan::Rewriting;
use crate::units::Bytes;

/// What is wrong with a rewriting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RewritingFault {
    /// Other inputs, or another number of outputs, than the source.
    #[error("the rewritten graph has another signature than its source")]
    Signature,
    /// A tensor or operator that is not what its origin says.
    #[error("{what} of the rewritten graph differs from its origin")]
    Origin {
        /// Which.
        what: String,
    },
    /// An operator with effects is gone.
    #[error("{op} has effects and is missing from the rewritten graph")]
    EffectLost {
        /// Which, in the source.
        op: OpId,
    },
    /// The caller would read something else.
    #[error("output {output} of the rewritten graph is not what the source computes")]
    Value {
        /// Position among the outputs.
        output: usize,
    },
}

/// Checks that `rewriting` computes what `source` computes, bit for bit.
///
/// # Errors
/// The first fault found.
pub fn check_rewriting(source: &Graph, rewriting: &Rewriting) -> Result<(), RewritingFault> {
    let new = &rewriting.graph;
    check_origins(source, rewriting)?;
    let mut numbers = Numbers::default();
    let old_values = numbers.of_graph(source, |op| op, |t| t);
    let new_values = numbers.of_graph(
        new,
        |op| rewriting.op_origins[op],
        |t| rewriting.tensor_origins[t],
    );
    let inputs = new.inputs().iter().map(|&t| rewriting.tensor_origins[t]);
    if !inputs.eq(source.inputs().iter().copied()) || new.outputs().len() != source.outputs().len()
    {
        return Err(RewritingFault::Signature);
    }
    for (output, (&old, &new)) in source.outputs().iter().zip(new.outputs()).enumerate() {
        if old_values[old] != new_values[new] {
            return Err(RewritingFault::Value { output });
        }
    }
    Ok(())
}

/// Nothing but wiring may differ from the origins, no origin is used twice, effects stay.
fn check_origins(source: &Graph, rewriting: &Rewriting) -> Result<(), RewritingFault> {
    let fault = |what: &dyn std::fmt::Display| {
        Err(RewritingFault::Origin {
            what: what.to_string(),
        })
    };
    let mut kept = vec![false; source.ops().len()];
    for (op, node) in rewriting.graph.ops().iter() {
        let origin = rewriting.op_origins[op];
        let Some(old) = source.ops().get(origin) else {
            return fault(&op);
        };
        let unwired = |op: &Op| Op {
            inputs: Vec::new(),
            outputs: Vec::new(),
            ..op.clone()
        };
        let arity =
            (old.inputs.len(), old.outputs.len()) == (node.inputs.len(), node.outputs.len());
        if std::mem::replace(&mut kept[origin.index()], true)
            || !arity
            || unwired(old) != unwired(node)
        {
            return fault(&op);
        }
    }
    let mut taken = vec![false; source.tensors().len()];
    for (t, tensor) in rewriting.graph.tensors().iter() {
        let origin = rewriting.tensor_origins[t];
        if source.tensors().get(origin) != Some(tensor)
            || std::mem::replace(&mut taken[origin.index()], true)
        {
            return fault(&t);
        }
    }
    match source
        .ops()
        .iter()
        .find(|(op, node)| node.has_effects && !kept[op.index()])
    {
        Some((op, _)) => Err(RewritingFault::EffectLost { op }),
        None => Ok(()),
    }
}

/// What a value is.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Value {
    /// The constant that the reader gave this number.
    Constant(u32),
    /// Fed, constant or variable: a tensor of the source.
    Given(TensorId),
    /// An output of an operator of the source.
    Computed {
        op: OpId,
        inputs: Vec<Option<u32>>,
        output: usize,
    },
}

/// Numbers shared by both graphs.
#[derive(Default)]
struct Numbers(FxHashMap<Value, u32>);

impl Numbers {
    fn number(&mut self, value: Value) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(value).or_insert(next)
    }

    fn of_graph(
        &mut self,
        graph: &Graph,
        op_origin: impl Fn(OpId) -> OpId,
        tensor_origin: impl Fn(TensorId) -> TensorId,
    ) -> Table<TensorId, u32> {
        let given: Vec<u32> = graph
            .tensors()
            .ids()
            .map(|t| self.number(Value::Given(tensor_origin(t))))
            .collect();
        let mut values = Table::from_vec(given);
        for (op, node) in graph.ops().iter() {
            let inputs: Vec<Option<u32>> =
                node.inputs.iter().map(|t| t.map(|t| values[t])).collect();
            let copied = copied_input(graph, node).map(|t| values[t]);
            for (output, &t) in node.outputs.iter().enumerate() {
                let computed = match node.kind {
                    OpKind::Constant { value } => Value::Constant(value),
                    _ => Value::Computed {
                        op: op_origin(op),
                        inputs: inputs.clone(),
                        output,
                    },
                };
                let copied = copied.filter(|_| output == 0);
                values[t] = copied.unwrap_or_else(|| self.number(computed));
            }
        }
        values
    }
}

/// The input whose bytes and declaration an operator's first output repeats; only an identity may have others. Stricter
/// readings belong to the rules.
fn copied_input(graph: &Graph, op: &Op) -> Option<TensorId> {
    let (&to, others) = op.outputs.split_first()?;
    if !others.is_empty() && op.kind != OpKind::Identity {
        return None;
    }
    let from = match (&op.kind, op.inputs.as_slice()) {
        (OpKind::Split { data }, inputs) => inputs.get(*data as usize).copied().flatten()?,
        (OpKind::Concat { .. }, &[Some(from)]) | (OpKind::Requantize, &[Some(from)]) => from,
        (OpKind::Identity | OpKind::Reshape, &[Some(from), ..]) => from,
        (
            OpKind::Pad {
                amounts: Some(amounts),
            },
            &[Some(from), ..],
        ) if amounts
            .iter()
            .all(|&(before, after)| before == 0 && after == 0) =>
        {
            from
        }
        (OpKind::Transpose { perm: Some(perm) }, &[Some(from), ..])
            if keeps_layout(graph, from, perm) =>
        {
            from
        }
        _ => return None,
    };
    let (a, b) = (graph.tensor(from), graph.tensor(to));
    let variable = a.role == Role::Variable || b.role == Role::Variable;
    let (a_type, b_type) = (a.array.as_ref()?, b.array.as_ref()?);
    let quantization = match (&a_type.quantization, &b_type.quantization) {
        (None, None) => !matches!(op.kind, OpKind::Requantize),
        (Some(a), Some(b)) => a.same(b),
        _ => false,
    };
    let sized = a.bytes == b.bytes && a.bytes > Bytes::ZERO;
    let same = a_type.dtype == b_type.dtype && a_type.shape == b_type.shape;
    (same && quantization && sized && !variable).then_some(from)
}

/// Whether walking the output row by row walks the input row by row: strides of the long axes keep falling.
fn keeps_layout(graph: &Graph, from: TensorId, perm: &[u32]) -> bool {
    let Some(shape) = graph.tensor(from).array.as_ref().map(|array| &array.shape) else {
        return false;
    };
    let mut last = None;
    perm.len() == shape.len()
        && perm.iter().all(|&axis| match shape.get(axis as usize) {
            Some(Some(1)) => true,
            Some(_) => last.replace(axis).is_none_or(|before| before < axis),
            None => false,
        })
}
