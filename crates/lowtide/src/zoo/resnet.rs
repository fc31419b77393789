//! Residual networks: He et al., "Deep Residual Learning for Image Recognition", arXiv 1512.03385, basic blocks with
//! projection shortcuts (option B). [`resnet8`] is the one of MLPerf Tiny for CIFAR-10, [`resnet18`] that of table 1.
//! Batch normalisation is folded, as in any deployed model.

use super::net::Activation::{None, Relu};
use super::net::{Net, ValueId, Window};

/// Three blocks for images of 32x32, 10 classes.
pub(super) fn resnet8(seed: u64) -> Net {
    let mut net = Net::new("resnet8", seed);
    let image = net.input("image", [32, 32, 3]);
    let mut x = net.conv2d("stem", image, 16, Window::square(3), Relu);
    for (name, channels, stride) in [("a", 16, 1), ("b", 32, 2), ("c", 64, 2)] {
        x = block(&mut net, name, x, channels, stride);
    }
    let logits = classifier(&mut net, x, 8, 10);
    let probabilities = net.softmax("probabilities", logits);
    net.output(probabilities);
    net
}

/// Eight blocks for images of 224x224, 1000 classes. It ends with the logits: untrained, no class of a thousand has a
/// probability worth 1/256.
pub(super) fn resnet18(seed: u64) -> Net {
    let mut net = Net::new("resnet18", seed);
    let image = net.input("image", [224, 224, 3]);
    let x = net.conv2d("stem", image, 64, Window::square(7).stride(2), Relu);
    let mut x = net.max_pool("stem/pool", x, Window::square(3).stride(2));
    for (stage, channels) in [64, 128, 256, 512].into_iter().enumerate() {
        let stride = if stage == 0 { 1 } else { 2 };
        x = block(&mut net, &format!("{stage}a"), x, channels, stride);
        x = block(&mut net, &format!("{stage}b"), x, channels, 1);
    }
    let logits = classifier(&mut net, x, 7, 1000);
    net.output(logits);
    net
}

/// Two convolutions beside a shortcut, which is projected where the shape changes.
fn block(net: &mut Net, name: &str, x: ValueId, channels: u32, stride: u32) -> ValueId {
    let conv = |part: &str| format!("block_{name}/{part}");
    let first = net.conv2d(
        &conv("conv_1"),
        x,
        channels,
        Window::square(3).stride(stride),
        Relu,
    );
    let second = net.conv2d(&conv("conv_2"), first, channels, Window::square(3), None);
    let same_shape = net.shape(x) == net.shape(second);
    let shortcut = if same_shape {
        x
    } else {
        net.conv2d(
            &conv("shortcut"),
            x,
            channels,
            Window::square(1).stride(stride),
            None,
        )
    };
    net.add(&conv("sum"), shortcut, second, Relu)
}

fn classifier(net: &mut Net, x: ValueId, extent: u32, classes: u32) -> ValueId {
    let window = Window::square(extent).stride(extent).valid();
    let x = net.average_pool("pool", x, window);
    net.fully_connected("logits", x, classes, None)
}
