//! Operators that take parts of tensors, or put parts together.

use lowtide_core::graph::DType;

use super::super::fact::{Call, Fact, Shape, axis};
use super::Rule;

pub(super) fn rule(op_type: &str) -> Option<Rule> {
    Some(match op_type {
        "Concat" => concat,
        "Split" => split,
        "Slice" => slice,
        "Gather" => gather,
        "GatherElements" => |call| Some(vec![Fact::new(call.dtype(0), call.shape(1)?.clone())]),
        "GatherND" => gather_nd,
        "Pad" => pad,
        "CenterCropPad" => center_crop_pad,
        "Compress" => compress,
        // How many there are depends on data; how many numbers describe one does not.
        "NonZero" => |call| Some(places(vec![Some(call.shape(0)?.len() as u64), None])),
        "NonMaxSuppression" => |_| Some(places(vec![None, Some(3)])),
        _ => return None,
    })
}

fn concat(call: &Call<'_>) -> Option<Vec<Fact>> {
    let mut shape = call.shape(0)?.clone();
    let at = call.axis(1, shape.len())?;
    for input in 1..call.inputs.len() {
        let next = call.shape(input).filter(|next| next.len() == shape.len())?;
        for (i, (dim, &other)) in shape.iter_mut().zip(next).enumerate() {
            *dim = match (i == at, *dim, other) {
                (true, Some(a), Some(b)) => Some(a.checked_add(b)?),
                (true, _, _) => None,
                (false, a, b) => a.or(b),
            };
        }
    }
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// By list (attribute, later input), or into as many equal parts as there are outputs, the last one smaller.
fn split(call: &Call<'_>) -> Option<Vec<Fact>> {
    let input = call.shape(0)?;
    let at = call.axis(0, input.len())?;
    let parts = call.node.outputs.len() as u64;
    let part = |i: u64| {
        let each = input[at]?.div_ceil(parts);
        Some(each.min(input[at]?.saturating_sub(each.saturating_mul(i))))
    };
    let sizes: Vec<Option<u64>> = match call.ints_either("split", 1)? {
        Some(sizes) => sizes.into_iter().map(|s| s.try_into().ok()).collect(),
        None => (0..parts).map(part).collect(),
    };
    let one = |size| {
        let mut shape = input.clone();
        shape[at] = size;
        Fact::new(call.dtype(0), shape)
    };
    Some(sizes.into_iter().take(parts as usize).map(one).collect())
}

/// Starts, ends and axes: attributes before operator set 10, inputs since.
fn slice(call: &Call<'_>) -> Option<Vec<Fact>> {
    let mut shape = call.shape(0)?.clone();
    let axes = call.ints_either("axes", 3)?;
    let steps = call.ints_either("steps", 4)?;
    let (starts, ends) = match (call.ints_either("starts", 1), call.ints_either("ends", 2)) {
        (Some(Some(starts)), Some(Some(ends))) if starts.len() == ends.len() => (starts, ends),
        _ => {
            // Where the cut is not known, at least the other axes are.
            for a in axes? {
                shape[axis(a, call.shape(0)?.len())?] = None;
            }
            return Some(vec![Fact::new(call.dtype(0), shape)]);
        }
    };
    for (i, (&start, &end)) in starts.iter().zip(&ends).enumerate() {
        let at = axes
            .as_ref()
            .map_or(Some(i as i64), |axes| axes.get(i).copied())?;
        let at = axis(at, shape.len())?;
        let step = steps
            .as_ref()
            .map_or(Some(1), |steps| steps.get(i).copied())?;
        shape[at] = match shape[at] {
            Some(dim) => Some(range(dim, start, end, step)?),
            None => None,
        };
    }
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// How many elements `start..end` by `step` takes of `dim`, ends counted from the back where negative, and clamped.
fn range(dim: u64, start: i64, end: i64, step: i64) -> Option<u64> {
    let dim = i64::try_from(dim).ok()?;
    let place = |at: i64| if at < 0 { at.saturating_add(dim) } else { at };
    let (start, end) = (place(start), place(end));
    let length = match step {
        0 => return None,
        1.. => end.clamp(0, dim) - start.clamp(0, dim),
        _ => start.clamp(-1, dim - 1) - end.clamp(-1, dim - 1),
    };
    Some(length.max(0).unsigned_abs().div_ceil(step.unsigned_abs()))
}

fn gather(call: &Call<'_>) -> Option<Vec<Fact>> {
    let (data, indices) = (call.shape(0)?, call.shape(1)?);
    let at = call.axis(0, data.len())?;
    let shape = [&data[..at], indices, &data[at + 1..]].concat();
    Some(vec![Fact::new(call.dtype(0), shape)])
}

fn gather_nd(call: &Call<'_>) -> Option<Vec<Fact>> {
    let (data, indices) = (call.shape(0)?, call.shape(1)?);
    let batch = usize::try_from(call.node.int("batch_dims").unwrap_or(0)).ok()?;
    let (&tuple, places) = indices.split_last()?;
    let rest = batch.checked_add(usize::try_from(tuple?).ok()?)?;
    let shape = [places, data.get(rest..)?].concat();
    Some(vec![Fact::new(call.dtype(0), shape)])
}

fn pad(call: &Call<'_>) -> Option<Vec<Fact>> {
    let input = call.shape(0)?;
    let pads = amounts(call, input.len())?;
    let grow = |(&dim, &(before, behind)): (&Option<u64>, &(i64, i64))| match dim {
        Some(dim) => {
            let dim = i64::try_from(dim).ok()?;
            let dim = dim.checked_add(before)?.checked_add(behind)?;
            Some(Some(dim.try_into().ok()?))
        }
        None => Some(None),
    };
    let shape = input
        .iter()
        .zip(&pads)
        .map(grow)
        .collect::<Option<Shape>>()?;
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// What a Pad adds before and behind each axis, where that is constant.
pub(crate) fn amounts(call: &Call<'_>, rank: usize) -> Option<Vec<(i64, i64)>> {
    let pads = call.ints_either("pads", 1)??;
    let (before, behind) = pads.split_at_checked(pads.len() / 2)?;
    let axes: Vec<usize> = match call.fact(3) {
        Some(_) => call
            .ints(3)?
            .iter()
            .map(|&a| axis(a, rank))
            .collect::<Option<_>>()?,
        None => (0..rank).collect(),
    };
    if before.len() != axes.len() || behind.len() != axes.len() {
        return None;
    }
    let mut amounts = vec![(0, 0); rank];
    for (at, pair) in axes.into_iter().zip(before.iter().zip(behind)) {
        amounts[at] = (*pair.0, *pair.1);
    }
    Some(amounts)
}

fn center_crop_pad(call: &Call<'_>) -> Option<Vec<Fact>> {
    let (mut shape, wanted) = (call.shape(0)?.clone(), call.ints(1)?);
    for (i, &dim) in wanted.iter().enumerate() {
        let at = match call.node.ints("axes") {
            Some(axes) => axis(*axes.get(i)?, shape.len())?,
            None => i,
        };
        *shape.get_mut(at)? = dim.try_into().ok();
    }
    Some(vec![Fact::new(call.dtype(0), shape)])
}

fn compress(call: &Call<'_>) -> Option<Vec<Fact>> {
    let shape = match call.node.int("axis") {
        None => vec![None],
        Some(at) => {
            let mut shape = call.shape(0)?.clone();
            let at = axis(at, shape.len())?;
            shape[at] = None;
            shape
        }
    };
    Some(vec![Fact::new(call.dtype(0), shape)])
}

fn places(shape: Shape) -> Vec<Fact> {
    vec![Fact::new(Some(DType::I64), shape)]
}
