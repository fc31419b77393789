//! U-Net: Ronneberger, Fischer, Brox, arXiv 1505.04597, and U-Net++: Zhou et al., arXiv 1807.10165 (without deep
//! supervision), with padding, so that extents stay. Images are enlarged by repetition before a convolution of 2x2.

use super::net::Activation::{None, Relu};
use super::net::{Net, ValueId, Window};

/// Times the extent is halved.
const DEPTH: usize = 4;
const HALVING: Window = Window::square(2).stride(2);

/// 128x128, 16 channels at the top.
pub(super) fn unet(seed: u64) -> Net {
    const TOP: u32 = 16;
    let mut net = Net::new("unet", seed);
    let mut x = net.input("image", [128, 128, 3]);
    let mut skips = Vec::new();
    for level in 0..DEPTH {
        let skip = convs(&mut net, &format!("down_{level}"), x, TOP << level);
        x = net.max_pool(&format!("down_{level}/pool"), skip, HALVING);
        skips.push(skip);
    }
    x = convs(&mut net, "bottom", x, TOP << DEPTH);
    for (level, skip) in skips.into_iter().enumerate().rev() {
        let name = format!("up_{level}");
        let larger = net.upsample(&format!("{name}/larger"), x, 2);
        let matched = net.conv2d(
            &format!("{name}/matched"),
            larger,
            TOP << level,
            Window::square(2),
            Relu,
        );
        let joined = net.concat(&format!("{name}/joined"), &[skip, matched]);
        x = convs(&mut net, &name, joined, TOP << level);
    }
    masks(net, x)
}

/// 96x96, 8 channels at the top. Node (level, step) reads the nodes before it on its level and one from the level below.
pub(super) fn unet_plus_plus(seed: u64) -> Net {
    const TOP: u32 = 8;
    let mut net = Net::new("unetpp", seed);
    let image = net.input("image", [96, 96, 3]);
    let mut nodes: Vec<Vec<ValueId>> = Vec::new();
    for level in 0..=DEPTH {
        let x = match nodes.last() {
            Option::None => image,
            Some(above) => net.max_pool(&format!("node_{level}_0/pool"), above[0], HALVING),
        };
        nodes.push(vec![convs(
            &mut net,
            &format!("node_{level}_0"),
            x,
            TOP << level,
        )]);
        // What the new level makes possible: one node further on each level above.
        for upper in (0..level).rev() {
            let name = format!("node_{upper}_{}", level - upper);
            let below = nodes[upper + 1][level - upper - 1];
            let larger = net.upsample(&format!("{name}/larger"), below, 2);
            let read = [nodes[upper].as_slice(), &[larger]].concat();
            let joined = net.concat(&format!("{name}/joined"), &read);
            let node = convs(&mut net, &name, joined, TOP << upper);
            nodes[upper].push(node);
        }
    }
    let last = nodes[0][DEPTH];
    masks(net, last)
}

/// Two convolutions.
fn convs(net: &mut Net, name: &str, x: ValueId, channels: u32) -> ValueId {
    let x = net.conv2d(
        &format!("{name}/conv_1"),
        x,
        channels,
        Window::square(3),
        Relu,
    );
    net.conv2d(
        &format!("{name}/conv_2"),
        x,
        channels,
        Window::square(3),
        Relu,
    )
}

/// The logits of two classes for each pixel.
fn masks(mut net: Net, x: ValueId) -> Net {
    let logits = net.conv2d("logits", x, 2, Window::square(1), None);
    net.output(logits);
    net
}
