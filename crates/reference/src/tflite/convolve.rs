//! Convolutions and dense layers. Sums are taken over stored integers, which a float holds exactly up to 24 bits.

use lowtide_core::ids::OpId;
use lowtide_formats::onnx::emit::{Attribute, Data};

use super::lowering::{Lowering, Operand, Worth};
use super::storage::Storage;
use crate::CannotRun;

/// From NHWC to NCHW.
const CHANNELS_FIRST: [i64; 4] = [0, 3, 1, 2];
/// And back.
const CHANNELS_LAST: [i64; 4] = [0, 2, 3, 1];

/// `CONV_2D`, grouped too: weights `[out, h, w, in / groups]`.
pub(super) fn convolution(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let (data, weights) = (net.operand(op, 0)?, weights(net, op)?);
    let [out, h, w, slice] = four(&weights.shape)?;
    let [.., channels] = four(&data.shape)?;
    let groups = channels.checked_div(slice).unwrap_or_default();
    let filter = permuted(&weights.numbers, [out, h, w, slice], [0, 3, 1, 2]);
    let filter = net.constant(&[out, slice, h, w], Data::Floats(filter));
    convolved(net, op, &data, &weights, (filter, [h, w], groups))
}

/// `DEPTHWISE_CONV_2D`: weights `[1, h, w, channels * multiplier]`.
pub(super) fn depthwise(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let (data, weights) = (net.operand(op, 0)?, weights(net, op)?);
    let [_, h, w, out] = four(&weights.shape)?;
    let [.., channels] = four(&data.shape)?;
    let filter = permuted(&weights.numbers, [1, h, w, out], [3, 0, 1, 2]);
    let filter = net.constant(&[out, 1, h, w], Data::Floats(filter));
    convolved(net, op, &data, &weights, (filter, [h, w], channels))
}

/// Weights as they stand in the file.
struct Weights {
    shape: Vec<i64>,
    numbers: Vec<f32>,
    worth: Worth,
}

fn weights(net: &Lowering<'_>, op: OpId) -> Result<Weights, CannotRun> {
    let t = net
        .reads(op, 1)
        .ok_or_else(|| CannotRun::new("no weights"))?;
    Ok(Weights {
        shape: net.shape(t)?,
        numbers: net.numbers(t)?,
        worth: net.worth(t),
    })
}

/// What a sum of products is worth. Float data with integer weights would be quantised while it runs, which is not done here.
fn worth(data: &Operand, weights: &Weights, is_real: bool) -> Result<Worth, CannotRun> {
    match data.storage {
        Storage::Real if is_real => Ok(vec![1.0]),
        Storage::Real => Err(CannotRun::new("integer weights on floats")),
        Storage::Steps { scale, .. } => Ok(weights.worth.iter().map(|w| w * scale).collect()),
    }
}

fn convolved(
    net: &mut Lowering<'_>,
    op: OpId,
    data: &Operand,
    weights: &Weights,
    (filter, kernel, groups): (String, [i64; 2], i64),
) -> Result<(), CannotRun> {
    let worth = worth(data, weights, is_real(net, op))?;
    let window = Window::of(net, op, kernel)?;
    let first = channels_first(net, &data.name);
    let mut inputs = vec![first, filter];
    inputs.extend(bias(net, op)?);
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let mut attributes = window.attributes().to_vec();
    attributes.push(("group", Attribute::Int(groups)));
    let sums = net.node("Conv", &inputs, &attributes);
    let last = channels_last(net, &sums);
    let activation = net.option(op, "fused_activation_function")?;
    net.store((op, 0), last, &worth, activation)
}

/// Whether the weights are floats.
fn is_real(net: &Lowering<'_>, op: OpId) -> bool {
    net.reads(op, 1).is_some_and(|t| net.is_float(t))
}

/// The bias, in steps of the sums.
fn bias(net: &mut Lowering<'_>, op: OpId) -> Result<Option<String>, CannotRun> {
    let Some(t) = net.reads(op, 2) else {
        return Ok(None);
    };
    let numbers = net.numbers(t)?;
    Ok(Some(
        net.constant(&[numbers.len() as i64], Data::Floats(numbers)),
    ))
}

