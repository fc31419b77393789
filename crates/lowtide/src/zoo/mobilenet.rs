//! MobileNetV2: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", arXiv 1801.04381, table 2.

use super::net::Activation::{None, Relu6};
use super::net::{Net, ValueId, Window};

/// Expansion, channels, repetitions, stride of the first: the rows of table 2.
const ROWS: [(u32, u32, u32, u32); 7] = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
];

/// The network of table 2, for images of 224x224.
pub(super) fn full(seed: u64) -> Net {
    net("mobilenetv2", seed, 100, 224)
}

/// Width 0.35 and images of 96x96, as microcontrollers run it.
pub(super) fn small(seed: u64) -> Net {
    net("mobilenetv2-035-96", seed, 35, 96)
}

fn net(name: &str, seed: u64, percent: u32, extent: u32) -> Net {
    let mut net = Net::new(name, seed);
    let image = net.input("image", [extent, extent, 3]);
    let stem = Window::square(3).stride(2);
    let mut x = net.conv2d("stem", image, scaled(32, percent), stem, Relu6);
    for (row, (expansion, channels, repetitions, stride)) in ROWS.into_iter().enumerate() {
        for repetition in 0..repetitions {
            let name = format!("block_{row}_{repetition}");
            let stride = if repetition == 0 { stride } else { 1 };
            x = block(
                &mut net,
                &name,
                x,
                expansion,
                scaled(channels, percent),
                stride,
            );
        }
    }
    // The paper widens the last convolution with the rest, but never narrows it.
    let last = scaled(1280, percent.max(100));
    let x = net.conv2d("last", x, last, Window::square(1), Relu6);
    let x = net.global_mean("pool", x);
    let x = net.fully_connected("logits", x, 1000, None);
    net.output(x);
    net
}

/// An inverted residual: expand, filter each channel, project; with a shortcut where the shape stays.
fn block(
    net: &mut Net,
    name: &str,
    x: ValueId,
    expansion: u32,
    channels: u32,
    stride: u32,
) -> ValueId {
    let part = |part: &str| format!("{name}/{part}");
    let wide = match expansion {
        1 => x,
        _ => {
            let channels = expansion * net.channels(x);
            net.conv2d(&part("expand"), x, channels, Window::square(1), Relu6)
        }
    };
    let window = Window::square(3).stride(stride);
    let filtered = net.depthwise_conv2d(&part("depthwise"), wide, window, Relu6);
    let narrow = net.conv2d(
        &part("project"),
        filtered,
        channels,
        Window::square(1),
        None,
    );
    if net.shape(narrow) != net.shape(x) {
        return narrow;
    }
    net.add(&part("sum"), x, narrow, None)
}

/// Channels times a width in percent, to the nearest multiple of 8, but never below nine tenths of the product.
fn scaled(channels: u32, percent: u32) -> u32 {
    let hundredths = channels * percent;
    let rounded = ((hundredths + 400) / 800 * 8).max(8);
    if rounded * 1000 < hundredths * 9 {
        rounded + 8
    } else {
        rounded
    }
}
