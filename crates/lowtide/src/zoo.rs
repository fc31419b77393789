//! The zoo: networks that lowtide generates itself, as model files, so that every figure can be had without a download.
//! Topologies are published ones, each named after its source; weights come from a fixed seed, so results can be
//! compared but mean nothing. The same name gives the same bytes, on every platform.

mod amoebanet;
mod cells;
mod darts;
mod densenet;
mod hrnet;
mod inception;
mod mobilenet;
mod nasnet;
mod net;
mod pnasnet;
mod random;
mod randwire;
mod resnet;
mod swiftnet;
mod tflite;
mod unet;
mod values;
mod wiring;

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
    describe: fn(u64) -> Net,
}

/// The seed of a network that is asked for by its name alone.
pub const SEED: u64 = 1;

/// The type of a network's activations and weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// 8-bit integers, quantised: one scale an activation tensor, one an output channel of filters.
    Int8,
    /// Single precision.
    Float32,
}

const SWIFTNET: &str =
    "Cheng et al., arXiv 1906.08305; topology of Qualcomm's model file (BSD-3-Clause-Clear)";
const DARTS: &str = "Liu et al., arXiv 1806.09055";
const RANDWIRE: &str = "Xie et al., arXiv 1904.01569";
const RESNET: &str = "He et al., arXiv 1512.03385";
const MOBILENET: &str = "Sandler et al., arXiv 1801.04381";

/// Each network in int8 and in float32, under a name with `-f32`.
macro_rules! networks {
    ($($name:literal $about:literal $source:tt $describe:path;)*) => {
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
    "swiftnet" "SwiftNet for visual wake words, 224x224" SWIFTNET swiftnet::net;
    "swiftnet-cell-a" "SwiftNet's cell A, 28x28" SWIFTNET swiftnet::only_a;
    "swiftnet-cell-b" "SwiftNet's cell B, 14x14" SWIFTNET swiftnet::only_b;
    "swiftnet-cell-c" "SwiftNet's cell C, 7x7" SWIFTNET swiftnet::only_c;
    "darts-cifar" "DARTS, second order, 32x32" DARTS darts::cifar;
    "darts-imagenet" "DARTS, second order, 224x224" DARTS darts::imagenet;
    "nasnet-a-mobile" "NASNet-A, 224x224" "Zoph et al., arXiv 1707.07012" nasnet::mobile;
    "amoebanet-a-mobile" "AmoebaNet-A, 224x224" "Real et al., arXiv 1802.01548" amoebanet::mobile;
    "pnasnet5-mobile" "PNASNet-5, 224x224" "Liu et al., arXiv 1712.00559" pnasnet::mobile;
    "randwire-ws" "RandWire WS(4, 0.75), 224x224" RANDWIRE randwire::ws;
    "randwire-er" "RandWire ER(0.2), 224x224" RANDWIRE randwire::er;
    "randwire-ba" "RandWire BA(5), 224x224" RANDWIRE randwire::ba;
    "randwire-ws-cifar" "RandWire WS(4, 0.75), 32x32" RANDWIRE randwire::ws_cifar;
    "inception-like" "Inception-v3 cells, 128x128" "Szegedy et al., arXiv 1512.00567" inception::net;
    "densenet-like" "DenseNet blocks, 32x32" "Huang et al., arXiv 1608.06993" densenet::net;
    "unet" "U-Net, 128x128" "Ronneberger et al., arXiv 1505.04597" unet::unet;
    "unetpp" "U-Net++, 96x96" "Zhou et al., arXiv 1807.10165" unet::unet_plus_plus;
    "hrnet-like" "HRNet branches, 128x128" "Wang et al., arXiv 1908.07919" hrnet::net;
    "resnet8" "ResNet-8 of MLPerf Tiny, 32x32" RESNET resnet::resnet8;
    "resnet18" "ResNet-18, 224x224" RESNET resnet::resnet18;
    "mobilenetv2" "MobileNetV2, 224x224" MOBILENET mobilenet::full;
    "mobilenetv2-035-96" "MobileNetV2 0.35, 96x96" MOBILENET mobilenet::small;
}

/// All networks.
#[must_use]
pub fn list() -> &'static [Network] {
    NETWORKS
}

/// The model file of the network `name`, a `.tflite`; none if there is no such network. `name@7` draws weights, and the
/// wiring where it is random, from seed 7 instead of [`SEED`].
#[must_use]
pub fn build(name: &str) -> Option<Vec<u8>> {
    let (name, seed) = match name.split_once('@') {
        Some((name, seed)) => (name, seed.parse().ok()?),
        None => (name, SEED),
    };
    let network = list().iter().find(|network| network.name == name)?;
    Some(network.build(seed))
}

impl Network {
    /// Its model file, a `.tflite`.
    ///
    /// # Panics
    /// If the network does not fit the format, which is a bug of its description.
    #[must_use]
    pub fn build(&self, seed: u64) -> Vec<u8> {
        let net = (self.describe)(seed);
        tflite::emit(&net, self.element).expect("the networks of the zoo fit the schema")
    }
}