/// `FULLY_CONNECTED`: weights `[out, in]`, data of any rank.
pub(super) fn dense(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let (data, weights) = (net.operand(op, 0)?, weights(net, op)?);
    if net.option(op, "weights_format")? != 0 {
        return Err(CannotRun::new("shuffled weights"));
    }
    let [out, inner] = *weights.shape else {
        return Err(CannotRun::new("weights of another rank than 2"));
    };
    let worth = worth(&data, &weights, is_real(net, op))?;
    let filter = net.constant(&[out, inner], Data::Floats(weights.numbers));
    let rows = net.list(&[-1, inner]);
    let rows = net.node("Reshape", &[&data.name, &rows], &[]);
    let mut inputs = vec![rows, filter];
    inputs.extend(bias(net, op)?);
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let sums = net.node("Gemm", &inputs, &[("transB", Attribute::Int(1))]);
    let activation = net.option(op, "fused_activation_function")?;
    let shape = net.shape(net.writes(op, 0)?)?;
    let shape = net.list(&shape);
    let sums = net.node("Reshape", &[&sums, &shape], &[]);
    net.store((op, 0), sums, &worth, activation)
}

/// A window over an image.
pub(super) struct Window {
    kernel: [i64; 2],
    strides: [i64; 2],
    dilations: [i64; 2],
    /// Top, left, bottom, right.
    pads: [i64; 4],
}

impl Window {
    /// The window of an operator on NHWC data.
    pub(super) fn of(net: &Lowering<'_>, op: OpId, kernel: [i64; 2]) -> Result<Self, CannotRun> {
        let int = |name| net.options(op).and_then(|options| options.int(name));
        let strides = [net.option(op, "stride_h")?, net.option(op, "stride_w")?];
        let dilations = ["dilation_h_factor", "dilation_w_factor"];
        let dilations = dilations.map(|name| int(name).unwrap_or(1));
        let input = net.reads(op, 0).ok_or_else(|| CannotRun::new("no data"))?;
        let [_, in_h, in_w, _] = four(&net.shape(input)?)?;
        let [_, out_h, out_w, _] = four(&net.shape(net.writes(op, 0)?)?)?;
        let is_same = net.option(op, "padding")? == 0;
        let around = |axis: usize, (input, output): (i64, i64)| {
            let reach = (output - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
            let total = if is_same { (reach - input).max(0) } else { 0 };
            (total / 2, total - total / 2)
        };
        let (rows, columns) = (around(0, (in_h, out_h)), around(1, (in_w, out_w)));
        Ok(Self {
            kernel,
            strides,
            dilations,
            pads: [rows.0, columns.0, rows.1, columns.1],
        })
    }

    /// The same as attributes of Conv.
    fn attributes(&self) -> [(&'static str, Attribute); 4] {
        let [kernel, strides, pads] = self.pooling();
        let dilations = Attribute::Ints(self.dilations.to_vec());
        [kernel, strides, pads, ("dilations", dilations)]
    }

    /// The same as attributes of pooling.
    pub(super) fn pooling(&self) -> [(&'static str, Attribute); 3] {
        [
            ("kernel_shape", Attribute::Ints(self.kernel.to_vec())),
            ("strides", Attribute::Ints(self.strides.to_vec())),
            ("pads", Attribute::Ints(self.pads.to_vec())),
        ]
    }
}

/// NHWC to NCHW.
pub(super) fn channels_first(net: &mut Lowering<'_>, name: &str) -> String {
    transposed(net, name, CHANNELS_FIRST)
}

/// NCHW to NHWC.
pub(super) fn channels_last(net: &mut Lowering<'_>, name: &str) -> String {
    transposed(net, name, CHANNELS_LAST)
}

fn transposed(net: &mut Lowering<'_>, name: &str, perm: [i64; 4]) -> String {
    net.node(
        "Transpose",
        &[name],
        &[("perm", Attribute::Ints(perm.to_vec()))],
    )
}

/// A shape of four axes.
pub(super) fn four(shape: &[i64]) -> Result<[i64; 4], CannotRun> {
    let shape = shape.try_into();
    shape.map_err(|_| CannotRun::new("data of another rank than 4"))
}

/// The elements with axis `i` of the result being axis `perm[i]`.
fn permuted(numbers: &[f32], shape: [i64; 4], perm: [usize; 4]) -> Vec<f32> {
    let extents = shape.map(|extent| usize::try_from(extent).unwrap_or_default());
    let strides = [
        extents[1] * extents[2] * extents[3],
        extents[2] * extents[3],
        extents[3],
        1,
    ];
    let [a, b, c, d] = perm;
    let mut out = Vec::with_capacity(numbers.len());
    for i in 0..extents[a] {
        for j in 0..extents[b] {
            for k in 0..extents[c] {
                let start = i * strides[a] + j * strides[b] + k * strides[c];
                out.extend((0..extents[d]).filter_map(|l| numbers.get(start + l * strides[d])));
            }
        }
    }
    out
}
