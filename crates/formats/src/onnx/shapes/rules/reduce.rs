//! Reductions along axes, and the choice of the largest.

use lowtide_core::graph::DType;

use super::super::fact::{Call, Fact, Shape, axis};
use super::Rule;

pub(super) fn rule(op_type: &str) -> Option<Rule> {
    Some(match op_type {
        "ReduceL1" | "ReduceL2" | "ReduceLogSum" | "ReduceLogSumExp" | "ReduceMax"
        | "ReduceMean" | "ReduceMin" | "ReduceProd" | "ReduceSum" | "ReduceSumSquare" => reduce,
        "ArgMax" | "ArgMin" => arg,
        "TopK" => top_k,
        _ => return None,
    })
}

fn reduce(call: &Call<'_>) -> Option<Vec<Fact>> {
    let input = call.shape(0)?;
    let axes = call.ints_either("axes", 1)?.filter(|axes| !axes.is_empty());
    let axes: Vec<usize> = match axes {
        Some(axes) => axes
            .into_iter()
            .map(|a| axis(a, input.len()))
            .collect::<Option<_>>()?,
        None if call.node.int("noop_with_empty_axes") == Some(1) => Vec::new(),
        None => (0..input.len()).collect(),
    };
    Some(vec![Fact::new(call.dtype(0), collapse(call, &axes)?)])
}

fn arg(call: &Call<'_>) -> Option<Vec<Fact>> {
    let at = call.axis(0, call.shape(0)?.len())?;
    Some(vec![Fact::new(Some(DType::I64), collapse(call, &[at])?)])
}

/// The reduced axes have one element, or go.
fn collapse(call: &Call<'_>, axes: &[usize]) -> Option<Shape> {
    let keeps = call.node.int("keepdims").unwrap_or(1) != 0;
    let dims = call.shape(0)?.iter().enumerate();
    Some(
        dims.filter_map(|(i, &dim)| match axes.contains(&i) {
            true => keeps.then_some(Some(1)),
            false => Some(dim),
        })
        .collect(),
    )
}

fn top_k(call: &Call<'_>) -> Option<Vec<Fact>> {
    let mut shape = call.shape(0)?.clone();
    let at = call.axis(-1, shape.len())?;
    let k = match call.node.int("k") {
        Some(k) => Some(k),
        None => call.ints(1).and_then(|k| k.first().copied()),
    };
    shape[at] = k.and_then(|k| k.try_into().ok());
    Some(vec![
        Fact::new(call.dtype(0), shape.clone()),
        Fact::new(Some(DType::I64), shape),
    ])
}
