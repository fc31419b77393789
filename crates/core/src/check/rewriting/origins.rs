//! Whether each part of a rewritten graph is what its origin says: declarations, attributes, sizes. Wiring is not looked at.

use crate::graph::{DType, Graph, Op, OpKind, Role, Tensor};
use crate::ids::{Id, OpId};
use crate::plan::{Exactness, OpOrigin, Rewriting, TensorOrigin};

use super::{RewritingFault, lists, shapes};

/// Nothing but wiring and parts may differ from the origins, no origin is used twice, effects stay.
pub(super) fn check(source: &Graph, rewriting: &Rewriting) -> Result<(), RewritingFault> {
    let kept = check_ops(source, rewriting)?;
    check_tensors(source, rewriting)?;
    match source
        .ops()
        .iter()
        .find(|(op, node)| node.has_effects && !kept[op.index()])
    {
        Some((op, _)) => Err(RewritingFault::EffectLost { op }),
        None => Ok(()),
    }
}

fn fault(what: impl std::fmt::Display) -> RewritingFault {
    let what = what.to_string();
    RewritingFault::Origin { what }
}

/// Which operators of the source are still there.
fn check_ops(source: &Graph, rewriting: &Rewriting) -> Result<Vec<bool>, RewritingFault> {
    let mut kept = vec![false; source.ops().len()];
    for (op, node) in rewriting.graph.ops().iter() {
        let origin = rewriting.op_origins[op];
        let right = source
            .ops()
            .get(origin.op())
            .is_some_and(|old| match origin {
                OpOrigin::Source(of) => {
                    !std::mem::replace(&mut kept[of.index()], true) && is_rewired(old, node)
                }
                OpOrigin::Part { linear, .. } => is_part(old, node, linear),
                OpOrigin::Sum { activation, .. } => is_sum(old, node, activation),
            });
        let made = !matches!(origin, OpOrigin::Source(_));
        if !right
            || !lists::say_so(source, rewriting, op)
            || (made && !shapes::fit(source, rewriting, op))
        {
            return Err(fault(op));
        }
        if let OpOrigin::Sum { .. } = origin {
            promise(source, rewriting, op)?;
        }
    }
    Ok(kept)
}

fn check_tensors(source: &Graph, rewriting: &Rewriting) -> Result<(), RewritingFault> {
    let mut taken = vec![false; source.tensors().len()];
    for (t, tensor) in rewriting.graph.tensors().iter() {
        let origin = rewriting.tensor_origins[t];
        let computed = rewriting.graph.topology().producer(t).is_some();
        let right = source
            .tensors()
            .get(origin.tensor())
            .is_some_and(|old| match origin {
                TensorOrigin::Source(of) => {
                    !std::mem::replace(&mut taken[of.index()], true) && old == tensor
                }
                TensorOrigin::Slice {
                    of,
                    axis,
                    start,
                    end,
                } => {
                    source.topology().producer(of).is_none()
                        && is_slice(old, tensor, axis, start, end)
                }
                TensorOrigin::Entry { of, at, .. } => {
                    lists::is_entry(source, of, at) && is_declared_like(old, tensor)
                }
                TensorOrigin::Zeros { of } => {
                    let given = source.topology().producer(of).is_none();
                    given && old.role == Role::Constant && is_declared_like(old, tensor)
                }
                TensorOrigin::Part { .. } => computed && is_made(old, tensor, true),
                TensorOrigin::Partial { .. } => computed && is_made(old, tensor, false),
            });
        if !right {
            return Err(fault(t));
        }
    }
    Ok(())
}

/// The same but for the name.
fn is_declared_like(old: &Tensor, tensor: &Tensor) -> bool {
    let unnamed = |tensor: &Tensor| Tensor {
        name: String::new(),
        ..tensor.clone()
    };
    unnamed(old) == unnamed(tensor)
}

fn is_rewired(old: &Op, node: &Op) -> bool {
    let unwired = |op: &Op| Op {
        inputs: Vec::new(),
        outputs: Vec::new(),
        ..op.clone()
    };
    let arity = (old.inputs.len(), old.outputs.len()) == (node.inputs.len(), node.outputs.len());
    arity && unwired(old) == unwired(node)
}

