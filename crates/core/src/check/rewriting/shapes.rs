//! Whether the shapes of new operators' outputs follow from what they read.

use crate::graph::{ArrayType, Graph, OpKind};
use crate::ids::{OpId, TensorId};
use crate::plan::Rewriting;

/// Whether what a new operator writes has the shape that follows from what it reads.
pub(super) fn fit(source: &Graph, rewriting: &Rewriting, op: OpId) -> bool {
    let (graph, node) = (&rewriting.graph, rewriting.graph.op(op));
    let array = |t: TensorId| graph.tensor(t).array.as_ref();
    let input = |i: usize| array(node.inputs.get(i).copied().flatten()?);
    let old = source.op(rewriting.op_origins[op].op());
    let of_source = |t: Option<TensorId>| source.tensor(t?).array.as_ref();
    let (Some(output), Some(whole)) = (
        array(node.outputs[0]),
        of_source(old.outputs.first().copied()),
    ) else {
        return false;
    };
    let extent = |array: Option<&ArrayType>, axis: u32| *array?.shape.get(axis as usize)?;
    let resized = |axis: u32| {
        let (a, b) = (&output.shape, &whole.shape);
        a.len() == b.len() && (0..a.len()).all(|i| i == axis as usize || a[i] == b[i])
    };
    match &node.kind {
        kind if follows_elements(kind) => pointwise(&node.inputs, output, array),
        OpKind::Pad {
            amounts: Some(amounts),
        } => input(0).is_some_and(|x| is_padded(x, output, amounts)),
        OpKind::Slice {
            axis, start, end, ..
        } => input(0).is_some_and(|x| {
            let taken = end.checked_sub(*start);
            let others = (0..x.shape.len()).filter(|&i| i != *axis as usize);
            let inside = extent(input(0), *axis).is_some_and(|extent| *end <= extent);
            x.shape.len() == output.shape.len()
                && others.into_iter().all(|i| x.shape[i] == output.shape[i])
                && inside
                && taken > Some(0)
                && extent(Some(output), *axis) == taken
        }),
        OpKind::Contract {
            data_axis,
            weight_axis,
            ..
        } => {
            output.shape == whole.shape
                && extent(input(0), *data_axis) == extent(input(1), *weight_axis)
        }
        OpKind::Channelwise { axis, .. } => {
            let before = (
                extent(of_source(old.inputs[0]), *axis),
                extent(Some(whole), *axis),
            );
            let after = (extent(input(0), *axis), extent(Some(output), *axis));
            // The same ratio, without division.
            let (Some(a), Some(b), Some(c), Some(d)) = (before.0, before.1, after.0, after.1)
            else {
                return false;
            };
            resized(*axis) && u128::from(a) * u128::from(d) == u128::from(b) * u128::from(c)
        }
        OpKind::Concat { axis } => {
            let extents = (0..node.inputs.len()).map(|i| extent(input(i), *axis));
            extents.sum::<Option<u64>>() == extent(Some(output), *axis)
        }
        _ => false,
    }
}

/// Whether the operator's output has the shape of its inputs, the smaller ones stretched.
fn follows_elements(kind: &OpKind) -> bool {
    kind.is_elementwise() || *kind == OpKind::Requantize
}

/// Whether each input has the output's shape or is stretched to it, and one at least has it.
fn pointwise<'a>(
    inputs: &[Option<TensorId>],
    output: &ArrayType,
    array: impl Fn(TensorId) -> Option<&'a ArrayType>,
) -> bool {
    let shapes: Option<Vec<_>> = inputs
        .iter()
        .flatten()
        .map(|&t| array(t).map(|array| &array.shape))
        .collect();
    let stretches = |shape: &Vec<Option<u64>>| {
        let pairs = shape.iter().rev().zip(output.shape.iter().rev());
        let mut pairs = pairs.map(|(a, b)| a == b || *a == Some(1));
        shape.len() <= output.shape.len() && pairs.all(|fits| fits)
    };
    shapes.is_some_and(|shapes| {
        shapes.iter().all(|shape| stretches(shape)) && shapes.contains(&&output.shape)
    })
}

fn is_padded(from: &ArrayType, output: &ArrayType, amounts: &[(i64, i64)]) -> bool {
    let grown = |(extent, &(before, after)): (&Option<u64>, &(i64, i64))| {
        extent.and_then(|extent| extent.checked_add_signed(before)?.checked_add_signed(after))
    };
    let expected: Vec<_> = from.shape.iter().zip(amounts).map(grown).collect();
    from.shape.len() == amounts.len() && expected == output.shape && !expected.contains(&None)
}
