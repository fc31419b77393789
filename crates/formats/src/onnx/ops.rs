//! What operators mean to the rewrite rules: ONNX's names mapped to [`OpKind`].

mod slices;

use lowtide_core::graph::{DType, OpKind};

use super::schema::{Literal, NodeView, dtype, is_standard};
use super::shapes::{Call, Fact, amounts, broadcast_shapes, is_elementwise};

/// What the node means. `outputs` is what is known of its outputs, left-out ones included; `used` says which outputs
/// anybody reads.
pub(crate) fn kind(call: &Call<'_>, outputs: &[Option<&Fact>], used: &[bool]) -> OpKind {
    let node = call.node;
    if !is_standard(node.domain) {
        return OpKind::Opaque;
    }
    match node.op_type {
        "Identity" => OpKind::Identity,
        "Dropout" if is_inference(call) && !used.get(1).copied().unwrap_or(false) => {
            OpKind::Identity
        }
        "Cast" if casts_nothing(call) => OpKind::Identity,
        "Cast" if is_broadcast(call, outputs) => OpKind::Elementwise,
        // Nothing is repeated, stretched or cut off where the shape stays.
        "Expand" | "Tile" if keeps_shape(call, outputs) => OpKind::Identity,
        "Slice" if keeps_shape(call, outputs) && goes_forward(call) => OpKind::Identity,
        "Max" | "Mean" | "Min" | "Sum" if node.inputs.len() == 1 => OpKind::Identity,
        "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" => OpKind::Reshape,
        "Transpose" => OpKind::Transpose { perm: perm(call) },
        "Pad" => OpKind::Pad {
            amounts: call.shape(0).and_then(|shape| amounts(call, shape.len())),
        },
        "Split" => OpKind::Split {
            data: 0,
            axis: call
                .shape(0)
                .and_then(|shape| call.axis(0, shape.len()))
                .and_then(|axis| u32::try_from(axis).ok()),
        },
        "Slice" if slices::takes_all_channels(call) => channelwise(1, Vec::new()),
        "Slice" => slices::kind(call, outputs).unwrap_or_default(),
        "Concat" => concat(call),
        "Conv" => convolution(call).unwrap_or_default(),
        "ConvTranspose" => transposed(call).unwrap_or_default(),
        "Gemm" => dense(call).unwrap_or_default(),
        "MatMul" => product(call).unwrap_or_default(),
        "BatchNormalization" if outputs.len() == 1 => {
            channelwise(1, vec![(1, 0), (2, 0), (3, 0), (4, 0)])
        }
        "MaxPool" if outputs.len() == 1 => channelwise(1, Vec::new()),
        "AveragePool" | "GlobalAveragePool" | "GlobalMaxPool" | "LpPool" => {
            channelwise(1, Vec::new())
        }
        "InstanceNormalization" => channelwise(1, vec![(1, 0), (2, 0)]),
        "Resize" | "Upsample" if slices::scales_images(call) => channelwise(1, Vec::new()),
        _ if slices::reduces_images(call) => channelwise(1, Vec::new()),
        // Before operator set 7 axes were not matched from the last one on.
        op_type if call.opset < 7 && node.inputs.len() > 1 && is_elementwise(op_type) => {
            OpKind::Opaque
        }
        "Softmax" | "LogSoftmax" | "LayerNormalization" => OpKind::Normalize,
        "QuantizeLinear" | "DequantizeLinear" => OpKind::Requantize,
        // Of what was trained, running means are outputs too.
        "BatchNormalization" => OpKind::Opaque,
        "Add" | "Sum" if is_broadcast(call, outputs) => OpKind::Add { activation: false },
        op_type if is_elementwise(op_type) && is_broadcast(call, outputs) => OpKind::Elementwise,
        _ => OpKind::Opaque,
    }
}

/// Whether axes are matched from the last one on, and the output has the shape that follows: the file may declare another.
fn is_broadcast(call: &Call<'_>, outputs: &[Option<&Fact>]) -> bool {
    let shapes = call.inputs.iter().flatten();
    let shapes: Option<Vec<_>> = shapes.map(|input| input.shape.as_ref()).collect();
    let output = outputs.first().copied().flatten();
    let output = output.and_then(|output| output.shape.as_ref());
    let (Some(shapes), Some(output)) = (shapes, output) else {
        // Nothing is rewritten without shapes.
        return true;
    };
    let mut joined = Vec::new();
    for shape in shapes {
        match broadcast_shapes(&joined, shape) {
            Some(wider) => joined = wider,
            None => return false,
        }
    }
    let fits = |(a, b): (&Option<u64>, &Option<u64>)| a.is_none() || b.is_none() || a == b;
    joined.len() == output.len() && joined.iter().zip(output).all(fits)
}

