//! Operators that take some slices of a tensor, or leave its channels apart.

use lowtide_core::graph::{Bound, DType, OpKind, Says};

use super::super::shapes::{Call, Fact};

/// Slice where it cuts one axis alone, in single steps.
pub(super) fn kind(call: &Call<'_>, outputs: &[Option<&Fact>]) -> Option<OpKind> {
    let data = call.shape(0)?;
    let output = outputs.first().copied().flatten()?.shape.as_ref()?;
    if data.len() != output.len() {
        return None;
    }
    let mut cut =
        (0..data.len()).filter(|&axis| data[axis] != output[axis] || data[axis].is_none());
    let (axis, None) = (cut.next()?, cut.next()) else {
        return None;
    };
    let (extent, count) = (
        i64::try_from(data[axis]?).ok()?,
        i64::try_from(output[axis]?).ok()?,
    );
    let (starts, ends) = (call.ints(1)?, call.ints(2)?);
    let rank = i64::try_from(data.len()).ok()?;
    let names = |&(_, &named): &(usize, &i64)| {
        (if named < 0 { named + rank } else { named }) == axis as i64
    };
    let mut places = match call.fact(3) {
        None => vec![axis],
        Some(_) => call
            .ints(3)?
            .iter()
            .enumerate()
            .filter(names)
            .map(|(place, _)| place)
            .collect(),
    };
    let (place, None) = (places.pop()?, places.pop()) else {
        return None;
    };
    let single = match call.fact(4) {
        None => true,
        Some(_) => call.ints(4)?.iter().all(|&step| step == 1),
    };
    let start = *starts.get(place)?;
    let start = if start < 0 { start + extent } else { start }.clamp(0, extent);
    let end = start + count;
    ends.get(place).filter(|_| single && end <= extent)?;
    let at = u32::try_from(place).ok()?;
    let bound = |says, input| Bound { says, input, at };
    Some(OpKind::Slice {
        axis: u32::try_from(axis).ok()?,
        start: u64::try_from(start).ok()?,
        end: u64::try_from(end).ok()?,
        bounds: vec![bound(Says::Start, 1), bound(Says::End, 2)],
    })
}

/// Whether Slice takes all channels of the places of an image that it takes.
pub(super) fn takes_all_channels(call: &Call<'_>) -> bool {
    let images = call.shape(0).is_some_and(|shape| shape.len() == 4);
    let axes = call.ints(3).unwrap_or_default();
    images
        && call.opset >= 10
        && !axes.is_empty()
        && axes.iter().all(|axis| matches!(axis, 2 | 3 | -2 | -1))
}

/// Whether a resampling has a factor for each axis, and leaves batch and channels as they are.
pub(super) fn scales_images(call: &Call<'_>) -> bool {
    let (scales, sizes) = match (call.node.op_type, call.opset) {
        ("Upsample", ..) | (_, ..11) => (1, None),
        _ => (2, call.fact(3)),
    };
    // Sizes name the number of channels, which parts have fewer of; a region does so too.
    let plain = sizes.is_none() && call.node.ints("axes").is_none();
    let mode = call.node.text("coordinate_transformation_mode");
    plain
        && mode != Some("tf_crop_and_resize")
        && call
            .floats(scales)
            .is_some_and(|scales| scales.starts_with(&[1.0, 1.0]))
}

/// Whether it is a reduction that leaves channels apart, and all axes in their places.
pub(super) fn reduces_images(call: &Call<'_>) -> bool {
    const REDUCTIONS: &[&str] = &["ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum"];
    let keeps = call.node.int("keepdims").unwrap_or(1) != 0;
    let floats = call.dtype(0).is_some_and(DType::is_float);
    let images = call.shape(0).is_some_and(|shape| shape.len() == 4);
    let axes = call.ints_either("axes", 1).flatten().unwrap_or_default();
    let apart = !axes.is_empty() && axes.iter().all(|axis| matches!(axis, 2 | 3 | -2 | -1));
    REDUCTIONS.contains(&call.node.op_type) && keeps && images && floats && apart
}
