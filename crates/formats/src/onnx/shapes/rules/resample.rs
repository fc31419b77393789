//! Operators that sample an image at other places.

use super::super::fact::{Call, Fact, Shape, axis};
use super::Rule;

pub(super) fn rule(op_type: &str) -> Option<Rule> {
    Some(match op_type {
        "Resize" => |call| resize(call),
        "Upsample" => |call| {
            let scales = call.node.attribute("scales").map(|a| a.floats());
            let scales = scales.or_else(|| Some(call.floats(1)?.to_vec()))?;
            Some(vec![Fact::new(
                call.dtype(0),
                scale(call.shape(0)?, &scales, None)?,
            )])
        },
        "GridSample" => grid_sample,
        "MaxRoiPool" => |call| {
            let size = call.node.ints("pooled_shape")?;
            regions(call, size.first().copied()?, size.get(1).copied()?)
        },
        "RoiAlign" => |call| {
            let size = |name| call.node.int(name).unwrap_or(1);
            regions(call, size("output_height"), size("output_width"))
        },
        _ => return None,
    })
}

/// Scales stand in input 1 before operator set 11, in input 2 since; sizes, which win, in input 3.
fn resize(call: &Call<'_>) -> Option<Vec<Fact>> {
    let input = call.shape(0)?;
    let axes = call.node.ints("axes");
    let shape = match call.ints(3) {
        Some(sizes) if !sizes.is_empty() => fit(call, input, sizes, axes.as_deref())?,
        _ => {
            let scales = call.floats(if call.opset < 11 { 1 } else { 2 })?;
            scale(input, scales, axes.as_deref())?
        }
    };
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// To these sizes; or so that no axis, or every axis, exceeds them, all scaled alike.
fn fit(call: &Call<'_>, input: &Shape, sizes: &[i64], axes: Option<&[i64]>) -> Option<Shape> {
    let mut wanted = Vec::new();
    for (i, &size) in sizes.iter().enumerate() {
        let at = place(axes, i, input.len())?;
        wanted.push((at, *input.get(at)?, u64::try_from(size).ok()?));
    }
    let ratios = wanted
        .iter()
        .map(|&(_, dim, size)| Some(size as f64 / dim? as f64));
    let ratios = || ratios.clone().collect::<Option<Vec<f64>>>();
    let common = match call.node.text("keep_aspect_ratio_policy") {
        Some("not_larger") => Some(ratios()?.into_iter().fold(f64::MAX, f64::min)),
        Some("not_smaller") => Some(ratios()?.into_iter().fold(0.0, f64::max)),
        _ => None,
    };
    let mut shape = input.clone();
    for (at, dim, size) in wanted {
        shape[at] = match common {
            Some(ratio) => dim.map(|dim| (dim as f64 * ratio).round() as u64),
            None => Some(size),
        };
    }
    Some(shape)
}

fn place(axes: Option<&[i64]>, i: usize, rank: usize) -> Option<usize> {
    match axes {
        Some(axes) => axis(*axes.get(i)?, rank),
        None => Some(i),
    }
}

/// Elements times scale, rounded down.
fn scale(input: &Shape, scales: &[f32], axes: Option<&[i64]>) -> Option<Shape> {
    let mut shape = input.clone();
    for (i, &scale) in scales.iter().enumerate() {
        let dim = shape.get_mut(place(axes, i, input.len())?)?;
        // Runtimes multiply in single precision.
        let scaled = dim.map(|dim| (dim as f32 * scale).floor());
        *dim = scaled.filter(|d| (0.0..1e15).contains(d)).map(|d| d as u64);
    }
    Some(shape)
}

fn grid_sample(call: &Call<'_>) -> Option<Vec<Fact>> {
    let (input, grid) = (call.shape(0)?, call.shape(1)?);
    let spatial = grid.get(1..grid.len().checked_sub(1)?)?;
    let shape = [input.get(..2)?, spatial].concat();
    Some(vec![Fact::new(call.dtype(0), shape)])
}

fn regions(call: &Call<'_>, height: i64, width: i64) -> Option<Vec<Fact>> {
    let (input, regions) = (call.shape(0)?, call.shape(1)?);
    let channels = *input.get(1)?;
    let shape = vec![
        *regions.first()?,
        channels,
        height.try_into().ok(),
        width.try_into().ok(),
    ];
    Some(vec![Fact::new(call.dtype(0), shape)])
}
