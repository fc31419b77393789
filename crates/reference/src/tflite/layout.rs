//! Operators that move numbers and change none.

use lowtide_core::graph::OpKind;
use lowtide_core::ids::OpId;
use lowtide_formats::onnx::emit::Attribute;

use super::lowering::{Lowering, Operand};
use crate::CannotRun;

/// `RESHAPE`, `SQUEEZE`, `EXPAND_DIMS`.
pub(super) fn reshape(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let data = net.operand(op, 0)?;
    reshaped(net, (op, 0), &data.name, &data)
}

/// Stores `name` in the shape of an output.
fn reshaped(
    net: &mut Lowering<'_>,
    (op, position): (OpId, usize),
    name: &str,
    data: &Operand,
) -> Result<(), CannotRun> {
    let shape = net.shape(net.writes(op, position)?)?;
    let shape = net.list(&shape);
    let name = net.node("Reshape", &[name, &shape], &[]);
    net.store((op, position), name, &[data.storage.unit()], 0)
}

/// `CONCATENATION`; parts in other steps than the whole are stored in its steps first.
pub(super) fn concatenation(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let axis = net.option(op, "axis")?;
    let activation = net.option(op, "fused_activation_function")?;
    joined(net, op, axis, activation, None)
}

/// `PACK`: a concatenation along an axis that the parts do not have.
pub(super) fn pack(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let axis = net.option(op, "axis")?;
    let mut shape = net.shape(net.writes(op, 0)?)?;
    let place = index(axis, shape.len())?;
    shape[place] = 1;
    joined(net, op, axis, 0, Some(&shape))
}

