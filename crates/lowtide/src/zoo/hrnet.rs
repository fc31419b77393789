//! HRNet-like: Wang et al., "Deep High-Resolution Representation Learning for Visual Recognition", arXiv 1908.07919:
//! branches of different extents side by side, which exchange what they know after each stage.

use super::net::Activation::{None, Relu};
use super::net::{Activation, Net, ValueId, Window};

const WIDTH: u32 = 16;
const THREE: Window = Window::square(3);
const POINT: Window = Window::square(1);

/// Images of 128x128, branches of 16, 32, 64 and 128 channels, the logits of 19 classes for each pixel of the largest.
pub(super) fn net(seed: u64) -> Net {
    let mut net = Net::new("hrnet-like", seed);
    let image = net.input("image", [128, 128, 3]);
    let x = net.conv2d("stem/conv_1", image, WIDTH, THREE.stride(2), Relu);
    let x = net.conv2d("stem/conv_2", x, WIDTH, THREE.stride(2), Relu);
    let mut branches = vec![x];
    for stage in 1..=4 {
        let name = format!("stage_{stage}");
        for (branch, x) in branches.iter_mut().enumerate() {
            *x = block(&mut net, &format!("{name}/branch_{branch}"), *x);
        }
        if stage < 4 {
            branches = exchanged(&mut net, &name, &branches);
        }
    }
    let larger = branches
        .iter()
        .enumerate()
        .map(|(branch, &x)| match branch {
            0 => x,
            _ => net.upsample(&format!("head/larger_{branch}"), x, 1 << branch),
        });
    let larger: Vec<ValueId> = larger.collect();
    let x = net.concat("head/joined", &larger);
    let x = net.conv2d("head/conv", x, 4 * WIDTH, POINT, Relu);
    let x = net.conv2d("logits", x, 19, POINT, None);
    net.output(x);
    net
}

/// Two convolutions beside a shortcut.
fn block(net: &mut Net, name: &str, x: ValueId) -> ValueId {
    let channels = net.channels(x);
    let first = net.conv2d(&format!("{name}/conv_1"), x, channels, THREE, Relu);
    let second = net.conv2d(&format!("{name}/conv_2"), first, channels, THREE, None);
    net.add(&format!("{name}/sum"), x, second, Relu)
}

/// One branch more than before; each is the sum of all that were, brought to its extent and channels.
fn exchanged(net: &mut Net, name: &str, branches: &[ValueId]) -> Vec<ValueId> {
    let into = |target: usize| {
        let mut sum = Option::None;
        for (source, &x) in branches.iter().enumerate() {
            let name = format!("{name}/from_{source}_to_{target}");
            let term = brought(net, &name, x, source, target);
            let last = source + 1 == branches.len();
            let activation = if last { Relu } else { None };
            sum = Some(match sum {
                Option::None => term,
                Some(sum) => net.add(&format!("{name}/sum"), sum, term, activation),
            });
        }
        sum.expect("there is a branch")
    };
    (0..=branches.len()).map(into).collect()
}

/// From one branch's extent and channels to another's.
fn brought(net: &mut Net, name: &str, x: ValueId, source: usize, target: usize) -> ValueId {
    let channels = WIDTH << target;
    if source == target {
        return x;
    }
    if source > target {
        let x = net.conv2d(&format!("{name}/conv"), x, channels, POINT, None);
        return net.upsample(&format!("{name}/larger"), x, 1 << (source - target));
    }
    (source + 1..=target).fold(x, |x, step| {
        let (channels, activation): (u32, Activation) = if step == target {
            (channels, None)
        } else {
            (net.channels(x), Relu)
        };
        net.conv2d(
            &format!("{name}/halved_{step}"),
            x,
            channels,
            THREE.stride(2),
            activation,
        )
    })
}
