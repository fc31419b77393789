//! The constants that an operator reads: filters and biases, and the small vectors that are parameters.

use lowtide_formats::tflite::schema::Result;
use lowtide_formats::tflite::schema::facts::types::TensorType;

use super::tensors::{Scales, Tensors};
use crate::zoo::Element;
use crate::zoo::net::{Net, Op};
use crate::zoo::values::{Affine, Spread, Stored, Weights, stored, weights};

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

/// Int8 filters and int32 biases.
fn quantized(
    tensors: &mut Tensors,
    name: &str,
    weights: &Weights,
    input: Affine,
    per_channel: bool,
) -> Result<Vec<i32>> {
    let Stored {
        filter,
        bias,
        scales,
        products,
    } = stored(weights, input, per_channel);
    let filter = filter.into_iter().map(i8::cast_unsigned).collect();
    let bias = bias.iter().flat_map(|bias| bias.to_le_bytes()).collect();
    let channels = [weights.channels() as u32];
    let axis = weights.channel_axis as i64;
    Ok(vec![
        tensors.constant(
            &format!("{name}/filter"),
            &weights.shape,
            TensorType::INT8,
            filter,
            Some(&Scales { scales, axis }),
        )?,
        tensors.constant(
            &format!("{name}/bias"),
            &channels,
            TensorType::INT32,
            bias,
            Some(&Scales {
                scales: products,
                axis: 0,
            }),
        )?,
    ])
}
