//! DenseNet-like: Huang et al., "Densely Connected Convolutional Networks", arXiv 1608.06993: three blocks with
//! bottlenecks and growth rate 12 for images of 32x32. Activations follow the convolutions instead of leading them, as
//! normalisation in front of a convolution that reads a concatenation cannot be folded.

use super::net::Activation::{None, Relu};
use super::net::{Net, ValueId, Window};

const GROWTH: u32 = 12;
const LAYERS: u32 = 6;

/// 40 layers.
pub(super) fn net(seed: u64) -> Net {
    let mut net = Net::new("densenet-like", seed);
    let image = net.input("image", [32, 32, 3]);
    let mut x = net.conv2d("stem", image, 2 * GROWTH, Window::square(3), Relu);
    for number in 0..3 {
        let name = format!("block_{number}");
        x = block(&mut net, &name, x);
        if number < 2 {
            let half = net.channels(x) / 2;
            x = net.conv2d(
                &format!("{name}/transition"),
                x,
                half,
                Window::square(1),
                Relu,
            );
            x = net.average_pool(&format!("{name}/pool"), x, Window::square(2).stride(2));
        }
    }
    let x = net.global_mean("pool", x);
    let x = net.fully_connected("logits", x, 10, None);
    net.output(x);
    net
}

/// Each layer reads the block's input and all layers before.
fn block(net: &mut Net, name: &str, input: ValueId) -> ValueId {
    let mut x = input;
    for layer in 0..LAYERS {
        let part = |part: &str| format!("{name}/layer_{layer}/{part}");
        let narrow = net.conv2d(&part("bottleneck"), x, 4 * GROWTH, Window::square(1), Relu);
        let new = net.conv2d(&part("conv"), narrow, GROWTH, Window::square(3), Relu);
        x = net.concat(&part("joined"), &[x, new]);
    }
    x
}
