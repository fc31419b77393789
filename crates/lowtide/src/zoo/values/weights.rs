//! Filters and biases from the seed.

use super::spread::Spread;
use crate::zoo::net::{Net, Op};
use crate::zoo::random::Random;

/// The filter and bias of a layer, in real numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights {
    /// The shape of the filter: OHWI, `1HWC` for depthwise convolutions, `units x inputs` for fully connected layers.
    pub(crate) shape: Vec<u32>,
    /// The axis of the filter along which output channels lie.
    pub(crate) channel_axis: usize,
    /// The filter, in the order of its shape.
    pub(crate) filter: Vec<f64>,
    /// One bias an output channel.
    pub(crate) bias: Vec<f64>,
}

impl Weights {
    /// Number of output channels.
    pub(crate) fn channels(&self) -> usize {
        self.bias.len()
    }

    /// The output channel to which an element of the filter belongs.
    pub(crate) fn channel_of(&self, element: usize) -> usize {
        match self.channel_axis {
            0 => element / (self.filter.len() / self.channels()),
            _ => element % self.channels(),
        }
    }
}

/// The weights of layer number `layer`, given the spread of what it reads; none if it has none.
pub(crate) fn weights(net: &Net, layer: usize, input: &Spread) -> Option<Weights> {
    let own = &net.layers[layer];
    let shape = net.filter_shape(own)?;
    let mut random = Random::new(net.seed, layer as u64);
    let depthwise = matches!(own.op, Op::DepthwiseConv2d { .. });
    let channel_axis = if depthwise { shape.len() - 1 } else { 0 };
    let channels = shape[channel_axis] as usize;
    let size: usize = shape.iter().map(|&extent| extent as usize).product();
    let fan_in = size / channels;
    // Uniform in [-a, a] has the variance a^2 / 3. A dense filter that sums to zero does not see the mean of its input;
    // that of one channel must not: it would be blind to flat images.
    let seen = if depthwise {
        input.magnitude()
    } else {
        input.deviation
    };
    let reach = (3.0 / fan_in as f64).sqrt() / seen;
    let mut filter: Vec<f64> = (0..size).map(|_| random.symmetric() * reach).collect();
    if !depthwise && fan_in > 1 {
        filter.chunks_exact_mut(fan_in).for_each(center);
    }
    let bias = (0..channels).map(|_| random.symmetric() * 0.25).collect();
    Some(Weights {
        shape,
        channel_axis,
        filter,
        bias,
    })
}

/// Takes the mean out.
fn center(filter: &mut [f64]) {
    let mean = filter.iter().sum::<f64>() / filter.len() as f64;
    filter.iter_mut().for_each(|weight| *weight -= mean);
}