/// The same operator on other inputs; without its activation if it is linear.
fn is_part(old: &Op, node: &Op, linear: bool) -> bool {
    let kind = match (&node.kind, &old.kind) {
        (
            &OpKind::Contract {
                data_axis,
                weight_axis,
                activation,
            },
            &OpKind::Contract {
                data_axis: data,
                weight_axis: weight,
                ..
            },
        ) => linear && !activation && (data_axis, weight_axis) == (data, weight),
        (OpKind::Elementwise | OpKind::Add { .. } | OpKind::Requantize, kind) => {
            !linear && node.kind == *kind && node.inputs.len() == old.inputs.len()
        }
        (OpKind::Channelwise { .. } | OpKind::Concat { .. } | OpKind::Pad { .. }, old) => {
            !linear && node.kind == *old
        }
        (
            OpKind::Slice { axis, bounds, .. },
            OpKind::Slice {
                axis: along,
                bounds: said,
                ..
            },
        ) => !linear && (axis, bounds) == (along, said) && node.inputs.len() == old.inputs.len(),
        _ => false,
    };
    let effects = old.has_effects || node.has_effects;
    kind && node.label == old.label && !effects && node.outputs.len() == 1
}

fn is_sum(old: &Op, node: &Op, activation: bool) -> bool {
    let may_activate = match old.kind {
        OpKind::Contract { activation, .. } | OpKind::Add { activation } => activation,
        _ => return false,
    };
    let shape = (node.inputs.len(), node.outputs.len()) == (2, 1);
    shape
        && node.kind == OpKind::Add { activation }
        && !node.has_effects
        && (may_activate || !activation)
}

/// Floats only round; integers of 32 and 64 bits that are added wrap around, in any order; others do more.
fn promise(source: &Graph, rewriting: &Rewriting, op: OpId) -> Result<(), RewritingFault> {
    let promised = rewriting.exactness();
    let output = rewriting.graph.op(op).outputs[0];
    let old = source.op(rewriting.op_origins[op].op());
    let whole = old.outputs.first().map(|&t| source.tensor(t));
    let plain = whole.and_then(|whole| whole.array.as_ref());
    let plain = plain.is_some_and(|array| array.quantization.is_none());
    let adds = matches!(old.kind, OpKind::Add { .. }) && plain;
    let array = rewriting.graph.tensor(output).array.as_ref();
    let class = match array.map(|array| array.dtype) {
        Some(dtype) if dtype.is_float() => Exactness::Rounding,
        Some(DType::I32 | DType::I64) if adds => Exactness::BitExact,
        _ => Exactness::Approximate,
    };
    match class <= promised {
        true => Ok(()),
        false => Err(RewritingFault::Promise { promised, op }),
    }
}

fn is_slice(old: &Tensor, tensor: &Tensor, axis: u32, start: u64, end: u64) -> bool {
    let (Some(a), Some(b)) = (&old.array, &tensor.array) else {
        return false;
    };
    let along = axis as usize;
    let inside = a
        .shape
        .get(along)
        .copied()
        .flatten()
        .is_some_and(|extent| start < end && end <= extent);
    let shape = a.shape.len() == b.shape.len()
        && (0..a.shape.len()).all(|i| match i == along {
            true => b.shape[i] == Some(end - start),
            false => a.shape[i] == b.shape[i],
        });
    let quantization = match (&a.quantization, &b.quantization) {
        (None, None) => true,
        (Some(a), Some(b)) if a.scales.len() > 1 && a.axis == axis => {
            let range = start as usize..end as usize;
            let bits = |scales: &[f32]| scales.iter().map(|s| s.to_bits()).collect::<Vec<_>>();
            a.scales.get(range.clone()).map(bits) == Some(bits(&b.scales))
                && a.zero_points.get(range) == Some(&b.zero_points[..])
                && a.axis == b.axis
        }
        (Some(a), Some(b)) => a.same(b),
        _ => false,
    };
    let constants = (old.role, tensor.role) == (Role::Constant, Role::Constant);
    let sizes = a.bytes() == Some(old.bytes) && b.bytes() == Some(tensor.bytes);
    inside && shape && quantization && constants && sizes && a.dtype == b.dtype
}

/// An activation stored like `old`: wholly, or, where it is an incomplete sum, in a quantisation still to be chosen.
fn is_made(old: &Tensor, tensor: &Tensor, complete: bool) -> bool {
    let (Some(a), Some(b)) = (&old.array, &tensor.array) else {
        return false;
    };
    let quantization = match (&a.quantization, &b.quantization) {
        (_, None) if !complete => true,
        (None, None) => true,
        (Some(a), Some(b)) => complete && a.same(b),
        _ => false,
    };
    let activation = tensor.role == Role::Activation && old.role == Role::Activation;
    quantization && activation && a.dtype == b.dtype && b.bytes() == Some(tensor.bytes)
}
