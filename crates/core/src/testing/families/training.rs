//! Training steps: forward, backward, update.

use fastrand::Rng;

use crate::graph::Graph;
use crate::ids::TensorId;

use super::Wire;

/// One operator of the forward pass, for its derivative.
struct Step {
    reads: Vec<usize>,
    weights: u64,
}

/// A training step of a residual network with `blocks` blocks of three convolutions, now and then with a skip over
/// several blocks: forward, backward with one gradient operator per input and per weight, gradients of tensors that
/// are read twice added up, weights updated in place. About 36 operators a block.
#[must_use]
pub fn training(blocks: usize, seed: u64) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let mut wire = Wire::new(format!("training-{blocks}-{seed}"));
    let mut steps: Vec<Step> = Vec::new();
    let mut sizes: Vec<u64> = Vec::new();
    let mut push = |reads: &[usize], bytes: u64, weights: u64| {
        steps.push(Step {
            reads: reads.to_vec(),
            weights,
        });
        sizes.push(bytes);
        sizes.len() - 1
    };
    let mut bytes = 256 * 1024;
    let mut at = push(&[], bytes, 4096);
    let mut skip = at;
    for block in 0..blocks {
        if block > 0 && block % blocks.div_ceil(4).max(1) == 0 {
            bytes /= 2;
        }
        let entry = at;
        for _ in 0..3 {
            let conv = push(&[at], bytes, 4096 * rng.u64(1..=16));
            let norm = push(&[conv], bytes, 256);
            at = push(&[norm], bytes, 0);
        }
        at = push(&[at, entry], bytes, 0);
        if rng.u8(..4) == 0 {
            at = push(&[at, skip], bytes, 0);
            skip = at;
        }
    }
    let image = wire.input(3 * 64 * 1024);
    let forward = run_forward(&mut wire, &steps, &sizes, image);
    run_backward(&mut wire, &steps, &sizes, image, &forward);
    let loss = wire.op("metric", &[forward[forward.len() - 1]], 4);
    wire.done(&[loss])
}

fn run_forward(wire: &mut Wire, steps: &[Step], sizes: &[u64], image: TensorId) -> Vec<TensorId> {
    let mut tensors: Vec<TensorId> = Vec::with_capacity(steps.len());
    for (step, &bytes) in steps.iter().zip(sizes) {
        let reads: Vec<TensorId> = match &step.reads[..] {
            [] => vec![image],
            list => list.iter().map(|&i| tensors[i]).collect(),
        };
        tensors.push(wire.op("forward", &reads, bytes));
    }
    tensors
}

fn run_backward(
    wire: &mut Wire,
    steps: &[Step],
    sizes: &[u64],
    image: TensorId,
    forward: &[TensorId],
) {
    let last = steps.len() - 1;
    let mut grads: Vec<Option<TensorId>> = vec![None; steps.len()];
    grads[last] = Some(wire.op("loss", &[forward[last]], sizes[last]));
    for at in (0..steps.len()).rev() {
        let Some(grad) = grads[at] else { continue };
        let saved = steps[at].reads.first().map_or(image, |&i| forward[i]);
        for &input in &steps[at].reads {
            let part = wire.op("gradient", &[grad, saved], sizes[input]);
            grads[input] = Some(match grads[input] {
                Some(other) => wire.op("accumulate", &[other, part], sizes[input]),
                None => part,
            });
        }
        if steps[at].weights > 0 {
            let weight = wire.op("weight-gradient", &[grad, saved], steps[at].weights);
            wire.op("update", &[weight], 0);
        }
    }
}
