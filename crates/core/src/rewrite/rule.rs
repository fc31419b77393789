//! What a rewrite rule is, and what several of them share.

use crate::graph::{ArrayType, Graph, Role};
use crate::ids::{OpId, TensorId};
use crate::plan::{Edit, Patch};

/// A rewrite rule: looks at one operator and proposes a patch, or nothing.
pub trait Rule {
    /// The name used in reports and JSON; stable.
    fn name(&self) -> &'static str;
    /// The patch at `op`, if the rule applies there.
    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch>;
}

/// The patch that drops `op`, which only copies `from` to `to`.
///
/// Readers of `to` read `from` instead. Where the caller reads `to`, it is `from` that goes: its producer writes `to` at
/// once. No patch where neither can go (the caller feeds `from` and reads `to`), where `from` may change between the copy
/// and its last reader (a variable), or where the two are declared differently, since kernels read the declaration.
pub(super) fn drop_copy(
    graph: &Graph,
    rule: &'static str,
    op: OpId,
    from: TensorId,
    to: TensorId,
) -> Option<Patch> {
    if graph.op(op).has_effects {
        return None;
    }
    let (old, new) = stand_in(graph, from, to)?;
    let edits = vec![Edit::RemoveOp(op), Edit::ReplaceTensor { old, new }];
    Some(Patch::clean_up(rule, op, edits))
}

/// Of two tensors that hold the same, the one that goes and the one that stays; see [`drop_copy`].
pub(super) fn stand_in(
    graph: &Graph,
    from: TensorId,
    to: TensorId,
) -> Option<(TensorId, TensorId)> {
    let role = |t| graph.tensor(t).role;
    if role(from) == Role::Variable || role(to) == Role::Variable {
        return None;
    }
    if !same_declaration(
        graph.tensor(from).array.as_ref()?,
        graph.tensor(to).array.as_ref()?,
    ) {
        return None;
    }
    let is_output = |t| graph.outputs().contains(&t);
    if !is_output(to) {
        return Some((to, from));
    }
    let made = role(from) == Role::Activation && graph.topology().producer(from).is_some();
    (made && !is_output(from)).then_some((from, to))
}

/// Same element type, same declared shape, same quantisation to the bit.
pub(super) fn same_declaration(a: &ArrayType, b: &ArrayType) -> bool {
    let same_quantization = match (&a.quantization, &b.quantization) {
        (None, None) => true,
        (Some(a), Some(b)) => a.same(b),
        _ => false,
    };
    a.dtype == b.dtype && a.shape == b.shape && same_quantization
}

/// The only tensor of a list, if there is just one.
pub(super) fn only<T: Copy>(items: &[T]) -> Option<T> {
    match items {
        [item] => Some(*item),
        _ => None,
    }
}
