//! Quantisation to int8, as the runtimes' kernels demand it.

use super::spread::Spread;
use crate::zoo::net::{Net, Op};

/// `real = scale * (stored - zero_point)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Affine {
    /// The scale.
    pub(crate) scale: f32,
    /// The zero point.
    pub(crate) zero_point: i8,
}

impl Affine {
    /// The one that runtimes demand of probabilities: `[0, 1)` in steps of 1/256.
    const PROBABILITY: Self = Self {
        scale: 1.0 / 256.0,
        zero_point: -128,
    };

    /// Covers a range, in which zero lies and is exact.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the scale is rounded to single precision, the zero point clamped"
    )]
    fn covering((low, high): (f64, f64)) -> Self {
        let scale = ((high - low) / 255.0) as f32;
        let zero_point = (-128.0 - low / f64::from(scale))
            .round()
            .clamp(-128.0, 127.0) as i8;
        Self { scale, zero_point }
    }
}

/// The quantisation of each value. Those that a kernel only moves share one.
pub(crate) fn quantize(net: &Net, spreads: &[Spread]) -> Vec<Affine> {
    let classes = classes(net);
    let mut ranges = vec![(0.0, 0.0); spreads.len()];
    for (spread, &class) in spreads.iter().zip(&classes) {
        let (low, high) = spread.range();
        let range: &mut (f64, f64) = &mut ranges[class];
        *range = (range.0.min(low), range.1.max(high));
    }
    let mut found: Vec<Affine> = classes
        .iter()
        .map(|&class| Affine::covering(ranges[class]))
        .collect();
    let softmax = net.layers.iter().filter(|layer| layer.op == Op::Softmax);
    softmax.for_each(|layer| found[layer.output.index()] = Affine::PROBABILITY);
    found
}

/// For each value the representative of those with which it shares its quantisation.
fn classes(net: &Net) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..net.values.len()).collect();
    for layer in net.layers.iter().filter(|layer| only_moves(&layer.op)) {
        for input in &layer.inputs {
            let (a, b) = (
                root(&parent, input.index()),
                root(&parent, layer.output.index()),
            );
            parent[a.max(b)] = a.min(b);
        }
    }
    (0..parent.len())
        .map(|value| root(&parent, value))
        .collect()
}

fn root(parent: &[usize], mut value: usize) -> usize {
    while parent[value] != value {
        value = parent[value];
    }
    value
}

/// Whether the int8 kernel moves or compares stored numbers without rescaling them.
fn only_moves(op: &Op) -> bool {
    match op {
        Op::Concat
        | Op::MaxPool(_)
        | Op::AveragePool(_)
        | Op::Upsample { .. }
        | Op::DropFirst
        | Op::SplitOfOne => true,
        Op::Conv2d { .. }
        | Op::DepthwiseConv2d { .. }
        | Op::FullyConnected { .. }
        | Op::Add { .. }
        | Op::Relu
        | Op::GlobalMean
        | Op::Softmax => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::spreads;
    use super::{Affine, quantize};
    use crate::zoo::net::Activation::{None, Relu6};
    use crate::zoo::net::{Net, ValueId, Window};

    #[test]
    fn what_a_kernel_only_moves_shares_its_quantisation() {
        let mut net = Net::new("joined", 0);
        let image = net.input("image", [8, 8, 3]);
        let conv = net.conv2d("conv", image, 4, Window::square(3), Relu6);
        let linear = net.conv2d("linear", image, 4, Window::square(3), None);
        let joined = net.concat("joined", &[conv, linear]);
        let pool = net.max_pool("pool", joined, Window::square(2).stride(2));
        let probabilities = net.softmax("probabilities", pool);
        let found = quantize(&net, &spreads(&net));
        let of = |id: ValueId| found[id.index()];
        assert_eq!(of(conv), of(linear));
        assert_eq!(of(conv), of(joined));
        assert_eq!(of(conv), of(pool));
        assert_ne!(of(conv), of(image));
        assert_eq!(of(probabilities), Affine::PROBABILITY);
    }

    #[test]
    fn zero_is_exact_and_the_range_is_covered() {
        for range in [(-1.0, 1.0), (0.0, 6.0), (-3.0, 0.5), (-0.1, 9.0)] {
            let Affine { scale, zero_point } = Affine::covering(range);
            let real = |stored: f64| f64::from(scale) * (stored - f64::from(zero_point));
            assert!(
                (real(-128.0) - range.0).abs() <= f64::from(scale),
                "{range:?}"
            );
            assert!(
                (real(127.0) - range.1).abs() <= f64::from(scale),
                "{range:?}"
            );
        }
    }
}
