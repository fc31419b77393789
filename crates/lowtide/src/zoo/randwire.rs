//! RandWire: Xie, Kirillov, Girshick, He, "Exploring Randomly Wired Neural Networks for Image Recognition",
//! arXiv 1904.01569: the small regime of table 2, three stages of 32 nodes, and a smaller network for 32x32 images.
//!
//! Two things are left out that cost no memory to speak of: the learned weights of a node's inputs, which a deployed
//! model folds where it can, and the division of a stage's output by the number of its terms.

use std::collections::BTreeMap;

use super::net::Activation::{None, Relu};
use super::net::{Activation, Net, ValueId, Window};
use super::random::Random;
use super::wiring::Wiring;

const NODES: usize = 32;
/// Streams of the seed below this one are for weights.
const WIRING_STREAM: u64 = 1 << 32;
const WS: Wiring = Wiring::WattsStrogatz {
    neighbours: 4,
    percent: 75,
};

/// WS(4, 0.75), images of 224x224, 78 channels.
pub(super) fn ws(seed: u64) -> Net {
    small_regime("randwire-ws", seed, WS)
}

/// ER(0.2), images of 224x224, 78 channels.
pub(super) fn er(seed: u64) -> Net {
    small_regime("randwire-er", seed, Wiring::ErdosRenyi { percent: 20 })
}

/// BA(5), images of 224x224, 78 channels.
pub(super) fn ba(seed: u64) -> Net {
    small_regime("randwire-ba", seed, Wiring::BarabasiAlbert { edges: 5 })
}

/// WS(4, 0.75), images of 32x32: two stages, as SERENITY's table for CIFAR-10 has two cells.
pub(super) fn ws_cifar(seed: u64) -> Net {
    let mut net = Net::new("randwire-ws-cifar", seed);
    let image = net.input("image", [32, 32, 3]);
    let x = net.conv2d("stem", image, 32, Window::square(3), Relu);
    let x = stage(&mut net, 0, WS, x, 32, 1);
    let x = stage(&mut net, 1, WS, x, 64, 2);
    head(net, x, 10)
}

fn small_regime(name: &str, seed: u64, wiring: Wiring) -> Net {
    const CHANNELS: u32 = 78;
    let halving = Window::square(3).stride(2);
    let mut net = Net::new(name, seed);
    let image = net.input("image", [224, 224, 3]);
    let x = net.conv2d("stem/conv_1", image, CHANNELS / 2, halving, Relu);
    let mut x = net.conv2d("stem/conv_2", x, CHANNELS, halving, None);
    for number in 0..3 {
        x = stage(&mut net, number, wiring, x, CHANNELS << number, 2);
    }
    head(net, x, 1000)
}

fn head(mut net: Net, x: ValueId, classes: u32) -> Net {
    let x = net.conv2d("last", x, 1280, Window::square(1), Relu);
    let x = net.global_mean("pool", x);
    let x = net.fully_connected("logits", x, classes, None);
    net.output(x);
    net
}

/// A random graph of nodes. Those that read no other read the stage's input, with the stage's stride; those that no
/// other reads are summed to its output.
fn stage(
    net: &mut Net,
    number: u64,
    wiring: Wiring,
    x: ValueId,
    channels: u32,
    stride: u32,
) -> ValueId {
    let graph = wiring.draw(NODES, &mut Random::new(net.seed, WIRING_STREAM + number));
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
    let ends: Vec<ValueId> = (0..NODES)
        .filter(|node| !is_read(node))
        .map(|node| values[node])
        .collect();
    match ends.as_slice() {
        [only] => *only,
        ends => sum(net, &format!("stage_{number}/output"), ends, None),
    }
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
