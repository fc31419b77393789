//! Graphs in which tensors can share bytes.

use fastrand::Rng;

use crate::graph::{Graph, Op, OpKind, Role};
use crate::ids::{Id, TensorId};

use super::Sketch;

/// Like [`graph`], with views and with operators that can write over one or several of their inputs, some of them under
/// labels that the targets list.
#[must_use]
pub fn sharing(seed: u64, most_ops: usize) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let ops = rng.usize(0..=most_ops);
    let mut sketch = Sketch::new(rng, ops);
    sketch.sharing = [30, 60, 90][sketch.rng.usize(0..3)];
    sketch.draw()
}

impl Sketch {
    /// An operator whose output has the size of an input.
    pub(super) fn draw_sharing(&mut self, number: usize, inputs: Vec<Option<TensorId>>) {
        let (label, kind) = match self.rng.u8(0..8) {
            0 => ("RESHAPE", OpKind::Reshape),
            1 => ("Identity", OpKind::Identity),
            2 => (
                "SPLIT",
                OpKind::Split {
                    data: 0,
                    axis: None,
                },
            ),
            3 => ("SOFTMAX", OpKind::Normalize),
            4 => ("ADD", OpKind::Elementwise),
            5 => ("Relu", OpKind::Elementwise),
            _ => ("OP", OpKind::Elementwise),
        };
        let known: Vec<TensorId> = inputs.iter().flatten().copied().collect();
        let like = self.rng.choice(&known).copied();
        let size = like.map_or(1, |t| self.sizes[t.index()]);
        let output = self.sized(size, Role::Activation);
        self.written.push((number, output));
        self.builder.op(Op {
            name: String::new(),
            label: label.into(),
            kind,
            inputs,
            outputs: vec![output],
            has_effects: false,
        });
    }
}
