//! SwiftNet for visual wake words: Cheng et al., "SwiftNet: Using Graph Propagation as Meta-knowledge to Search Highly
//! Representative Neural Architectures", arXiv 1906.08305. Topology, shapes and the order of the operators are those of
//! Qualcomm's model file (BSD-3-Clause-Clear), on which SERENITY was evaluated; the weights are seeded ones of our own.
//!
//! Nodes bear the numbers of the searched graph. The order is kept as the converter left it, as it is what an optimiser
//! of orders has to beat; so is the leading split with one output, which is a copy. Where that file's quantised outputs range from
//! 0 to 6, a ReLU6 stands here, but for the logits.

use super::net::Activation::{None, Relu6};
use super::net::{Net, ValueId, Window};

/// The network.
pub(super) fn net(seed: u64) -> Net {
    let mut net = Net::new("swiftnet", seed);
    let image = net.input("image", [224, 224, 3]);
    let x = net.split_of_one("split", image);
    let x = stem(&mut net, x);
    let x = cell_a(&mut Cell::new(&mut net, "cell_a", 32), x);
    let x = net.max_pool("pool_a", x, Window::square(2).stride(2));
    let x = cell_b(&mut Cell::new(&mut net, "cell_b", 48), x);
    let x = net.max_pool("pool_b", x, Window::square(2).stride(2));
    let x = cell_c(&mut Cell::new(&mut net, "cell_c", 64), x);
    let x = net.average_pool("pool_c", x, Window::square(7).stride(7).valid());
    let x = net.fully_connected("logits", x, 2, None);
    let x = net.softmax("probabilities", x);
    net.output(x);
    net
}

/// Cell A alone.
pub(super) fn only_a(seed: u64) -> Net {
    alone("swiftnet-cell-a", seed, [28, 28, 32], 32, cell_a)
}

/// Cell B alone.
pub(super) fn only_b(seed: u64) -> Net {
    alone("swiftnet-cell-b", seed, [14, 14, 48], 48, cell_b)
}

/// Cell C alone.
pub(super) fn only_c(seed: u64) -> Net {
    alone("swiftnet-cell-c", seed, [7, 7, 80], 64, cell_c)
}

fn alone(
    name: &str,
    seed: u64,
    input: [u32; 3],
    width: u32,
    cell: fn(&mut Cell<'_>, ValueId) -> ValueId,
) -> Net {
    let mut net = Net::new(name, seed);
    let x = net.input("input", input);
    let x = cell(&mut Cell::new(&mut net, "cell", width), x);
    net.output(x);
    net
}

fn stem(net: &mut Net, x: ValueId) -> ValueId {
    let x = net.conv2d("stem/conv", x, 16, Window::square(7).stride(4), Relu6);
    let x = net.depthwise_conv2d("stem/depthwise", x, Window::square(3), Relu6);
    let x = net.conv2d("stem/pointwise", x, 32, Window::square(1), Relu6);
    net.max_pool("stem/pool", x, Window::square(2).stride(2))
}

/// A searched cell: nodes of one width between a first value and a projection of all that is joined at its end.
struct Cell<'n> {
    net: &'n mut Net,
    name: &'static str,
    width: u32,
}

impl<'n> Cell<'n> {
    fn new(net: &'n mut Net, name: &'static str, width: u32) -> Self {
        Self { net, name, width }
    }

    /// A node that is a pointwise convolution.
    fn conv(&mut self, node: u32, x: ValueId) -> ValueId {
        let name = format!("{}/conv_{node}", self.name);
        self.net
            .conv2d(&name, x, self.width, Window::square(1), Relu6)
    }

    /// The first half of a node that is a separable convolution.
    fn depthwise(&mut self, node: u32, x: ValueId) -> ValueId {
        let name = format!("{}/conv_{node}/depthwise", self.name);
        self.net
            .depthwise_conv2d(&name, x, Window::square(3), Relu6)
    }

    /// The second half of a node that is a separable convolution.
    fn pointwise(&mut self, node: u32, x: ValueId) -> ValueId {
        let name = format!("{}/conv_{node}/pointwise", self.name);
        self.net
            .conv2d(&name, x, self.width, Window::square(1), Relu6)
    }

    /// A node that is a separable convolution, both halves in a row.
    fn separable(&mut self, node: u32, x: ValueId) -> ValueId {
        let x = self.depthwise(node, x);
        self.pointwise(node, x)
    }

    /// What node `reader` reads where it reads several values.
    fn join(&mut self, reader: &str, values: &[ValueId]) -> ValueId {
        let name = format!("{}/join_{reader}", self.name);
        self.net.concat(&name, values)
    }

