//! DARTS: Liu, Simonyan, Yang, "DARTS: Differentiable Architecture Search", arXiv 1806.09055; the cells of the second
//! order search (figures 4 and 5 there, known as DARTS_V2), without auxiliary heads.

use super::cells::Step::{Dilated, MaxPool, Separable, Skip};
use super::cells::{Cell, Genotype, Stack, Stem};
use super::net::Net;

const GENOTYPE: Genotype = Genotype {
    normal: Cell {
        nodes: &[
            [(Separable(3), 0), (Separable(3), 1)],
            [(Separable(3), 0), (Separable(3), 1)],
            [(Separable(3), 1), (Skip, 0)],
            [(Skip, 0), (Dilated(3), 2)],
        ],
        outputs: &[2, 3, 4, 5],
    },
    reduce: Cell {
        nodes: &[
            [(MaxPool, 0), (MaxPool, 1)],
            [(Skip, 2), (MaxPool, 1)],
            [(MaxPool, 0), (Skip, 2)],
            [(Skip, 2), (MaxPool, 1)],
        ],
        outputs: &[2, 3, 4, 5],
    },
};

/// The normal cell of the second third of the ImageNet network, at 14x14: 96 channels, fed with the nodes of two cells.
/// SERENITY measured "the normal cell" without saying which, or with what before it; at this place, in float32, the best order of
/// ours needs the 903 KB that are published.
pub(super) fn normal_cell(seed: u64) -> Net {
    GENOTYPE
        .normal
        .alone("darts-imagenet-cell", [14, 14, 96], seed)
}

/// 20 cells, 36 channels, images of 32x32.
pub(super) fn cifar(seed: u64) -> Net {
    let stack = Stack {
        name: "darts-cifar",
        genotype: &GENOTYPE,
        cells: 20,
        channels: 36,
        stem: Stem::Cifar,
    };
    stack.net(seed)
}

/// 14 cells, 48 channels, images of 224x224.
pub(super) fn imagenet(seed: u64) -> Net {
    let stack = Stack {
        name: "darts-imagenet",
        genotype: &GENOTYPE,
        cells: 14,
        channels: 48,
        stem: Stem::ImageNet,
    };
    stack.net(seed)
}