/// Since operator set 12, input 2 turns training on; before, Dropout always is in inference.
fn is_inference(call: &Call<'_>) -> bool {
    match call.fact(2) {
        None => true,
        Some(training) => training.value == Some(Literal::Ints(vec![0])),
    }
}

fn casts_nothing(call: &Call<'_>) -> bool {
    let to = call.node.int("to").and_then(dtype);
    // The flavours of 8-bit floats are one type here, and differ.
    to.is_some() && to == call.dtype(0) && to != Some(DType::F8)
}

fn keeps_shape(call: &Call<'_>, outputs: &[Option<&Fact>]) -> bool {
    let output = outputs.first().copied().flatten().and_then(Fact::array);
    let input = call.fact(0).and_then(Fact::array);
    matches!((input, output), (Some(a), Some(b)) if a.same_static_shape(&b))
}

fn goes_forward(call: &Call<'_>) -> bool {
    match call.ints_either("steps", 4) {
        Some(None) => true,
        Some(Some(steps)) => steps.iter().all(|&step| step > 0),
        None => false,
    }
}

fn perm(call: &Call<'_>) -> Option<Vec<u32>> {
    let rank = u32::try_from(call.shape(0)?.len()).ok()?;
    match call.node.ints("perm") {
        Some(perm) => perm.into_iter().map(|p| p.try_into().ok()).collect(),
        None => Some((0..rank).rev().collect()),
    }
}

fn channelwise(group: u32, params: Vec<(u32, u32)>) -> OpKind {
    OpKind::Channelwise {
        axis: 1,
        group,
        params,
    }
}

/// A sum over all channels, or over each group of them: weights are `[outputs, channels of a group, ..]`.
fn convolution(call: &Call<'_>) -> Option<OpKind> {
    let (data, weights) = (call.shape(0)?, call.shape(1)?);
    let (channels, of_group) = ((*data.get(1)?)?, (*weights.get(1)?)?);
    match call.node.int("group").unwrap_or(1) {
        1 if channels == of_group => Some(contraction(1, 1)),
        1 => None,
        groups => {
            let fits = of_group.checked_mul(u64::try_from(groups).ok()?) == Some(channels);
            let group = u32::try_from(of_group).ok().filter(|_| fits)?;
            Some(channelwise(group, vec![(1, 0), (2, 0)]))
        }
    }
}

/// Each input channel adds its own image to the sum; weights are `[channels, outputs, ..]`.
fn transposed(call: &Call<'_>) -> Option<OpKind> {
    let (data, weights) = (call.shape(0)?, call.shape(1)?);
    let sums_all =
        call.node.int("group").unwrap_or(1) == 1 && (*data.get(1)?)? == (*weights.first()?)?;
    sums_all.then(|| contraction(1, 0))
}

/// `alpha * data * weights + beta * bias`, the data not transposed: alpha goes with each part, beta with the bias.
fn dense(call: &Call<'_>) -> Option<OpKind> {
    if call.node.int("transA").unwrap_or(0) != 0 {
        return None;
    }
    let transposed = call.node.int("transB").unwrap_or(0) != 0;
    Some(contraction(1, u32::from(transposed)))
}

/// A product with a matrix of weights.
fn product(call: &Call<'_>) -> Option<OpKind> {
    let (data, weights) = (call.shape(0)?.len(), call.shape(1)?.len());
    let axis = u32::try_from(data.checked_sub(1)?).ok()?;
    (weights == 2 && data >= 2).then(|| contraction(axis, 0))
}

fn contraction(data_axis: u32, weight_axis: u32) -> OpKind {
    OpKind::Contract {
        data_axis,
        weight_axis,
        activation: false,
    }
}

fn concat(call: &Call<'_>) -> OpKind {
    let rank = call.shape(0).map(Vec::len);
    match rank.and_then(|rank| call.axis(1, rank)) {
        Some(axis) => OpKind::Concat { axis: axis as u32 },
        None => OpKind::Opaque,
    }
}

/// Whether the node's outputs are constants by themselves.
pub(crate) fn is_constant(node: &NodeView<'_>) -> bool {
    is_standard(node.domain) && node.op_type == "Constant"
}
