//! AmoebaNet-A: Real, Aggarwal, Huang, Le, "Regularized Evolution for Image Classifier Architecture Search",
//! arXiv 1802.01548, figure 5; stacked as DARTS is (the genotype in the form of that paper's code).

use super::cells::Step::{AveragePool, MaxPool, RowThenColumn, Separable, Skip};
use super::cells::{Cell, Genotype, Stack, Stem};
use super::net::Net;

const GENOTYPE: Genotype = Genotype {
    normal: Cell {
        nodes: &[
            [(AveragePool, 0), (MaxPool, 1)],
            [(Separable(3), 0), (Separable(5), 2)],
            [(Separable(3), 0), (AveragePool, 3)],
            [(Separable(3), 1), (Skip, 1)],
            [(Skip, 0), (AveragePool, 1)],
        ],
        outputs: &[4, 5, 6],
    },
    reduce: Cell {
        nodes: &[
            [(AveragePool, 0), (Separable(3), 1)],
            [(MaxPool, 0), (Separable(7), 2)],
            [(Separable(7), 0), (AveragePool, 1)],
            [(MaxPool, 0), (MaxPool, 1)],
            [(RowThenColumn(7), 0), (Separable(3), 5)],
        ],
        outputs: &[3, 4, 6],
    },
};

/// 14 cells, 50 channels, images of 224x224.
pub(super) fn mobile(seed: u64) -> Net {
    let stack = Stack {
        name: "amoebanet-a-mobile",
        genotype: &GENOTYPE,
        cells: 14,
        channels: 50,
        stem: Stem::ImageNet,
    };
    stack.net(seed)
}
