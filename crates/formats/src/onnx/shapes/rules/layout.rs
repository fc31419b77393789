//! Operators that keep the elements and change how they are laid out, or repeat them.

use super::super::fact::{Call, Fact, Shape, axis, product};
use super::Rule;
use super::pointwise::broadcast_shapes;

pub(super) fn rule(op_type: &str) -> Option<Rule> {
    Some(match op_type {
        "Reshape" => |call| keep(call, reshape(call)),
        "Flatten" => |call| keep(call, flatten(call)),
        "Squeeze" => |call| keep(call, squeeze(call)),
        "Unsqueeze" => |call| keep(call, unsqueeze(call)),
        "Transpose" => |call| keep(call, transpose(call)),
        "Expand" => |call| keep(call, expand(call)),
        "Tile" => |call| keep(call, tile(call)),
        "DepthToSpace" => |call| keep(call, depth_to_space(call)),
        "SpaceToDepth" => |call| keep(call, space_to_depth(call)),
        _ => return None,
    })
}

/// The element type stays.
fn keep(call: &Call<'_>, shape: Option<Shape>) -> Option<Vec<Fact>> {
    Some(vec![Fact::new(call.dtype(0), shape?)])
}

/// 0 copies the axis of the input (unless `allowzero`), -1 takes what is left.
fn reshape(call: &Call<'_>) -> Option<Shape> {
    let (input, wanted) = (call.shape(0)?, call.ints(1)?);
    let copies = call.node.int("allowzero") != Some(1);
    let dim = |(i, &dim): (usize, &i64)| match dim {
        0 if copies => input.get(i).copied(),
        -1 => Some(None),
        dim => Some(Some(dim.try_into().ok()?)),
    };
    let mut shape = wanted
        .iter()
        .enumerate()
        .map(dim)
        .collect::<Option<Shape>>()?;
    let open = wanted.iter().position(|&dim| dim == -1);
    if let (Some(open), Some(all)) = (open, product(input)) {
        shape[open] = Some(1);
        let rest = product(&shape);
        shape[open] = rest.and_then(|rest| all.checked_div(rest));
    }
    Some(shape)
}

fn flatten(call: &Call<'_>) -> Option<Shape> {
    let input = call.shape(0)?;
    // The axis may stand behind the last one.
    let at = match call.node.int("axis").unwrap_or(1) {
        at if at == input.len() as i64 => input.len(),
        at => axis(at, input.len())?,
    };
    Some(vec![product(&input[..at]), product(&input[at..])])
}

fn squeeze(call: &Call<'_>) -> Option<Shape> {
    let input = call.shape(0)?;
    let gone: Vec<usize> = match call.ints_either("axes", 1)? {
        Some(axes) => axes
            .into_iter()
            .map(|a| axis(a, input.len()))
            .collect::<Option<_>>()?,
        None if input.contains(&None) => return None,
        None => (0..input.len()).filter(|&i| input[i] == Some(1)).collect(),
    };
    let kept = input.iter().enumerate().filter(|(i, _)| !gone.contains(i));
    Some(kept.map(|(_, &dim)| dim).collect())
}

fn unsqueeze(call: &Call<'_>) -> Option<Shape> {
    let (input, axes) = (call.shape(0)?, call.ints_either("axes", 1)??);
    let rank = input.len() + axes.len();
    let axes: Vec<usize> = axes
        .into_iter()
        .map(|a| axis(a, rank))
        .collect::<Option<_>>()?;
    let mut rest = input.iter();
    (0..rank)
        .map(|i| match axes.contains(&i) {
            true => Some(Some(1)),
            false => rest.next().copied(),
        })
        .collect()
}

fn transpose(call: &Call<'_>) -> Option<Shape> {
    let input = call.shape(0)?;
    match call.node.ints("perm") {
        Some(perm) if perm.len() == input.len() => perm
            .into_iter()
            .map(|p| Some(input[axis(p, input.len())?]))
            .collect(),
        Some(_) => None,
        None => Some(input.iter().rev().copied().collect()),
    }
}

fn expand(call: &Call<'_>) -> Option<Shape> {
    let wanted = call
        .ints(1)?
        .iter()
        .map(|&dim| Some(Some(dim.try_into().ok()?)));
    broadcast_shapes(call.shape(0)?, &wanted.collect::<Option<Shape>>()?)
}

fn tile(call: &Call<'_>) -> Option<Shape> {
    let (input, repeats) = (call.shape(0)?, call.ints(1)?);
    let times = |(&dim, &n): (&Option<u64>, &i64)| match (dim, u64::try_from(n).ok()?) {
        (Some(dim), n) => Some(Some(dim.checked_mul(n)?)),
        (None, _) => Some(None),
    };
    (input.len() == repeats.len()).then(|| input.iter().zip(repeats).map(times).collect())?
}

fn blocks<'c>(call: &Call<'c>) -> Option<(&'c [Option<u64>; 4], u64)> {
    let size = u64::try_from(call.node.int("blocksize")?).ok()?;
    Some((call.shape(0)?.as_slice().try_into().ok()?, size))
}

fn depth_to_space(call: &Call<'_>) -> Option<Shape> {
    let (&[batch, depth, height, width], size) = blocks(call)?;
    let area = size.checked_mul(size).filter(|&area| area > 0)?;
    Some(vec![
        batch,
        depth.map(|d| d / area),
        height.and_then(|h| h.checked_mul(size)),
        width.and_then(|w| w.checked_mul(size)),
    ])
}

fn space_to_depth(call: &Call<'_>) -> Option<Shape> {
    let (&[batch, depth, height, width], size) = blocks(call)?;
    let area = size.checked_mul(size).filter(|&area| area > 0)?;
    Some(vec![
        batch,
        depth.and_then(|d| d.checked_mul(area)),
        height.map(|h| h / size),
        width.map(|w| w / size),
    ])
}
