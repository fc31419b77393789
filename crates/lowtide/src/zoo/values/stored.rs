//! Weights as integers.

use super::{Affine, Weights};

/// Symmetric int8 filters, and int32 biases whose scale is that of the products.
pub(crate) struct Stored {
    /// In the order of [`Weights::filter`].
    pub(crate) filter: Vec<i8>,
    /// One for each output channel.
    pub(crate) bias: Vec<i32>,
    /// Of the filter: one for each output channel, or one for all.
    pub(crate) scales: Vec<f32>,
    /// Of the bias: as many.
    pub(crate) products: Vec<f32>,
}

/// Quantises weights behind a value of quantisation `input`. Convolutions have a scale for each output channel; fully connected
/// layers have one for all, which is what every runtime's kernel takes.
#[allow(clippy::cast_possible_truncation, reason = "clamped to 8 bits")]
pub(crate) fn stored(weights: &Weights, input: Affine, per_channel: bool) -> Stored {
    let mut scales = own_scales(weights);
    let largest = scales.iter().copied().fold(0.0, f32::max);
    if !per_channel {
        scales.fill(largest);
    }
    let filter = weights.filter.iter().enumerate().map(|(element, &weight)| {
        let scale = scales[weights.channel_of(element)];
        to_integer(weight, scale.into()).clamp(-127, 127) as i8
    });
    let filter = filter.collect();
    let mut products: Vec<f32> = scales.iter().map(|scale| input.scale * scale).collect();
    let bias = weights.bias.iter().zip(&products);
    let bias = bias.map(|(&bias, &scale)| to_integer(bias, scale.into()));
    let bias = bias.collect();
    if !per_channel {
        scales.truncate(1);
        products.truncate(1);
    }
    Stored {
        filter,
        bias,
        scales,
        products,
    }
}

/// For each output channel the scale that maps its largest weight to 127.
#[allow(
    clippy::cast_possible_truncation,
    reason = "scales are rounded to single precision"
)]
fn own_scales(weights: &Weights) -> Vec<f32> {
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
