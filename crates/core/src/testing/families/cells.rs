//! Stacks of searched cells, each of which reads the two cells before: no single tensor cuts them.

use crate::graph::Graph;
use crate::ids::TensorId;

use super::Wire;

/// NASNet-A (Zoph et al., CVPR 2018, figure 4): `cells` normal cells, a reduction after every third of them.
#[must_use]
pub fn nasnet(cells: usize) -> Graph {
    stack(format!("nasnet-{cells}"), cells, |cell| {
        let (p, h) = (cell.before, cell.here);
        let first = [cell.separable(h, 2), h];
        let second = [cell.separable(p, 2), cell.separable(h, 2)];
        let third = [cell.pool(h), p];
        let fourth = [cell.pool(p), cell.pool(p)];
        let fifth = [cell.separable(p, 2), cell.separable(p, 2)];
        let sums = [first, second, third, fourth, fifth].map(|pair| cell.add(pair));
        [&[p][..], &sums[..]].concat()
    })
}

/// AmoebaNet-A (Real et al., AAAI 2019, figure 5): `cells` normal cells, a reduction after every third of them.
#[must_use]
pub fn amoebanet(cells: usize) -> Graph {
    stack(format!("amoebanet-{cells}"), cells, |cell| {
        let (p, h) = (cell.before, cell.here);
        let first = [cell.pool(h), cell.pool(h)];
        let first = cell.add(first);
        let second = [cell.separable(h, 2), p];
        let second = cell.add(second);
        let third = [cell.separable(p, 2), cell.separable(first, 1)];
        let third = cell.add(third);
        let fourth = [cell.pool(p), first];
        let fourth = cell.add(fourth);
        let fifth = [cell.separable(fourth, 2), cell.separable(second, 1)];
        let fifth = cell.add(fifth);
        vec![third, fourth, fifth]
    })
}

/// Where a cell is built: its two inputs, squeezed to the cell's width.
struct Cell<'w> {
    wire: &'w mut Wire,
    bytes: u64,
    before: TensorId,
    here: TensorId,
}

impl Cell<'_> {
    /// Activation, depthwise and pointwise convolution, `times` in a row.
    fn separable(&mut self, from: TensorId, times: usize) -> TensorId {
        (0..times).fold(from, |at, _| {
            ["relu", "depthwise", "pointwise"]
                .iter()
                .fold(at, |at, label| self.wire.op(label, &[at], self.bytes))
        })
    }

    fn pool(&mut self, from: TensorId) -> TensorId {
        self.wire.op("pool", &[from], self.bytes)
    }

    fn add(&mut self, pair: [TensorId; 2]) -> TensorId {
        self.wire.op("add", &pair, self.bytes)
    }
}

fn stack(name: String, cells: usize, body: impl Fn(&mut Cell<'_>) -> Vec<TensorId>) -> Graph {
    let mut wire = Wire::new(name);
    let mut bytes = 64 * 1024;
    let image = wire.input(3 * 1024);
    let mut before = wire.op("stem", &[image], bytes);
    let mut here = wire.op("stem", &[before], bytes);
    for index in 0..cells {
        if index > 0 && index % cells.div_ceil(3).max(1) == 0 {
            bytes /= 2;
        }
        let squeezed = [before, here].map(|tensor| {
            let active = wire.op("relu", &[tensor], bytes);
            wire.op("squeeze", &[active], bytes)
        });
        let [p, h] = squeezed;
        let mut cell = Cell {
            wire: &mut wire,
            bytes,
            before: p,
            here: h,
        };
        let parts = body(&mut cell);
        let joined = wire.op("concat", &parts, bytes * parts.len() as u64);
        before = std::mem::replace(&mut here, joined);
    }
    let end = wire.op("pool", &[here], 1024);
    wire.done(&[end])
}
