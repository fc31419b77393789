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
    let add = |(parameter, shape, numbers): Parameter| {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
        let name = format!("{name}/{parameter}");
        tensors.constant(&name, &shape, TensorType::INT32, bytes.collect(), None)
    };
    parameters(net, layer).into_iter().map(add).collect()
}

/// Integers that are an operand of an operator: their name, shape and values.
type Parameter = (&'static str, Vec<u32>, Vec<i32>);

fn parameters(net: &Net, layer: usize) -> Vec<Parameter> {
    let own = &net.layers[layer];
    match own.op {
        Op::SplitOfOne => vec![("axis", vec![], vec![0])],
        Op::GlobalMean => vec![("axes", vec![2], vec![1, 2])],
        Op::Upsample { .. } => {
            let shape = net.shape(own.output);
            let size = shape[1..3].iter().map(|extent| extent.cast_signed());
            vec![("size", vec![2], size.collect())]
        }
        Op::DropFirst => vec![
            ("begin", vec![4], vec![0, 1, 1, 0]),
            ("end", vec![4], vec![0; 4]),
            ("strides", vec![4], vec![1; 4]),
        ],
        _ => Vec::new(),
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
    let filter = filter(weights, &each);
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

/// The filter's stored numbers, given the scale of each output channel.
#[allow(clippy::cast_possible_truncation, reason = "clamped to 8 bits")]
fn filter(weights: &Weights, scales: &[f32]) -> Vec<u8> {
    let stored = weights.filter.iter().enumerate().map(|(element, &weight)| {
        let scale = scales[weights.channel_of(element)];
        to_integer(weight, scale.into()).clamp(-127, 127) as i8
    });
    stored.map(i8::cast_unsigned).collect()
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
