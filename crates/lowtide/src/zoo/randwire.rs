//! RandWire: Xie, Kirillov, Girshick, He, "Exploring Randomly Wired Neural Networks for Image Recognition",
//! arXiv 1904.01569: stages of randomly wired nodes, each a ReLU, a separable convolution and batch normalisation, folded.
//!
//! Two things are left out that cost no memory to speak of: the learned weights of a node's inputs, which a deployed
//! model folds where it can, and the division of a stage's output by the number of its terms.

use std::collections::BTreeMap;

use super::net::Activation::{None, Relu};
use super::net::{Activation, Net, ValueId, Window};
use super::params::{Fault, Params};
use super::random::Random;
use super::wiring::Wiring;

/// Streams of the seed below this one are for weights.
const WIRING_STREAM: u64 = 1 << 32;

const WS: Wiring = Wiring::WattsStrogatz {
    neighbours: 4,
    percent: 75,
};

/// What a randomly wired network is like, but for its seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Regime {
    wiring: Wiring,
    /// Nodes of a stage.
    nodes: usize,
    /// Channels of a node in the first stage; each further stage has twice as many.
    channels: u32,
    /// The first stage that is there, and how many there are.
    stages: [u32; 2],
    /// Height and width of the image.
    size: u32,
    shape: Shape,
}

/// What is around the stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Two convolutions that halve the image before, and a classifier of 1000 classes behind: the small regime of table 2.
    ImageNet,
    /// One convolution before and a classifier behind; the first stage halves the image.
    Cifar { classes: u32 },
    /// As `Cifar`, but the first stage keeps the extent and has as many channels as the stem.
    Wide { classes: u32 },
    /// Nothing: one stage, fed with what the stage before it would put out.
    Cell,
}

impl Regime {
    const SMALL: Self = Self {
        wiring: WS,
        nodes: 32,
        channels: 78,
        stages: [0, 3],
        size: 224,
        shape: Shape::ImageNet,
    };

    /// WS(4, 0.75), images of 224x224, 78 channels.
    pub(super) const WS: Self = Self::SMALL;
    /// ER(0.2), images of 224x224, 78 channels.
    pub(super) const ER: Self = Self {
        wiring: Wiring::ErdosRenyi { percent: 20 },
        ..Self::SMALL
    };
    /// BA(5), images of 224x224, 78 channels.
    pub(super) const BA: Self = Self {
        wiring: Wiring::BarabasiAlbert { edges: 5 },
        ..Self::SMALL
    };
    /// WS(4, 0.75), images of 32x32: two stages of 32 and 64 channels.
    pub(super) const WS_CIFAR: Self = Self {
        channels: 32,
        stages: [0, 2],
        size: 32,
        shape: Shape::Wide { classes: 10 },
        ..Self::SMALL
    };

    /// SERENITY's network for CIFAR-10 as far as its weights and multiplications tell: two stages of 78 and 156 channels
    /// at 16x16 and 8x8 have 1.25 M weights and 110 M multiplications, where 1.2 M and 111.0 M are published.
    pub(super) const CIFAR_10: Self = Self {
        stages: [0, 2],
        size: 32,
        shape: Shape::Cifar { classes: 10 },
        ..Self::SMALL
    };
    /// As [`Self::CIFAR_10`], with a third stage of 312 channels at 4x4: 4.7 M weights, 160.0 M multiplications published.
    pub(super) const CIFAR_100: Self = Self {
        stages: [0, 3],
        shape: Shape::Cifar { classes: 100 },
        ..Self::CIFAR_10
    };

    /// One stage of a CIFAR network.
    const fn cell(stage: u32) -> Self {
        Self {
            stages: [stage, 1],
            shape: Shape::Cell,
            ..Self::CIFAR_10
        }
    }
    /// The first stage for 32x32 images: 78 channels at 16x16.
    pub(super) const CELL_A: Self = Self::cell(0);
    /// The second: 156 channels at 8x8.
    pub(super) const CELL_B: Self = Self::cell(1);
    /// The third: 312 channels at 4x4.
    pub(super) const CELL_C: Self = Self::cell(2);

    /// The network of this kind that `params` ask for.
    pub(super) fn net(mut self, name: &str, mut params: Params) -> Result<Net, Fault> {
        params.take("n", 2..=512, &mut self.nodes)?;
        match &mut self.wiring {
            Wiring::WattsStrogatz {
                neighbours,
                percent,
            } => {
                params.take("k", 2..=self.nodes - 1, neighbours)?;
                params.share("p", percent)?;
            }
            Wiring::ErdosRenyi { percent } => params.share("p", percent)?,
            Wiring::BarabasiAlbert { edges } => params.take("m", 1..=self.nodes - 1, edges)?,
        }
        params.take("channels", 2..=1024, &mut self.channels)?;
        params.take("size", 8..=1024, &mut self.size)?;
        if self.shape != Shape::Cell {
            params.take("stages", 1..=4, &mut self.stages[1])?;
        }
        let seed = params.end()?;
        if !self.wiring.can_connect(self.nodes) {
            return Err(Fault::new(format_args!(
                "{} nodes are hardly ever connected by {:?}; take a larger k, p or m",
                self.nodes, self.wiring
            )));
        }
        Ok(self.build(name, seed))
    }

