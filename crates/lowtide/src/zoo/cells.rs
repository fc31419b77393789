//! Stacks of searched cells, the common form of DARTS, NASNet-A, AmoebaNet-A and PNASNet-5: a cell reads the outputs of
//! the two cells before it, each of its nodes adds two operations on earlier states, and some of the nodes are joined
//! along the channels. Built as in DARTS (Liu et al., arXiv 1806.09055, appendix A), batch normalisation folded.
//!
//! Operations on a state begin with a ReLU; there is one for each state, which all of them read.

use std::collections::BTreeMap;

use super::net::Activation::{None, Relu};
use super::net::{Net, ValueId, Window};

const POINT: Window = Window::square(1);

/// An operation on a state.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Two separable convolutions of this size in a row.
    Separable(u32),
    /// One separable convolution of this size, dilated by 2.
    Dilated(u32),
    /// A convolution of one row and this many columns, then one of one column.
    RowThenColumn(u32),
    /// The largest of 3x3.
    MaxPool,
    /// The mean of 3x3.
    AveragePool,
    /// The state itself; halved in extent where the cell reduces.
    Skip,
}

/// A cell: states 0 and 1 are the outputs of the cells before, the older first; node `i` makes state `i + 2`.
#[derive(Debug)]
pub(super) struct Cell {
    /// Each node adds two operations on earlier states.
    pub(super) nodes: &'static [[(Step, usize); 2]],
    /// The states that are joined to the cell's output.
    pub(super) outputs: &'static [usize],
}

/// What is repeated, and what stands at a third and at two thirds of the depth.
#[derive(Debug)]
pub(super) struct Genotype {
    /// The cell that keeps the extent.
    pub(super) normal: Cell,
    /// The cell that halves it.
    pub(super) reduce: Cell,
}

/// What comes before the first cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stem {
    /// One convolution, for images of 32x32.
    Cifar,
    /// Three convolutions that each halve the extent, for images of 224x224.
    ImageNet,
}

/// A network of cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stack {
    /// Its name.
    pub(super) name: &'static str,
    /// Its cells.
    pub(super) genotype: &'static Genotype,
    /// How many of them.
    pub(super) cells: usize,
    /// Channels of a node in the first cell.
    pub(super) channels: u32,
    /// What comes before them.
    pub(super) stem: Stem,
}

impl Stack {
    /// The network: it ends with the logits of 10 or 1000 classes.
    pub(super) fn net(&self, seed: u64) -> Net {
        let mut builder = Builder {
            net: Net::new(self.name, seed),
            relus: BTreeMap::new(),
        };
        let (mut states, classes) = match self.stem {
            Stem::Cifar => (builder.cifar_stem(3 * self.channels), 10),
            Stem::ImageNet => (builder.imagenet_stem(self.channels), 1000),
        };
        let mut channels = self.channels;
        for number in 0..self.cells {
            let reduces = number == self.cells / 3 || number == 2 * self.cells / 3;
            let (cell, stride) = if reduces {
                channels *= 2;
                (&self.genotype.reduce, 2)
            } else {
                (&self.genotype.normal, 1)
            };
            let output = builder.cell(&format!("cell_{number}"), cell, states, channels, stride);
            states = [states[1], output];
        }
        let mut net = builder.net;
        let pooled = net.global_mean("pool", states[1]);
        let logits = net.fully_connected("logits", pooled, classes, None);
        net.output(logits);
        net
    }
}

impl Cell {
    /// The cell alone, `shape` the one of a node. It is fed with the nodes of two cells like itself, which it joins, and puts out its
    /// own nodes, for the next cell to join.
    pub(super) fn alone(&self, name: &str, shape: [u32; 3], seed: u64) -> Net {
        let mut builder = Builder {
            net: Net::new(name, seed),
            relus: BTreeMap::new(),
        };
        let states = ["older", "newer"].map(|name| {
            let nodes = self.outputs.iter();
            let nodes = nodes.map(|node| builder.net.input(&format!("{name}_{node}"), shape));
            nodes.collect::<Vec<_>>()
        });
        let states = [("older", &states[0]), ("newer", &states[1])]
            .map(|(name, nodes)| builder.net.concat(name, nodes));
        for node in builder.nodes("cell", self, states, shape[2], 1) {
            builder.net.output(node);
        }
        builder.net
    }
}

struct Builder {
    net: Net,
    /// The ReLU of each state that has one.
    relus: BTreeMap<ValueId, ValueId>,
}

impl Builder {
    fn cifar_stem(&mut self, channels: u32) -> [ValueId; 2] {
        let net = &mut self.net;
        let image = net.input("image", [32, 32, 3]);
        let x = net.conv2d("stem", image, channels, Window::square(3), None);
        [x, x]
    }

