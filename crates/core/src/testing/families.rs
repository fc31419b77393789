//! Generated networks of any size, for benchmarks: the same for the same arguments.

mod cells;
mod stack;
mod training;
mod wired;

pub use cells::{amoebanet, nasnet};
pub use stack::stack;
pub use training::training;
pub use wired::{barabasi_albert, erdos_renyi, in_tree, layered, series_parallel, watts_strogatz};

use crate::graph::{Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use crate::ids::TensorId;
use crate::units::Bytes;

/// A network under construction.
struct Wire {
    builder: GraphBuilder,
}

impl Wire {
    fn new(name: String) -> Self {
        Self {
            builder: GraphBuilder::new(name),
        }
    }

    fn tensor(&mut self, bytes: u64) -> TensorId {
        self.builder.tensor(Tensor {
            name: String::new(),
            bytes: Bytes(bytes),
            role: Role::Activation,
            array: None,
        })
    }

    fn input(&mut self, bytes: u64) -> TensorId {
        let tensor = self.tensor(bytes);
        self.builder.input(tensor);
        tensor
    }

    /// An operator with one output of `bytes`. Additions and rectifiers can write over what they read, where a target lets
    /// them.
    fn op(&mut self, label: &str, reads: &[TensorId], bytes: u64) -> TensorId {
        let output = self.tensor(bytes);
        let kind = match label {
            "relu" | "add" | "accumulate" => OpKind::Elementwise,
            _ => OpKind::Opaque,
        };
        self.builder.op(Op {
            name: String::new(),
            label: label.into(),
            kind,
            inputs: reads.iter().copied().map(Some).collect(),
            outputs: vec![output],
            has_effects: false,
        });
        output
    }

    fn done(mut self, outputs: &[TensorId]) -> Graph {
        outputs.iter().for_each(|&t| self.builder.output(t));
        self.builder.build().expect("generated in a valid order")
    }
}
