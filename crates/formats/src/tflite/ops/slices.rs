//! Operators that take some slices of a tensor, or leave its channels apart.

use lowtide_core::graph::{Bound, OpKind, Says};

use super::{input, is_static};
use crate::tflite::constants::integers;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::{Model, Node, Operator, SubGraph};

/// SLICE and STRIDED_SLICE where they cut one axis alone, in single steps and keeping the number of axes.
pub(super) fn kind(model: &Model, subgraph: &SubGraph, operator: &Operator) -> Option<OpKind> {
    let data = input(subgraph, operator, 0)?;
    let output = operator.outputs.first().copied();
    let output = subgraph.tensors.get(usize::try_from(output?).ok()?)?;
    if !is_static(data) || data.shape.len() != output.shape.len() {
        return None;
    }
    let mut cut = (0..data.shape.len()).filter(|&axis| data.shape[axis] != output.shape[axis]);
    let (axis, None) = (cut.next()?, cut.next()) else {
        return None;
    };
    let options = operator.options_of(&tables::StridedSliceOptions);
    let masked =
        |mask: &str| options.is_some_and(|options| options.int(mask).unwrap_or(0) >> axis & 1 == 1);
    if let Some(options) = options {
        let steps = integers(model, subgraph, *operator.inputs.get(3)?)?;
        if !is_plain(options)
            || steps.len() != data.shape.len()
            || steps.iter().any(|&step| step != 1)
        {
            return None;
        }
    }
    let (extent, count) = (i64::from(data.shape[axis]), i64::from(output.shape[axis]));
    let list = |position: usize| {
        let list = integers(model, subgraph, *operator.inputs.get(position)?)?;
        (list.len() == data.shape.len()).then(|| list[axis])
    };
    let start = match masked("begin_mask") {
        true => 0,
        false => list(1)?,
    };
    let start = if start < 0 { start + extent } else { start };
    let end = start
        .checked_add(count)
        .filter(|&end| start >= 0 && end <= extent)?;
    list(2)?;
    let last = if options.is_some() {
        Says::End
    } else {
        Says::Length
    };
    let bounds = [
        (Says::Start, 1, masked("begin_mask")),
        (last, 2, masked("end_mask")),
    ];
    let at = u32::try_from(axis).ok()?;
    let bound =
        |(says, input, masked): (Says, u32, bool)| (!masked).then_some(Bound { says, input, at });
    Some(OpKind::Slice {
        axis: at,
        start: u64::try_from(start).ok()?,
        end: u64::try_from(end).ok()?,
        bounds: bounds.into_iter().filter_map(bound).collect(),
    })
}

/// Whether a STRIDED_SLICE only cuts: its axes stay, and its ends count from the start of the axis.
fn is_plain(options: &Node) -> bool {
    let others = [
        "ellipsis_mask",
        "new_axis_mask",
        "shrink_axis_mask",
        "offset",
    ];
    others
        .iter()
        .all(|&mask| options.int(mask).unwrap_or(0) == 0)
}

/// Whether a reduction leaves the channels of its images apart, and all axes in their places.
pub(super) fn keeps_channels(model: &Model, subgraph: &SubGraph, operator: &Operator) -> bool {
    let options = operator.options_of(&tables::ReducerOptions);
    let keeps = options.and_then(|options| options.int("keep_dims")) == Some(1);
    let axes = operator
        .inputs
        .get(1)
        .and_then(|&list| integers(model, subgraph, list));
    keeps
        && axes
            .is_some_and(|axes| !axes.is_empty() && axes.iter().all(|axis| axis.rem_euclid(4) != 3))
}

/// Whether STRIDED_SLICE takes all channels of the places that it takes, however many there are: its last end is masked, or clamped by the kernel.
pub(super) fn takes_all_channels(model: &Model, subgraph: &SubGraph, operator: &Operator) -> bool {
    let all = || {
        let (data, options) = (
            input(subgraph, operator, 0)?,
            operator.options_of(&tables::StridedSliceOptions)?,
        );
        let output = subgraph
            .tensors
            .get(usize::try_from(*operator.outputs.first()?).ok()?)?;
        let number = |position: usize| {
            integers(model, subgraph, *operator.inputs.get(position)?)?
                .get(3)
                .copied()
        };
        let masked = |mask: &str| options.int(mask).unwrap_or(0) >> 3 & 1 == 1;
        let (first, last) = (
            masked("begin_mask") || number(1)? == 0,
            masked("end_mask") || number(2)? >= i64::from(*data.shape.get(3)?),
        );
        let shapes = data.shape.len() == 4 && output.shape.len() == 4 && is_static(data);
        Some(is_plain(options) && first && last && shapes && number(3)? == 1)
    };
    all().unwrap_or(false)
}
