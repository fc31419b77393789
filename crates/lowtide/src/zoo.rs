//! The zoo: networks that lowtide generates itself, as model files, so that every figure can be had without a download.
//! Topologies are published ones, each named after its source; weights come from a fixed seed, so results can be
//! compared but mean nothing. The same name gives the same bytes, on every platform.

mod net;
mod resnet;
mod swiftnet;
mod tflite;
mod values;

use net::Net;

/// A network that [`build`] can generate.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// The name behind `zoo:`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Where the topology is from.
    pub source: &'static str,
    /// The type of activations and weights.
    pub element: Element,
    describe: fn() -> Net,
}

/// The type of a network's activations and weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// 8-bit integers, quantised: one scale an activation tensor, one an output channel of filters.
    Int8,
    /// Single precision.
    Float32,
}

/// Each network in int8 and in float32, under a name with `-f32`.
macro_rules! networks {
    ($($name:literal $about:literal $source:literal $describe:path;)*) => {
        static NETWORKS: &[Network] = &[$(
            Network {
                name: $name,
                about: concat!($about, ", int8"),
                source: $source,
                element: Element::Int8,
                describe: $describe,
            },
            Network {
                name: concat!($name, "-f32"),
                about: concat!($about, ", float32"),
                source: $source,
                element: Element::Float32,
                describe: $describe,
            },
        )*];
    };
}

networks! {
    "swiftnet" "SwiftNet for visual wake words, 224x224"
        "Cheng et al., arXiv 1906.08305; topology of Qualcomm's model file (BSD-3-Clause-Clear)" swiftnet::net;
    "resnet8" "ResNet-8 of MLPerf Tiny, 32x32" "He et al., arXiv 1512.03385" resnet::resnet8;
    "resnet18" "ResNet-18, 224x224" "He et al., arXiv 1512.03385" resnet::resnet18;
}

/// All networks.
#[must_use]
pub fn list() -> &'static [Network] {
    NETWORKS
}

/// The model file of the network `name`, a `.tflite`; none if there is no such network.
#[must_use]
pub fn build(name: &str) -> Option<Vec<u8>> {
    let network = list().iter().find(|network| network.name == name)?;
    Some(network.build())
}

impl Network {
    /// Its model file, a `.tflite`.
    ///
    /// # Panics
    /// If the network does not fit the format, which is a bug of its description.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        let net = (self.describe)();
        tflite::emit(&net, self.element).expect("the networks of the zoo fit the schema")
    }
}
