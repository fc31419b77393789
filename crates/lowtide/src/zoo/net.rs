//! Networks, independent of any model format: layers over values, built in the order in which they are to be stored.
//!
//! Shapes are NHWC with a batch of one, filters OHWI, as TensorFlow Lite has them; an emitter for another layout permutes.
//! A wrong description is a bug of the network's file, so the builder panics and names the layer.

mod build;
mod layer;
mod shapes;

pub(crate) use layer::{Activation, Layer, Op, Padding, Window};

/// What a layer computes, or what the caller feeds: an index into [`Net::values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ValueId(u32);

impl ValueId {
    /// Its position in [`Net::values`].
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A named array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    /// Its name, unique within the network.
    pub(crate) name: String,
    /// Elements per axis.
    pub(crate) shape: Vec<u32>,
}

/// A network: layers in the order in which they are to be stored, which is a valid order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Net {
    /// Its name.
    pub(crate) name: String,
    /// What its weights are drawn from.
    pub(crate) seed: u64,
    /// The values: inputs, and what the layers compute.
    pub(crate) values: Vec<Value>,
    /// The layers.
    pub(crate) layers: Vec<Layer>,
    /// What the caller feeds.
    pub(crate) inputs: Vec<ValueId>,
    /// What the caller reads.
    pub(crate) outputs: Vec<ValueId>,
}

impl Net {
    /// A network without layers.
    pub(crate) fn new(name: &str, seed: u64) -> Self {
        Self {
            name: name.into(),
            seed,
            values: Vec::new(),
            layers: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// One value.
    pub(crate) fn value(&self, id: ValueId) -> &Value {
        &self.values[id.index()]
    }

    /// The shape of one value.
    pub(crate) fn shape(&self, id: ValueId) -> &[u32] {
        &self.value(id).shape
    }

    /// The number of channels of a value: its last extent.
    pub(crate) fn channels(&self, id: ValueId) -> u32 {
        self.shape(id).last().copied().unwrap_or(1)
    }

    /// Number of weights, without biases.
    pub(crate) fn weights(&self) -> u64 {
        let shapes = self
            .layers
            .iter()
            .filter_map(|layer| self.filter_shape(layer));
        let sizes = shapes.map(|shape| {
            shape
                .iter()
                .map(|&extent| u64::from(extent))
                .product::<u64>()
        });
        sizes.sum()
    }

    /// The shape of a layer's filter; none if it has no weights.
    pub(crate) fn filter_shape(&self, layer: &Layer) -> Option<Vec<u32>> {
        shapes::filter(&layer.op, self.shape(layer.inputs[0]))
    }
}
