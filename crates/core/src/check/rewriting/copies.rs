//! Operators that move no byte.

use crate::graph::{Graph, Op, OpKind, Role};
use crate::ids::TensorId;
use crate::units::Bytes;

/// The input whose bytes and declaration an operator's first output repeats; only an identity may have others. Stricter
/// readings belong to the rules.
pub(super) fn copied_input(graph: &Graph, op: &Op) -> Option<TensorId> {
    let (&to, others) = op.outputs.split_first()?;
    if !others.is_empty() && op.kind != OpKind::Identity {
        return None;
    }
    let from = match (&op.kind, op.inputs.as_slice()) {
        (OpKind::Split { data, .. }, inputs) => inputs.get(*data as usize).copied().flatten()?,
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
