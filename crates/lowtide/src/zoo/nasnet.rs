//! NASNet-A: Zoph, Vasudevan, Shlens, Le, "Learning Transferable Architectures for Scalable Image Recognition",
//! arXiv 1707.07012, figure 4; stacked as DARTS is (the genotype in the form of that paper's code), which differs from
//! the published mobile network in its stem.

use super::cells::Step::{AveragePool, MaxPool, Separable, Skip};
use super::cells::{Cell, Genotype, Stack, Stem};
use super::net::Net;

const GENOTYPE: Genotype = Genotype {
    normal: Cell {
        nodes: &[
            [(Separable(5), 1), (Separable(3), 0)],
            [(Separable(5), 0), (Separable(3), 0)],
            [(AveragePool, 1), (Skip, 0)],
            [(AveragePool, 0), (AveragePool, 0)],
            [(Separable(3), 1), (Skip, 1)],
        ],
        outputs: &[2, 3, 4, 5, 6],
    },
    reduce: Cell {
        nodes: &[
            [(Separable(5), 1), (Separable(7), 0)],
            [(MaxPool, 1), (Separable(7), 0)],
            [(AveragePool, 1), (Separable(5), 0)],
            [(Skip, 3), (AveragePool, 2)],
            [(Separable(3), 2), (MaxPool, 1)],
        ],
        outputs: &[4, 5, 6],
    },
};

/// 14 cells, 44 channels, images of 224x224.
pub(super) fn mobile(seed: u64) -> Net {
    let stack = Stack {
        name: "nasnet-a-mobile",
        genotype: &GENOTYPE,
        cells: 14,
        channels: 44,
        stem: Stem::ImageNet,
    };
    stack.net(seed)
}
