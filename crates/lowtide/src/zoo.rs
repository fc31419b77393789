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
mod onnx;
mod outline;
mod params;
mod pnasnet;
mod random;
mod randwire;
mod resnet;
mod swiftnet;
mod tflite;
mod unet;
mod values;
mod wiring;

use lowtide_core::graph::Graph;

use net::Net;
use params::{Fault, Params};
use randwire::Regime;

use crate::{Error, ErrorKind, Result};

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
    describe: Describe,
}

/// How a network comes about.
#[derive(Clone, Copy, Debug)]
enum Describe {
    /// From a seed alone.
    Fixed(fn(u64) -> Net),
    /// From a seed, with what may be asked for otherwise.
    Wired(Regime),
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
    ($($name:literal $about:literal $source:tt $describe:expr;)*) => {
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
    "swiftnet" "SwiftNet for visual wake words, 224x224" SWIFTNET Describe::Fixed(swiftnet::net);
    "swiftnet-cell-a" "SwiftNet's cell A, 28x28" SWIFTNET Describe::Fixed(swiftnet::only_a);
    "swiftnet-cell-b" "SwiftNet's cell B, 14x14" SWIFTNET Describe::Fixed(swiftnet::only_b);
    "swiftnet-cell-c" "SwiftNet's cell C, 7x7" SWIFTNET Describe::Fixed(swiftnet::only_c);
    "darts-cifar" "DARTS, second order, 32x32" DARTS Describe::Fixed(darts::cifar);
    "darts-imagenet" "DARTS, second order, 224x224" DARTS Describe::Fixed(darts::imagenet);
    "darts-imagenet-cell" "DARTS's normal cell alone, 14x14" DARTS Describe::Fixed(darts::normal_cell);
    "nasnet-a-mobile" "NASNet-A, 224x224" "Zoph et al., arXiv 1707.07012" Describe::Fixed(nasnet::mobile);
    "amoebanet-a-mobile" "AmoebaNet-A, 224x224" "Real et al., arXiv 1802.01548" Describe::Fixed(amoebanet::mobile);
    "pnasnet5-mobile" "PNASNet-5, 224x224" "Liu et al., arXiv 1712.00559" Describe::Fixed(pnasnet::mobile);
    "randwire-ws" "RandWire WS(4, 0.75), 224x224" RANDWIRE Describe::Wired(Regime::WS);
    "randwire-er" "RandWire ER(0.2), 224x224" RANDWIRE Describe::Wired(Regime::ER);
    "randwire-ba" "RandWire BA(5), 224x224" RANDWIRE Describe::Wired(Regime::BA);
    "randwire-ws-cifar" "RandWire WS(4, 0.75), 32x32" RANDWIRE Describe::Wired(Regime::WS_CIFAR);
    "randwire-cifar10" "RandWire of SERENITY's size, CIFAR-10" RANDWIRE Describe::Wired(Regime::CIFAR_10);
    "randwire-cifar100" "RandWire of SERENITY's size, CIFAR-100" RANDWIRE Describe::Wired(Regime::CIFAR_100);
    "randwire-cell-a" "RandWire, the first stage of these, 16x16" RANDWIRE Describe::Wired(Regime::CELL_A);
    "randwire-cell-b" "RandWire, the second stage of these, 8x8" RANDWIRE Describe::Wired(Regime::CELL_B);
    "randwire-cell-c" "RandWire, the third stage of these, 4x4" RANDWIRE Describe::Wired(Regime::CELL_C);
    "inception-like" "Inception-v3 cells, 128x128" "Szegedy et al., arXiv 1512.00567" Describe::Fixed(inception::net);
    "densenet-like" "DenseNet blocks, 32x32" "Huang et al., arXiv 1608.06993" Describe::Fixed(densenet::net);
    "unet" "U-Net, 128x128" "Ronneberger et al., arXiv 1505.04597" Describe::Fixed(unet::unet);
    "unetpp" "U-Net++, 96x96" "Zhou et al., arXiv 1807.10165" Describe::Fixed(unet::unet_plus_plus);
    "hrnet-like" "HRNet branches, 128x128" "Wang et al., arXiv 1908.07919" Describe::Fixed(hrnet::net);
    "resnet8" "ResNet-8 of MLPerf Tiny, 32x32" RESNET Describe::Fixed(resnet::resnet8);
    "resnet18" "ResNet-18, 224x224" RESNET Describe::Fixed(resnet::resnet18);
    "mobilenetv2" "MobileNetV2, 224x224" MOBILENET Describe::Fixed(mobilenet::full);
    "mobilenetv2-035-96" "MobileNetV2 0.35, 96x96" MOBILENET Describe::Fixed(mobilenet::small);
}

/// All networks.
#[must_use]
pub fn list() -> &'static [Network] {
    NETWORKS
}

