//! The constant lists that operators read as parameters: whether they say what the operator's kind says.

use crate::graph::{DType, Graph, OpKind, Role, Says};
use crate::ids::{OpId, TensorId};
use crate::plan::{Rewriting, TensorOrigin};

/// Whether the slices that an operator of the rewritten graph takes are those that its lists name: the source's own where its kind is the
/// source's, else the source's lists with the numbers of its kind in their places.
pub(super) fn say_so(source: &Graph, rewriting: &Rewriting, op: OpId) -> bool {
    let node = rewriting.graph.op(op);
    let OpKind::Slice {
        axis,
        start,
        end,
        bounds,
    } = &node.kind
    else {
        return true;
    };
    let old = source.op(rewriting.op_origins[op].op());
    let origin = |position: usize| {
        let t = node.inputs.get(position).copied().flatten();
        t.map(|t| rewriting.tensor_origins[t])
    };
    let unchanged = |position: usize| match (origin(position), old.inputs.get(position)) {
        (None, Some(None)) => true,
        (Some(TensorOrigin::Source(t)), Some(&Some(list))) => is_same(source, t, list),
        _ => false,
    };
    let others = 1..node.inputs.len().max(old.inputs.len());
    if node.kind == old.kind && others.clone().all(unchanged) {
        return true;
    }
    let is_bound = |position: usize| bounds.iter().any(|bound| bound.input as usize == position);
    let named = bounds.iter().all(|bound| {
        let position = bound.input as usize;
        let list = old.inputs.get(position).copied().flatten();
        let value = bound.says.of(*start, *end);
        match (origin(position), list) {
            (
                Some(TensorOrigin::Entry {
                    of,
                    at,
                    value: said,
                }),
                Some(list),
            ) => (at, said) == (bound.at, value) && is_same(source, of, list),
            _ => false,
        }
    });
    let data = node.inputs.first().copied().flatten();
    let array = data.and_then(|t| rewriting.graph.tensor(t).array.as_ref());
    let extent = array.and_then(|array| array.shape.get(*axis as usize).copied().flatten());
    let says = |what: &[Says]| bounds.iter().any(|bound| what.contains(&bound.says));
    let starts = *start == 0 || says(&[Says::Start]);
    let ends = Some(*end) == extent || says(&[Says::End, Says::Length]);
    named && starts && ends && others.filter(|&i| !is_bound(i)).all(unchanged)
}

/// One tensor, or two constants with one value.
fn is_same(source: &Graph, a: TensorId, b: TensorId) -> bool {
    let value = |t: TensorId| match source.topology().producer(t).map(|op| &source.op(op).kind) {
        Some(OpKind::Constant { value }) => Some(*value),
        _ => None,
    };
    a == b || (value(a).is_some() && value(a) == value(b))
}

/// Whether a tensor is a constant list of integers of the file with such a place.
pub(super) fn is_entry(source: &Graph, list: TensorId, at: u32) -> bool {
    let tensor = source.tensor(list);
    let given = match source.topology().producer(list) {
        None => !source.inputs().contains(&list),
        Some(op) => matches!(source.op(op).kind, OpKind::Constant { .. }),
    };
    let integers = tensor.array.as_ref().is_some_and(|array| {
        matches!(array.dtype, DType::I32 | DType::I64)
            && array.shape.len() == 1
            && array.elements() > Some(u64::from(at))
    });
    given && integers && tensor.role == Role::Constant
}
