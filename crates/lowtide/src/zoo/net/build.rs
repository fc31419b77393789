//! One method a layer: each adds it behind all others and returns what it computes.

use super::layer::{Activation, Layer, Op, Window};
use super::{Net, Value, ValueId, shapes};

impl Net {
    /// An image or feature map that the caller feeds.
    pub(crate) fn input(&mut self, name: &str, [height, width, channels]: [u32; 3]) -> ValueId {
        let id = self.add_value(name, vec![1, height, width, channels]);
        self.inputs.push(id);
        id
    }

    /// Marks a value as read by the caller.
    pub(crate) fn output(&mut self, value: ValueId) {
        self.outputs.push(value);
    }

    /// Convolution with a bias.
    pub(crate) fn conv2d(
        &mut self,
        name: &str,
        x: ValueId,
        channels: u32,
        window: Window,
        activation: Activation,
    ) -> ValueId {
        let op = Op::Conv2d {
            channels,
            window,
            activation,
        };
        self.add_layer(name, op, &[x])
    }

    /// Convolution of each channel for itself, with a bias.
    pub(crate) fn depthwise_conv2d(
        &mut self,
        name: &str,
        x: ValueId,
        window: Window,
        activation: Activation,
    ) -> ValueId {
        self.add_layer(name, Op::DepthwiseConv2d { window, activation }, &[x])
    }

    /// All inputs times a matrix, with a bias.
    pub(crate) fn fully_connected(
        &mut self,
        name: &str,
        x: ValueId,
        units: u32,
        activation: Activation,
    ) -> ValueId {
        self.add_layer(name, Op::FullyConnected { units, activation }, &[x])
    }

    /// The values side by side along the channels.
    pub(crate) fn concat(&mut self, name: &str, values: &[ValueId]) -> ValueId {
        self.add_layer(name, Op::Concat, values)
    }

    /// The sum of two values of one shape.
    pub(crate) fn add(
        &mut self,
        name: &str,
        a: ValueId,
        b: ValueId,
        activation: Activation,
    ) -> ValueId {
        self.add_layer(name, Op::Add { activation }, &[a, b])
    }

    /// The largest of each window.
    pub(crate) fn max_pool(&mut self, name: &str, x: ValueId, window: Window) -> ValueId {
        self.add_layer(name, Op::MaxPool(window), &[x])
    }

    /// The mean of each window; what lies outside does not count.
    pub(crate) fn average_pool(&mut self, name: &str, x: ValueId, window: Window) -> ValueId {
        self.add_layer(name, Op::AveragePool(window), &[x])
    }

    /// `max(x, 0)` on its own.
    pub(crate) fn relu(&mut self, name: &str, x: ValueId) -> ValueId {
        self.add_layer(name, Op::Relu, &[x])
    }

    /// The mean over height and width, which become 1.
    pub(crate) fn global_mean(&mut self, name: &str, x: ValueId) -> ValueId {
        self.add_layer(name, Op::GlobalMean, &[x])
    }

    /// Each pixel repeated `factor` times in both directions.
    pub(crate) fn upsample(&mut self, name: &str, x: ValueId, factor: u32) -> ValueId {
        self.add_layer(name, Op::Upsample { factor }, &[x])
    }

    /// Without the first row and the first column.
    pub(crate) fn drop_first(&mut self, name: &str, x: ValueId) -> ValueId {
        self.add_layer(name, Op::DropFirst, &[x])
    }

    /// A copy, as a split into one piece leaves it behind.
    pub(crate) fn split_of_one(&mut self, name: &str, x: ValueId) -> ValueId {
        self.add_layer(name, Op::SplitOfOne, &[x])
    }

    /// Exponentials that sum to one.
    pub(crate) fn softmax(&mut self, name: &str, x: ValueId) -> ValueId {
        self.add_layer(name, Op::Softmax, &[x])
    }

    fn add_layer(&mut self, name: &str, op: Op, inputs: &[ValueId]) -> ValueId {
        let read: Vec<&[u32]> = inputs.iter().map(|&input| self.shape(input)).collect();
        let shape = match shapes::output(&op, &read) {
            Ok(shape) => shape,
            Err(fault) => panic!("{}, layer {name}: {fault}", self.name),
        };
        let output = self.add_value(name, shape);
        let inputs = inputs.to_vec();
        self.layers.push(Layer { op, inputs, output });
        output
    }

    fn add_value(&mut self, name: &str, shape: Vec<u32>) -> ValueId {
        let id = u32::try_from(self.values.len()).expect("networks of at most u32::MAX values");
        let name = name.into();
        self.values.push(Value { name, shape });
        ValueId(id)
    }
}