fn joined(
    net: &mut Lowering<'_>,
    op: OpId,
    axis: i64,
    activation: i64,
    shape: Option<&[i64]>,
) -> Result<(), CannotRun> {
    let mut parts = Vec::new();
    let mut worth = None;
    for position in 0..net.op(op).inputs.len() {
        let part = net.operand(op, position)?;
        let first = *worth.get_or_insert(part.storage.unit());
        let mut name = net.times(part.name, &[part.storage.unit() / first]);
        if let Some(shape) = shape {
            let shape = net.list(shape);
            name = net.node("Reshape", &[&name, &shape], &[]);
        }
        parts.push(name);
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let whole = net.node("Concat", &parts, &[("axis", Attribute::Int(axis))]);
    net.store((op, 0), whole, &[worth.unwrap_or(1.0)], activation)
}

/// `SPLIT` and `SPLIT_V`: slices of the data, as long as the outputs.
pub(super) fn split(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let OpKind::Split { data, .. } = net.op(op).kind else {
        return Err(CannotRun::new("no data"));
    };
    let axis_at = if data == 1 { 0 } else { 2 };
    let data = net.operand(op, data as usize)?;
    let axis = net
        .integers(op, axis_at)?
        .first()
        .copied()
        .unwrap_or_default();
    let axis = index(axis, data.shape.len())?;
    let mut start = 0;
    for position in 0..net.op(op).outputs.len() {
        let extent = net.shape(net.writes(op, position)?)?[axis];
        let slice = sliced(
            net,
            &data.name,
            [&[axis as i64], &[start], &[start + extent], &[1]],
        );
        net.store((op, position), slice, &[data.storage.unit()], 0)?;
        start += extent;
    }
    Ok(())
}

/// `UNPACK`: slices of one, without their axis.
pub(super) fn unpack(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let data = net.operand(op, 0)?;
    let axis = index(net.option(op, "axis")?, data.shape.len())? as i64;
    for position in 0..net.op(op).outputs.len() {
        let start = position as i64;
        let slice = sliced(net, &data.name, [&[axis], &[start], &[start + 1], &[1]]);
        reshaped(net, (op, position), &slice, &data)?;
    }
    Ok(())
}

/// `SLICE`: beginnings and sizes, where -1 means to the end.
pub(super) fn slice(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let data = net.operand(op, 0)?;
    let starts = net.integers(op, 1)?;
    let extents = net.shape(net.writes(op, 0)?)?;
    let ends: Vec<i64> = starts
        .iter()
        .zip(&extents)
        .map(|(start, extent)| start + extent)
        .collect();
    let axes: Vec<i64> = (0..starts.len() as i64).collect();
    let steps = vec![1; starts.len()];
    let slice = sliced(net, &data.name, [&axes, &starts, &ends, &steps]);
    net.store((op, 0), slice, &[data.storage.unit()], 0)
}

/// `STRIDED_SLICE` without ellipsis and new axes.
pub(super) fn strided_slice(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let data = net.operand(op, 0)?;
    for mask in ["ellipsis_mask", "new_axis_mask", "offset"] {
        if net.option(op, mask)? != 0 {
            return Err(CannotRun::new(format_args!("option '{mask}'")));
        }
    }
    let mut starts = net.integers(op, 1)?;
    let mut ends = net.integers(op, 2)?;
    let steps = net.integers(op, 3)?;
    let masks = ["begin_mask", "end_mask", "shrink_axis_mask"];
    let [open_start, open_end, single] = masks.map(|mask| net.option(op, mask).unwrap_or_default());
    if starts.len() != ends.len() || ends.len() != steps.len() || starts.len() > 32 {
        return Err(CannotRun::new("lists of unequal lengths"));
    }
    for (axis, step) in steps.iter().enumerate() {
        let is_set = |mask: i64| mask >> axis & 1 == 1;
        let (first, last) = if *step > 0 {
            (0, i64::MAX)
        } else {
            (i64::MAX, i64::MIN)
        };
        if is_set(single) {
            ends[axis] = if starts[axis] == -1 {
                i64::MAX
            } else {
                starts[axis] + 1
            };
            continue;
        }
        if is_set(open_start) {
            starts[axis] = first;
        }
        if is_set(open_end) {
            ends[axis] = last;
        }
    }
    let axes: Vec<i64> = (0..starts.len() as i64).collect();
    let slice = sliced(net, &data.name, [&axes, &starts, &ends, &steps]);
    reshaped(net, (op, 0), &slice, &data)
}

/// `axes`, starts, ends and steps.
fn sliced(net: &mut Lowering<'_>, name: &str, [axes, starts, ends, steps]: [&[i64]; 4]) -> String {
    let [starts, ends, axes, steps] = [starts, ends, axes, steps].map(|values| {
        // The engine's integers have 32 bits.
        let values: Vec<i64> = values
            .iter()
            .map(|&v| v.clamp(i32::MIN.into(), i32::MAX.into()))
            .collect();
        net.list(&values)
    });
    net.node("Slice", &[name, &starts, &ends, &axes, &steps], &[])
}

/// `TRANSPOSE` with a constant permutation.
pub(super) fn transpose(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let data = net.operand(op, 0)?;
    let perm = Attribute::Ints(net.integers(op, 1)?);
    let moved = net.node("Transpose", &[&data.name], &[("perm", perm)]);
    net.store((op, 0), moved, &[data.storage.unit()], 0)
}

/// `PAD` with zeros, of constant amounts.
pub(super) fn pad(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let data = net.operand(op, 0)?;
    let amounts = net.integers(op, 1)?;
    let (pairs, _) = amounts.as_chunks::<2>();
    let before = pairs.iter().map(|pair| pair[0]);
    let pads: Vec<i64> = before.chain(pairs.iter().map(|pair| pair[1])).collect();
    let pads = net.list(&pads);
    let padded = net.node("Pad", &[&data.name, &pads], &[]);
    net.store((op, 0), padded, &[data.storage.unit()], 0)
}

/// `TILE` a constant number of times.
pub(super) fn tile(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let data = net.operand(op, 0)?;
    let times = net.integers(op, 1)?;
    let times = net.list(&times);
    let tiled = net.node("Tile", &[&data.name, &times], &[]);
    net.store((op, 0), tiled, &[data.storage.unit()], 0)
}

/// An axis, counted from either end.
fn index(axis: i64, rank: usize) -> Result<usize, CannotRun> {
    let axis = if axis < 0 { axis + rank as i64 } else { axis };
    let axis = usize::try_from(axis).ok().filter(|&axis| axis < rank);
    axis.ok_or_else(|| CannotRun::new("an axis that is not there"))
}
