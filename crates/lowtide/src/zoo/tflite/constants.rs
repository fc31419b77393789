//! The constants that an operator reads: filters and biases, and the small vectors that are parameters.

use lowtide_formats::tflite::schema::Result;
use lowtide_formats::tflite::schema::facts::types::TensorType;

use super::tensors::{Scales, Tensors};
use crate::zoo::Element;
use crate::zoo::net::{Net, Op};
use crate::zoo::values::{Affine, Spread, Weights, weights};

/// Adds the constants of layer number `layer` and returns their numbers, in signature order.
pub(super) fn add(
    tensors: &mut Tensors,
    net: &Net,
    layer: usize,
    spreads: &[Spread],
    affine: &[Affine],
) -> Result<Vec<i32>> {
    let own = &net.layers[layer];
    let input = own.inputs[0].index();
    let name = &net.value(own.output).name;
    if let Some(weights) = weights(net, layer, &spreads[input]) {
        let dense = matches!(own.op, Op::FullyConnected { .. });
        return match tensors.element() {
            Element::Float32 => real(tensors, name, &weights),
            Element::Int8 => quantized(tensors, name, &weights, affine[input], !dense),
        };
    }
    let Some((parameter, shape, numbers)) = parameter(net, layer) else {
        return Ok(Vec::new());
    };
    let bytes = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    let name = format!("{name}/{parameter}");
    let number = tensors.constant(&name, &shape, TensorType::INT32, bytes, None)?;
    Ok(vec![number])
}

/// The integers that are an operand of the operator: their name, shape and values.
fn parameter(net: &Net, layer: usize) -> Option<(&'static str, Vec<u32>, Vec<i32>)> {
    let own = &net.layers[layer];
    match &own.op {
        Op::SplitOfOne => Some(("axis", vec![], vec![0])),
        _ => None,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "weights are rounded to single precision"
)]
fn real(tensors: &mut Tensors, name: &str, weights: &Weights) -> Result<Vec<i32>> {
    let bytes = |numbers: &[f64]| {
        let singles = numbers.iter().map(|&number| number as f32);
        singles.flat_map(f32::to_le_bytes).collect::<Vec<_>>()
    };
    let channels = [weights.channels() as u32];
    let parts = [
        ("filter", &weights.shape[..], &weights.filter),
        ("bias", &channels[..], &weights.bias),
    ];
    let add = |(part, shape, numbers): (&str, &[u32], &Vec<f64>)| {
        let name = format!("{name}/{part}");
        tensors.constant(&name, shape, TensorType::FLOAT32, bytes(numbers), None)
    };
    parts.into_iter().map(add).collect()
}

/// Symmetric int8 filters and int32 biases, whose scale is that of the products. Convolutions have a scale for each
/// output channel; fully connected layers have one for all, which is what every runtime's kernel takes.
fn quantized(
    tensors: &mut Tensors,
    name: &str,
    weights: &Weights,
    input: Affine,
    per_channel: bool,
) -> Result<Vec<i32>> {
    let each = scales(weights);
    let largest = each.iter().copied().fold(0.0, f32::max);
    let each = if per_channel {
        each
    } else {
        vec![largest; each.len()]
    };
    let filter = weights.filter.iter().enumerate().map(|(element, &weight)| {
        to_integer(weight, each[weights.channel_of(element)].into()).clamp(-127, 127) as i8
    });
    let filter = filter.map(i8::cast_unsigned).collect();
    let products: Vec<f32> = each.iter().map(|scale| input.scale * scale).collect();
    let bias = weights.bias.iter().zip(&products);
    let bias = bias.flat_map(|(&bias, &scale)| to_integer(bias, scale.into()).to_le_bytes());
    let bias = bias.collect();
    let stored = |mut scales: Vec<f32>, axis| {
        scales.truncate(if per_channel { usize::MAX } else { 1 });
        Scales { scales, axis }
    };
    let channels = [weights.channels() as u32];
    Ok(vec![
        tensors.constant(
            &format!("{name}/filter"),
            &weights.shape,
            TensorType::INT8,
            filter,
            Some(&stored(each, weights.channel_axis as i64)),
        )?,
        tensors.constant(
            &format!("{name}/bias"),
            &channels,
            TensorType::INT32,
            bias,
            Some(&stored(products, 0)),
        )?,
    ])
}

/// For each output channel the scale that maps its largest weight to 127.
#[allow(
    clippy::cast_possible_truncation,
    reason = "scales are rounded to single precision"
)]
fn scales(weights: &Weights) -> Vec<f32> {
    let mut largest = vec![0f64; weights.channels()];
    for (element, weight) in weights.filter.iter().enumerate() {
        let channel = &mut largest[weights.channel_of(element)];
        *channel = channel.max(weight.abs());
    }
    let scale = |largest: &f64| {
        if *largest > 0.0 {
            (largest / 127.0) as f32
        } else {
            1.0
        }
    };
    largest.iter().map(scale).collect()
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a weight or bias is a small multiple of its scale"
)]
fn to_integer(real: f64, scale: f64) -> i32 {
    (real / scale).round() as i32
}
