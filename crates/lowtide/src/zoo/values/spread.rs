//! How far the values of each activation spread, by rules of thumb: layers are taken as sums of independent terms.

use crate::zoo::net::{Activation, Layer, Net, Op, ValueId};

/// Mean, standard deviation, and bounds that no value passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    /// The mean.
    pub(crate) mean: f64,
    /// The standard deviation.
    pub(crate) deviation: f64,
    /// No value is below.
    pub(crate) low: f64,
    /// No value is above.
    pub(crate) high: f64,
}

impl Spread {
    /// What layers with weights are scaled to.
    const UNIT: Self = Self::around(0.0, 1.0);
    /// Images, scaled to `[-1, 1]`.
    const IMAGE: Self = Self {
        low: -1.0,
        high: 1.0,
        ..Self::around(0.0, 0.5)
    };
    /// Probabilities.
    const PROBABILITY: Self = Self {
        low: 0.0,
        high: 1.0,
        ..Self::around(0.5, 0.25)
    };

    const fn around(mean: f64, deviation: f64) -> Self {
        Self {
            mean,
            deviation,
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
        }
    }

    /// The square root of the mean square.
    pub(crate) fn magnitude(&self) -> f64 {
        (self.mean * self.mean + self.deviation * self.deviation).sqrt()
    }

    /// What nearly all values lie in: four deviations around the mean, within the bounds, zero included.
    pub(crate) fn range(&self) -> (f64, f64) {
        let reach = 4.0 * self.deviation;
        (
            (self.mean - reach).max(self.low).min(0.0),
            (self.mean + reach).min(self.high).max(0.0),
        )
    }

    /// After an activation. The half of a normal distribution above zero, with zeros for the rest, has the mean
    /// `1/sqrt(2 pi)` = 0.399 and the variance `1/2 - 1/(2 pi)`, whose root is 0.584.
    fn activated(self, activation: Activation) -> Self {
        let high = match activation {
            Activation::None => return self,
            Activation::Relu => f64::INFINITY,
            Activation::Relu6 => 6.0,
        };
        if self.low >= 0.0 {
            return Self {
                high: self.high.min(high),
                ..self
            };
        }
        Self {
            mean: 0.399 * self.deviation + 0.5 * self.mean.max(0.0),
            deviation: 0.584 * self.deviation,
            low: 0.0,
            high,
        }
    }
}

/// The spread of each value of the network.
pub(crate) fn spreads(net: &Net) -> Vec<Spread> {
    let mut known = vec![Spread::IMAGE; net.values.len()];
    for layer in &net.layers {
        known[layer.output.index()] = of(layer, &known);
    }
    known
}

fn of(layer: &Layer, known: &[Spread]) -> Spread {
    let read = |&input: &ValueId| known[input.index()];
    let first = read(&layer.inputs[0]);
    let plain = match &layer.op {
        Op::Conv2d { .. } | Op::DepthwiseConv2d { .. } | Op::FullyConnected { .. } => Spread::UNIT,
        Op::Concat => joined(layer.inputs.iter().map(read)),
        Op::Add { .. } => layer.inputs[1..].iter().map(read).fold(first, sum),
        // The largest of a few values above zero: the mean of four is that of one and its deviation, spread by a sixth more.
        Op::MaxPool(window) if window.area() > 1 => Spread {
            mean: first.mean + first.deviation,
            deviation: 1.17 * first.deviation,
            ..first
        },
        // However large the window: what is left is mostly how channels differ in their means.
        Op::AveragePool(_) | Op::GlobalMean => Spread {
            deviation: 0.7 * first.deviation,
            ..first
        },
        Op::Softmax => Spread::PROBABILITY,
        Op::MaxPool(_) | Op::Relu | Op::Upsample { .. } | Op::DropFirst | Op::SplitOfOne => first,
    };
    plain.activated(layer.op.activation())
}

fn sum(a: Spread, b: Spread) -> Spread {
    Spread {
        mean: a.mean + b.mean,
        deviation: (a.deviation * a.deviation + b.deviation * b.deviation).sqrt(),
        low: a.low + b.low,
        high: a.high + b.high,
    }
}

/// All of them together, each as often as any other.
fn joined(parts: impl Iterator<Item = Spread> + Clone) -> Spread {
    let mean_of = |pick: fn(&Spread) -> f64| {
        let (sum, count) = parts.clone().fold((0.0, 0.0), |(sum, count), part| {
            (sum + pick(&part), count + 1.0)
        });
        sum / count
    };
    let mean = mean_of(|part| part.mean);
    let square = mean_of(|part| part.magnitude() * part.magnitude());
    Spread {
        mean,
        deviation: (square - mean * mean).max(0.0).sqrt(),
        low: parts
            .clone()
            .map(|part| part.low)
            .fold(f64::INFINITY, f64::min),
        high: parts
            .map(|part| part.high)
            .fold(f64::NEG_INFINITY, f64::max),
    }
}