    fn build(self, name: &str, seed: u64) -> Net {
        let mut net = Net::new(name, seed);
        let mut x = self.stem(&mut net);
        let [first, count] = self.stages;
        for stage in first..first + count {
            let keeps = matches!(self.shape, Shape::Wide { .. }) && stage == 0;
            x = self.stage(&mut net, stage, x, if keeps { 1 } else { 2 });
        }
        match self.shape {
            Shape::ImageNet => head(net, x, 1000),
            Shape::Cifar { classes } | Shape::Wide { classes } => head(net, x, classes),
            Shape::Cell => {
                net.output(x);
                net
            }
        }
    }

    /// What the first stage reads.
    fn stem(&self, net: &mut Net) -> ValueId {
        let Self { channels, size, .. } = *self;
        let image = [size, size, 3];
        match self.shape {
            Shape::ImageNet => {
                let halving = Window::square(3).stride(2);
                let image = net.input("image", image);
                let x = net.conv2d("stem/conv_1", image, channels / 2, halving, Relu);
                net.conv2d("stem/conv_2", x, channels, halving, None)
            }
            Shape::Cifar { .. } => {
                let image = net.input("image", image);
                net.conv2d("stem", image, channels / 2, Window::square(3), None)
            }
            Shape::Wide { .. } => {
                let image = net.input("image", image);
                net.conv2d("stem", image, channels, Window::square(3), Relu)
            }
            Shape::Cell => {
                let stage = self.stages[0];
                let (size, channels) = (size >> stage, (channels << stage) / 2);
                net.input("input", [size, size, channels])
            }
        }
    }

    /// A random graph of nodes. Those that read no other read the stage's input, with the stage's stride; those that no
    /// other reads are summed to its output.
    fn stage(&self, net: &mut Net, number: u32, x: ValueId, stride: u32) -> ValueId {
        let channels = self.channels << number;
        let mut random = Random::new(net.seed, WIRING_STREAM + u64::from(number));
        let graph = self.wiring.draw(self.nodes, &mut random);
        let mut relus = BTreeMap::new();
        let mut values: Vec<ValueId> = Vec::new();
        for (node, read) in graph.iter().enumerate() {
            let name = format!("stage_{number}/node_{node}");
            let terms: Vec<ValueId> = read.iter().map(|&other| values[other]).collect();
            let (sum, stride) = match terms.as_slice() {
                [] => (rectified(net, &mut relus, x), stride),
                [only] => (rectified(net, &mut relus, *only), 1),
                terms => (sum(net, &name, terms, Relu), 1),
            };
            let window = Window::square(3).stride(stride);
            let filtered = net.depthwise_conv2d(&format!("{name}/depthwise"), sum, window, None);
            values.push(net.conv2d(&name, filtered, channels, Window::square(1), None));
        }
        let is_read = |node: &usize| graph.iter().any(|read| read.contains(node));
        let ends: Vec<ValueId> = (0..self.nodes)
            .filter(|node| !is_read(node))
            .map(|node| values[node])
            .collect();
        match ends.as_slice() {
            [only] => *only,
            ends => sum(net, &format!("stage_{number}/output"), ends, None),
        }
    }
}

fn head(mut net: Net, x: ValueId, classes: u32) -> Net {
    let x = net.conv2d("last", x, 1280, Window::square(1), Relu);
    let x = net.global_mean("pool", x);
    let x = net.fully_connected("logits", x, classes, None);
    net.output(x);
    net
}

/// The ReLU of a value, one for all who read it.
fn rectified(net: &mut Net, relus: &mut BTreeMap<ValueId, ValueId>, x: ValueId) -> ValueId {
    *relus.entry(x).or_insert_with(|| {
        let name = format!("{}/relu", net.value(x).name);
        net.relu(&name, x)
    })
}

/// The sum of two or more values, one after the other; the activation is part of the last addition.
fn sum(net: &mut Net, name: &str, terms: &[ValueId], activation: Activation) -> ValueId {
    let last = terms.len() - 1;
    (1..=last).fold(terms[0], |sum, term| {
        let activation = if term == last { activation } else { None };
        net.add(&format!("{name}/sum_{term}"), sum, terms[term], activation)
    })
}
