//! Pooling, resizing, and means over axes.

use lowtide_core::ids::OpId;
use lowtide_formats::onnx::emit::Attribute;

use super::convolve::{Window, channels_first, channels_last, four};
use super::lowering::Lowering;
use crate::CannotRun;

/// `MAX_POOL_2D` and `AVERAGE_POOL_2D`; what lies outside the image counts for neither.
pub(super) fn pooling(
    net: &mut Lowering<'_>,
    op: OpId,
    op_type: &'static str,
) -> Result<(), CannotRun> {
    let data = net.operand(op, 0)?;
    let kernel = [
        net.option(op, "filter_height")?,
        net.option(op, "filter_width")?,
    ];
    let window = Window::of(net, op, kernel)?;
    let first = channels_first(net, &data.name);
    let pooled = net.node(op_type, &[&first], &window.pooling());
    let last = channels_last(net, &pooled);
    let activation = net.option(op, "fused_activation_function")?;
    net.store((op, 0), last, &[data.storage.unit()], activation)
}

/// `RESIZE_BILINEAR` and `RESIZE_NEAREST_NEIGHBOR`, with their three ways to place samples.
pub(super) fn resize(
    net: &mut Lowering<'_>,
    op: OpId,
    mode: &'static str,
) -> Result<(), CannotRun> {
    let data = net.operand(op, 0)?;
    let is_set = |name| Ok(net.option(op, name)? != 0);
    let (corners, half) = (is_set("align_corners")?, is_set("half_pixel_centers")?);
    let (place, nearest) = match (corners, half) {
        (true, _) => ("align_corners", "round_prefer_ceil"),
        (false, true) => ("half_pixel", "round_prefer_ceil"),
        (false, false) => ("asymmetric", "floor"),
    };
    let [n, h, w, c] = four(&net.shape(net.writes(op, 0)?)?)?;
    let sizes = net.list(&[n, c, h, w]);
    let first = channels_first(net, &data.name);
    let attributes = [
        ("mode", Attribute::Text(mode)),
        ("coordinate_transformation_mode", Attribute::Text(place)),
        ("nearest_mode", Attribute::Text(nearest)),
    ];
    let resized = net.node("Resize", &[&first, "", "", &sizes], &attributes);
    let last = channels_last(net, &resized);
    net.store((op, 0), last, &[data.storage.unit()], 0)
}

/// `MEAN` over constant axes.
pub(super) fn mean(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let data = net.operand(op, 0)?;
    let axes = Attribute::Ints(net.integers(op, 1)?);
    let attributes = [("axes", axes), ("keepdims", Attribute::Int(1))];
    let mean = net.node("ReduceMean", &[&data.name], &attributes);
    let shape = net.shape(net.writes(op, 0)?)?;
    let shape = net.list(&shape);
    let mean = net.node("Reshape", &[&mean, &shape], &[]);
    net.store((op, 0), mean, &[data.storage.unit()], 0)
}
