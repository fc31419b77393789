//! Graphs on which every evicted tensor has a copy elsewhere.

use fastrand::Rng;

use crate::graph::{Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use crate::ids::TensorId;
use crate::units::Bytes;

/// A graph whose operators read two of `pages` inputs of 8 bytes each and write an output of the graph: what is evicted has a
/// copy elsewhere.
///
/// # Panics
/// For fewer than two pages.
#[must_use]
pub fn pages(seed: u64, pages: usize, ops: usize) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let mut builder = GraphBuilder::new("pages");
    let tensor = || Tensor {
        name: String::new(),
        bytes: Bytes(8),
        role: Role::Activation,
        array: None,
    };
    let inputs: Vec<TensorId> = (0..pages).map(|_| builder.tensor(tensor())).collect();
    inputs.iter().for_each(|&t| builder.input(t));
    for _ in 0..ops {
        let first = rng.usize(0..pages);
        let second = (first + rng.usize(1..pages)) % pages;
        let output = builder.tensor(tensor());
        builder.output(output);
        builder.op(Op {
            name: String::new(),
            label: "READ".to_owned(),
            kind: OpKind::Opaque,
            inputs: vec![Some(inputs[first]), Some(inputs[second])],
            outputs: vec![output],
            has_effects: false,
        });
    }
    builder.build().expect("inputs stand before all operators")
}