    /// The cell's input in the channels of its output: a linear map.
    fn identity(&mut self, x: ValueId, channels: u32) -> ValueId {
        let name = format!("{}/identity", self.name);
        self.net.conv2d(&name, x, channels, Window::square(1), None)
    }

    /// The cell's output: its input and what its nodes say, both in the same channels.
    fn sum(&mut self, identity: ValueId, nodes: ValueId) -> ValueId {
        let channels = self.net.channels(identity);
        let part = |part: &str| format!("{}/{part}", self.name);
        let (projection, sum) = (part("projection"), part("sum"));
        let nodes = self
            .net
            .conv2d(&projection, nodes, channels, Window::square(1), Relu6);
        self.net.add(&sum, identity, nodes, Relu6)
    }
}

fn cell_a(cell: &mut Cell<'_>, x: ValueId) -> ValueId {
    let n14 = cell.conv(14, x);
    let for_20 = cell.join("20", &[x, n14]);
    let n17 = cell.conv(17, n14);
    let n18 = cell.conv(18, x);
    let for_28 = cell.join("28", &[x, n18]);
    let n19 = cell.conv(19, n14);
    let n20 = cell.conv(20, for_20);
    let for_21 = cell.join("21", &[n19, n20]);
    let for_24 = cell.join("24", &[x, n18, n19, n20]);
    let n21 = cell.conv(21, for_21);
    let for_23 = cell.join("23", &[n14, n21]);
    let for_27 = cell.join("27", &[n20, n21]);
    let n23 = cell.conv(23, for_23);
    let n24 = cell.conv(24, for_24);
    let for_29 = cell.join("29", &[n17, n20, n23, n24]);
    let n25 = cell.separable(25, n20);
    let n26 = cell.separable(26, n23);
    let n27 = cell.separable(27, for_27);
    let n28 = cell.separable(28, for_28);
    let n29 = cell.conv(29, for_29);
    let all = cell.join("projection", &[n25, n26, n27, n28, n29]);
    let identity = cell.identity(x, 48);
    cell.sum(identity, all)
}

fn cell_b(cell: &mut Cell<'_>, x: ValueId) -> ValueId {
    let n43 = cell.conv(43, x);
    let n48 = cell.conv(48, x);
    let n49 = cell.conv(49, x);
    let n50 = cell.conv(50, x);
    let identity = cell.identity(x, 80);
    let half_45 = cell.depthwise(45, n43);
    let half_47 = cell.depthwise(47, n43);
    let n45 = cell.pointwise(45, half_45);
    let for_51 = cell.join("51", &[n43, n45]);
    let for_59 = cell.join("59", &[n43, n45]);
    let n51 = cell.conv(51, for_51);
    let half_59 = cell.depthwise(59, for_59);
    let n47 = cell.pointwise(47, half_47);
    let for_52 = cell.join("52", &[n47, n48]);
    let n52 = cell.conv(52, for_52);
    let n57 = cell.conv(57, n48);
    let for_54 = cell.join("54", &[x, n43, n45, n49]);
    let n54 = cell.conv(54, for_54);
    let n55 = cell.conv(55, n54);
    let n59 = cell.pointwise(59, half_59);
    let all = cell.join("projection", &[n50, n51, n52, n55, n57, n59]);
    cell.sum(identity, all)
}

fn cell_c(cell: &mut Cell<'_>, x: ValueId) -> ValueId {
    let n67 = cell.conv(67, x);
    let identity = cell.identity(x, 76);
    let half_71 = cell.depthwise(71, n67);
    let n75 = cell.conv(75, n67);
    let half_81 = cell.depthwise(81, n67);
    let n83 = cell.conv(83, n67);
    let half_87 = cell.depthwise(87, n67);
    let half_89 = cell.depthwise(89, n67);
    let n71 = cell.pointwise(71, half_71);
    let for_80 = cell.join("80", &[x, n71]);
    let for_85 = cell.join("85", &[n67, n71]);
    let n80 = cell.conv(80, for_80);
    let half_85 = cell.depthwise(85, for_85);
    let half_82 = cell.depthwise(82, n75);
    let half_84 = cell.depthwise(84, n75);
    let n81 = cell.pointwise(81, half_81);
    let n82 = cell.pointwise(82, half_82);
    let n84 = cell.pointwise(84, half_84);
    let n85 = cell.pointwise(85, half_85);
    let n87 = cell.pointwise(87, half_87);
    let n89 = cell.pointwise(89, half_89);
    let all = cell.join("projection", &[n80, n81, n82, n83, n84, n85, n87, n89]);
    cell.sum(identity, all)
}
