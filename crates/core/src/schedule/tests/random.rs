//! Small random graphs of varied shapes.

use fastrand::Rng;

use crate::graph::{Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use crate::ids::{Id, OpId, TensorId};
use crate::units::Bytes;

/// A graph of `ops` operators: several outputs, shared and repeated reads, zero sizes, control edges, variables,
/// outputs that are read again, loose parts.
pub(super) fn graph(seed: u64, ops: usize) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let mut builder = GraphBuilder::new(format!("random-{seed}"));
    let sizes = [1, 3, 10, 1000][rng.usize(..4)];
    let window = [2, 4, 8, 100][rng.usize(..4)];
    let many = rng.f64() * 0.4;
    let mut known: Vec<TensorId> = Vec::new();
    for i in 0..1 + rng.usize(..3) {
        let role = if i > 0 && rng.u8(..8) == 0 {
            Role::Variable
        } else {
            Role::Activation
        };
        let t = builder.tensor(tensor(&mut rng, sizes, role));
        if role == Role::Activation {
            builder.input(t);
        }
        known.push(t);
    }
    for index in 0..ops {
        let recent = &known[known.len().saturating_sub(window)..];
        let reads = if rng.u8(..20) == 0 {
            0
        } else {
            1 + rng.usize(..2) + usize::from(rng.f64() < many)
        };
        let inputs = (0..reads)
            .map(|_| Some(recent[rng.usize(..recent.len())]))
            .collect();
        let writes = 1 + usize::from(rng.f64() < many / 2.0) - usize::from(rng.u8(..40) == 0);
        let outputs: Vec<TensorId> = (0..writes)
            .map(|_| builder.tensor(tensor(&mut rng, sizes, Role::Activation)))
            .collect();
        outputs.iter().for_each(|&t| known.push(t));
        for &t in outputs.iter().filter(|_| rng.u8(..12) == 0) {
            builder.output(t);
        }
        builder.op(Op {
            name: String::new(),
            label: "op".into(),
            kind: OpKind::Opaque,
            inputs,
            outputs,
            has_effects: false,
        });
        if index > 0 && rng.u8(..10) == 0 {
            builder.control(
                OpId::from_index(rng.usize(..index)),
                OpId::from_index(index),
            );
        }
    }
    builder.output(known[known.len() - 1]);
    builder.build().expect("generated in a valid order")
}

fn tensor(rng: &mut Rng, sizes: u64, role: Role) -> Tensor {
    let bytes = if rng.u8(..8) == 0 {
        0
    } else {
        rng.u64(1..=sizes)
    };
    Tensor {
        name: String::new(),
        bytes: Bytes(bytes),
        role,
        array: None,
    }
}
