//! Inception-like: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", arXiv 1512.00567
//! (Inception-v3), with a quarter of the channels and images of 128x128.

use super::net::Activation::{None, Relu};
use super::net::{Net, ValueId, Window};

/// What channels are divided by.
const DIVISOR: u32 = 4;
const POINT: Window = Window::square(1);
const THREE: Window = Window::square(3);
const HALVING: Window = Window::square(3).stride(2).valid();
const ROW: Window = Window::new(1, 7);
const COLUMN: Window = Window::new(7, 1);

/// Three, four and two modules of the three kinds.
pub(super) fn net(seed: u64) -> Net {
    let mut net = Net::new("inception-like", seed);
    let image = net.input("image", [128, 128, 3]);
    let mut stem = Module::new(&mut net, "stem".into());
    let x = stem.convs(image, &[(32, HALVING), (32, THREE.valid()), (64, THREE)]);
    let x = stem.max_pool(x);
    let x = stem.convs(x, &[(80, POINT), (192, THREE.valid())]);
    let mut x = stem.max_pool(x);
    for (number, pool) in [32, 64, 64].into_iter().enumerate() {
        x = small_filters(&mut Module::new(&mut net, format!("a_{number}")), x, pool);
    }
    x = reduce_a(&mut Module::new(&mut net, "a_reduce".into()), x);
    for (number, width) in [128, 160, 160, 192].into_iter().enumerate() {
        x = long_filters(&mut Module::new(&mut net, format!("b_{number}")), x, width);
    }
    x = reduce_b(&mut Module::new(&mut net, "b_reduce".into()), x);
    for number in 0..2 {
        x = forked_filters(&mut Module::new(&mut net, format!("c_{number}")), x);
    }
    let x = net.global_mean("pool", x);
    let x = net.fully_connected("logits", x, 1000, None);
    net.output(x);
    net
}

/// Figure 5 there.
fn small_filters(module: &mut Module<'_>, x: ValueId, pool: u32) -> ValueId {
    let pooled = module.average_pool(x);
    let branches = [
        module.convs(x, &[(64, POINT)]),
        module.convs(x, &[(48, POINT), (64, Window::square(5))]),
        module.convs(x, &[(64, POINT), (96, THREE), (96, THREE)]),
        module.convs(pooled, &[(pool, POINT)]),
    ];
    module.join(&branches)
}

/// Halves the extent after the modules of figure 5.
fn reduce_a(module: &mut Module<'_>, x: ValueId) -> ValueId {
    let branches = [
        module.convs(x, &[(384, HALVING)]),
        module.convs(x, &[(64, POINT), (96, THREE), (96, HALVING)]),
        module.max_pool(x),
    ];
    module.join(&branches)
}

/// Halves the extent after the modules of figure 6.
fn reduce_b(module: &mut Module<'_>, x: ValueId) -> ValueId {
    let branches = [
        module.convs(x, &[(192, POINT), (320, HALVING)]),
        module.convs(
            x,
            &[(192, POINT), (192, ROW), (192, COLUMN), (192, HALVING)],
        ),
        module.max_pool(x),
    ];
    module.join(&branches)
}

/// Figure 6 there: 7x7 in rows and columns.
fn long_filters(module: &mut Module<'_>, x: ValueId, width: u32) -> ValueId {
    let (row, column) = ((width, ROW), (width, COLUMN));
    let pooled = module.average_pool(x);
    let branches = [
        module.convs(x, &[(192, POINT)]),
        module.convs(x, &[(width, POINT), row, (192, COLUMN)]),
        module.convs(x, &[(width, POINT), column, row, column, (192, ROW)]),
        module.convs(pooled, &[(192, POINT)]),
    ];
    module.join(&branches)
}

/// Figure 7 there: the last filters of a branch side by side.
fn forked_filters(module: &mut Module<'_>, x: ValueId) -> ValueId {
    let (row, column) = ((384, Window::new(1, 3)), (384, Window::new(3, 1)));
    let plain = module.convs(x, &[(320, POINT)]);
    let short = module.convs(x, &[(384, POINT)]);
    let [short_row, short_column] = [row, column].map(|conv| module.convs(short, &[conv]));
    let long = module.convs(x, &[(448, POINT), (384, THREE)]);
    let [long_row, long_column] = [row, column].map(|conv| module.convs(long, &[conv]));
    let pooled = module.average_pool(x);
    let pooled = module.convs(pooled, &[(192, POINT)]);
    let short = module.join(&[short_row, short_column]);
    let long = module.join(&[long_row, long_column]);
    module.join(&[plain, short, long, pooled])
}

/// A part of the network whose layers are numbered.
struct Module<'n> {
    net: &'n mut Net,
    name: String,
    layers: u32,
}

impl<'n> Module<'n> {
    fn new(net: &'n mut Net, name: String) -> Self {
        Self {
            net,
            name,
            layers: 0,
        }
    }

    fn layer(&mut self, kind: &str) -> String {
        self.layers += 1;
        format!("{}/{kind}_{}", self.name, self.layers)
    }

    /// Convolutions in a row: the published number of channels, and the window.
    fn convs(&mut self, x: ValueId, convs: &[(u32, Window)]) -> ValueId {
        convs.iter().fold(x, |x, &(channels, window)| {
            let name = self.layer("conv");
            self.net.conv2d(&name, x, channels / DIVISOR, window, Relu)
        })
    }

    fn max_pool(&mut self, x: ValueId) -> ValueId {
        let name = self.layer("max_pool");
        self.net.max_pool(&name, x, HALVING)
    }

    fn average_pool(&mut self, x: ValueId) -> ValueId {
        let name = self.layer("average_pool");
        self.net.average_pool(&name, x, THREE)
    }

    fn join(&mut self, branches: &[ValueId]) -> ValueId {
        let name = self.layer("join");
        self.net.concat(&name, branches)
    }
}