/// The model file of the network that `spec` asks for, a `.tflite`.
///
/// `spec` is `NAME`, `NAME@SEED`, or for randomly wired networks `NAME:KEY=VALUE,KEY=VALUE@SEED`: `randwire-ws:n=16,k=4,p=0.5@7`.
/// Weights, and the wiring where it is random, are drawn from the seed, [`SEED`] if none is given. Keys: `n` nodes a stage; `k` neighbours and
/// `p` chance of Watts and Strogatz; `p` chance of Erdős and Rényi; `m` edges of Barabási and Albert; `channels` of the first stage; `size` of the
/// image; `stages`.
///
/// # Errors
/// There is no such network or parameter, or its value is out of range; the text says what there is.
pub fn build(spec: &str) -> Result<Vec<u8>> {
    let (network, net) = describe(spec)?;
    tflite::emit(&net, network.element).map_err(|error| refused(spec, error))
}

/// The network that `spec` asks for as an ONNX file, as [`build`] understands it. Int8 networks are float operators between pairs of
/// QuantizeLinear and DequantizeLinear; inputs and outputs are float32.
///
/// # Errors
/// As [`build`].
pub fn build_onnx(spec: &str) -> Result<Vec<u8>> {
    let (network, net) = describe(spec)?;
    Ok(onnx::emit(&net, network.element))
}

/// The graph of the network that `spec` asks for, as [`build`] understands it, without drawing its weights, which are not in the
/// graph either: operators, and the tensors that they pass on.
///
/// # Errors
/// As [`build`].
pub fn outline(spec: &str) -> Result<Graph> {
    let (network, net) = describe(spec)?;
    outline::graph(&net, network.element).map_err(|error| refused(spec, error))
}

fn describe(spec: &str) -> Result<(&'static Network, Net)> {
    let (name, params) = Params::split(spec).map_err(|fault| refused(spec, fault))?;
    let Some(network) = list().iter().find(|network| network.name == name) else {
        return Err(refused(spec, unknown(name)));
    };
    let net = match network.describe {
        Describe::Fixed(net) => params.end().map(net),
        Describe::Wired(regime) => regime.net(name.trim_end_matches("-f32"), params),
    };
    let net = net.and_then(small_enough);
    Ok((network, net.map_err(|fault| refused(spec, fault))?))
}

/// What to say of a name that no network has: the nearest ones, as most such names are misspelt.
fn unknown(name: &str) -> String {
    const MOST: usize = 3;
    // Shorter than this and alike by chance.
    const ALIKE: f64 = 0.8;
    let mut near: Vec<(f64, &str)> = list()
        .iter()
        .map(|network| (strsim::jaro_winkler(name, network.name), network.name))
        .filter(|&(alike, _)| alike >= ALIKE)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near: Vec<&str> = near.into_iter().take(MOST).map(|(_, name)| name).collect();
    let all = "`lowtide zoo` lists all";
    if near.is_empty() {
        return format!("no such network; {all}");
    }
    format!("no such network; near it are {}; {all}", near.join(", "))
}

/// Weights of a network; more of them do not fit a file of 2 GiB in single precision.
const MOST_WEIGHTS: u64 = 1 << 29;

fn small_enough(net: Net) -> std::result::Result<Net, Fault> {
    match net.weights() {
        weights if weights < MOST_WEIGHTS => Ok(net),
        weights => Err(Fault::new(format_args!(
            "{weights} weights do not fit a file; take fewer nodes, channels or stages"
        ))),
    }
}

fn refused(spec: &str, fault: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Usage, format_args!("zoo:{spec}: {fault}"))
}