    fn imagenet_stem(&mut self, channels: u32) -> [ValueId; 2] {
        let halving = Window::square(3).stride(2);
        let net = &mut self.net;
        let image = net.input("image", [224, 224, 3]);
        let x = net.conv2d("stem/conv_1", image, channels / 2, halving, Relu);
        let older = net.conv2d("stem/conv_2", x, channels, halving, None);
        let x = self.relu(older);
        let newer = self.net.conv2d("stem/conv_3", x, channels, halving, None);
        [older, newer]
    }

    fn cell(
        &mut self,
        name: &str,
        cell: &Cell,
        states: [ValueId; 2],
        channels: u32,
        stride: u32,
    ) -> ValueId {
        let outputs = self.nodes(name, cell, states, channels, stride);
        self.net.concat(&format!("{name}/output"), &outputs)
    }

    /// The cell but for the join at its end: what would be joined.
    fn nodes(
        &mut self,
        name: &str,
        cell: &Cell,
        [older, newer]: [ValueId; 2],
        channels: u32,
        stride: u32,
    ) -> Vec<ValueId> {
        let halved = self.net.shape(older)[1] > self.net.shape(newer)[1];
        let first = if halved {
            self.halve(&format!("{name}/older"), older, channels)
        } else {
            self.pointwise(&format!("{name}/older"), older, channels)
        };
        let second = self.pointwise(&format!("{name}/newer"), newer, channels);
        let mut states = vec![first, second];
        for (number, node) in cell.nodes.iter().enumerate() {
            let name = format!("{name}/node_{}", number + 2);
            let [a, b] = [("a", node[0]), ("b", node[1])].map(|(side, (step, state))| {
                let stride = if state < 2 { stride } else { 1 };
                self.step(&format!("{name}/{side}"), step, states[state], stride)
            });
            states.push(self.net.add(&name, a, b, None));
        }
        cell.outputs.iter().map(|&state| states[state]).collect()
    }

    fn step(&mut self, name: &str, step: Step, x: ValueId, stride: u32) -> ValueId {
        let pool = Window::square(3).stride(stride);
        match step {
            Step::Skip if stride == 1 => x,
            Step::Skip => self.halve(name, x, self.net.channels(x)),
            Step::MaxPool => self.net.max_pool(name, x, pool),
            Step::AveragePool => self.net.average_pool(name, x, pool),
            Step::Dilated(size) => self.dilated(name, x, size, stride),
            Step::RowThenColumn(size) => self.row_then_column(name, x, size, stride),
            Step::Separable(size) => self.separable(name, x, size, stride),
        }
    }

    fn dilated(&mut self, name: &str, x: ValueId, size: u32, stride: u32) -> ValueId {
        let window = Window::square(size).dilation(2).stride(stride);
        let channels = self.net.channels(x);
        let x = self.relu(x);
        let net = &mut self.net;
        let x = net.depthwise_conv2d(&format!("{name}/depthwise"), x, window, None);
        net.conv2d(name, x, channels, POINT, None)
    }

    fn row_then_column(&mut self, name: &str, x: ValueId, size: u32, stride: u32) -> ValueId {
        let (row, column) = (Window::new(1, size).stride(stride), Window::new(size, 1));
        let channels = self.net.channels(x);
        let x = self.relu(x);
        let net = &mut self.net;
        let x = net.conv2d(&format!("{name}/row"), x, channels, row, None);
        net.conv2d(name, x, channels, column, None)
    }

    fn separable(&mut self, name: &str, x: ValueId, size: u32, stride: u32) -> ValueId {
        let part = |part: &str| format!("{name}/{part}");
        let window = Window::square(size);
        let channels = self.net.channels(x);
        let x = self.relu(x);
        let net = &mut self.net;
        let x = net.depthwise_conv2d(&part("depthwise_1"), x, window.stride(stride), None);
        let x = net.conv2d(&part("pointwise_1"), x, channels, POINT, Relu);
        let x = net.depthwise_conv2d(&part("depthwise_2"), x, window, None);
        net.conv2d(name, x, channels, POINT, None)
    }

    fn relu(&mut self, x: ValueId) -> ValueId {
        let net = &mut self.net;
        *self.relus.entry(x).or_insert_with(|| {
            let name = format!("{}/relu", net.value(x).name);
            net.relu(&name, x)
        })
    }

    /// ReLU, then a linear map to so many channels.
    fn pointwise(&mut self, name: &str, x: ValueId, channels: u32) -> ValueId {
        let x = self.relu(x);
        self.net.conv2d(name, x, channels, POINT, None)
    }

    /// Half the extent without losing every other pixel: half of the channels see the even ones, half the odd ones.
    fn halve(&mut self, name: &str, x: ValueId, channels: u32) -> ValueId {
        let window = POINT.stride(2).valid();
        let x = self.relu(x);
        let net = &mut self.net;
        let even = net.conv2d(&format!("{name}/even"), x, channels / 2, window, None);
        let shifted = net.drop_first(&format!("{name}/shifted"), x);
        let rest = channels - channels / 2;
        let odd = net.conv2d(&format!("{name}/odd"), shifted, rest, window, None);
        net.concat(name, &[even, odd])
    }
}
