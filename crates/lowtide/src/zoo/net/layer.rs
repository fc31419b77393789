//! What a layer is.

use super::ValueId;

/// One layer. All have one output.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layer {
    /// What it does.
    pub(crate) op: Op,
    /// What it reads. Weights are not listed: they follow from `op`.
    pub(crate) inputs: Vec<ValueId>,
    /// What it writes, which bears the layer's name.
    pub(crate) output: ValueId,
}

/// What a layer does, in the field's terms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    /// Convolution with a bias.
    Conv2d {
        /// Output channels.
        channels: u32,
        /// How the filter moves.
        window: Window,
        /// What is applied to the sum.
        activation: Activation,
    },
    /// Convolution of each channel for itself, with a bias.
    DepthwiseConv2d {
        /// How the filter moves.
        window: Window,
        /// What is applied to the sum.
        activation: Activation,
    },
    /// All inputs times a matrix, with a bias.
    FullyConnected {
        /// Output features.
        units: u32,
        /// What is applied to the sum.
        activation: Activation,
    },
    /// The inputs side by side along the channels.
    Concat,
    /// The sum of two values of one shape.
    Add {
        /// What is applied to the sum.
        activation: Activation,
    },
    /// `max(x, 0)` on its own.
    Relu,
    /// The largest of each window.
    MaxPool(Window),
    /// The mean of each window; what lies outside does not count.
    AveragePool(Window),
    /// The mean over height and width, which become 1.
    GlobalMean,
    /// Each pixel repeated `factor` times in both directions.
    Upsample {
        /// How many times larger height and width become.
        factor: u32,
    },
    /// Without the first row and the first column.
    DropFirst,
    /// Cut into one piece: a copy, as converters leave it behind.
    SplitOfOne,
    /// Exponentials that sum to one.
    Softmax,
}

impl Op {
    /// The activation that is part of the layer.
    pub(crate) fn activation(&self) -> Activation {
        match self {
            Self::Conv2d { activation, .. }
            | Self::DepthwiseConv2d { activation, .. }
            | Self::FullyConnected { activation, .. }
            | Self::Add { activation } => *activation,
            Self::Relu => Activation::Relu,
            _ => Activation::None,
        }
    }
}

/// What is applied to each output of a layer, as part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Activation {
    /// Nothing.
    #[default]
    None,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
}

/// What is read beyond the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    /// As many outputs as strides begin within the input; beyond the edges are zeros.
    Same,
    /// Nothing is read beyond the edges.
    Valid,
}

/// How a filter or pool moves over height and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// Its height and width.
    pub(crate) size: [u32; 2],
    /// How far it moves, in both directions.
    pub(crate) stride: u32,
    /// How far apart its elements are.
    pub(crate) dilation: u32,
    /// What is read beyond the edges.
    pub(crate) padding: Padding,
}

impl Window {
    /// A window of this height and width that moves by 1 and pads.
    pub(crate) const fn new(height: u32, width: u32) -> Self {
        Self {
            size: [height, width],
            stride: 1,
            dilation: 1,
            padding: Padding::Same,
        }
    }

    /// A window of this height and width that moves by 1 and pads.
    pub(crate) const fn square(size: u32) -> Self {
        Self::new(size, size)
    }

    /// The same with another stride.
    pub(crate) const fn stride(self, stride: u32) -> Self {
        Self { stride, ..self }
    }

    /// The same with another dilation.
    pub(crate) const fn dilation(self, dilation: u32) -> Self {
        Self { dilation, ..self }
    }

    /// The same without padding.
    pub(crate) const fn valid(self) -> Self {
        Self {
            padding: Padding::Valid,
            ..self
        }
    }

    /// Its number of elements.
    pub(crate) const fn area(self) -> u32 {
        self.size[0] * self.size[1]
    }
}
