//! PNASNet-5: Liu et al., "Progressive Neural Architecture Search", arXiv 1712.00559, figure 1: one cell for both
//! purposes; stacked as DARTS is.

use super::cells::Step::{MaxPool, Separable, Skip};
use super::cells::{Cell, Genotype, Stack, Stem};
use super::net::Net;

const CELL: Cell = Cell {
    nodes: &[
        [(Separable(5), 0), (MaxPool, 0)],
        [(Separable(7), 1), (MaxPool, 1)],
        [(Separable(5), 1), (Separable(3), 1)],
        [(Separable(3), 4), (MaxPool, 1)],
        [(Separable(3), 0), (Skip, 1)],
    ],
    outputs: &[2, 3, 4, 5, 6],
};

const GENOTYPE: Genotype = Genotype {
    normal: CELL,
    reduce: CELL,
};

/// 14 cells, 36 channels, images of 224x224.
pub(super) fn mobile(seed: u64) -> Net {
    let stack = Stack {
        name: "pnasnet5-mobile",
        genotype: &GENOTYPE,
        cells: 14,
        channels: 36,
        stem: Stem::ImageNet,
    };
    stack.net(seed)
}
