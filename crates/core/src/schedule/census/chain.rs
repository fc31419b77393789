//! Orders drawn at random, nearly uniformly, by a Markov chain.

use fastrand::Rng;

use crate::ids::{Id, OpId};
use crate::memory::{Instance, profile};
use crate::plan::Order;
use crate::units::Bytes;

/// Peaks of random orders, and whether they can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Peaks, chain by chain.
    pub peaks: Vec<Bytes>,
    /// The scale reduction of Gelman and Rubin over the chains (Statistical Science 7(4), 1992): 1 where they agree; above 1.1 they
    /// have not mixed.
    pub scale_reduction: f64,
}

/// Peaks of `count` random orders from each of `starts`, after as many that are thrown away.
///
/// The chain of Karzanov and Khachiyan (Order 8, 1991): with chance one half, two neighbours that do not depend on each other
/// change places. Its stationary distribution is the uniform one, as each step is as likely as its reverse. Between two orders
/// that are kept there are n^2 steps.
#[must_use]
pub fn sample(instance: &Instance<'_>, starts: &[Order], count: usize, seed: u64) -> Sample {
    let chains = starts.iter().zip(0..);
    let chains: Vec<Vec<Bytes>> = chains
        .map(|(start, number)| {
            let mut rng = Rng::with_seed(seed.wrapping_mul(1000) + number);
            chain(instance, start, count, &mut rng)
        })
        .collect();
    Sample {
        scale_reduction: scale_reduction(&chains),
        peaks: chains.concat(),
    }
}

fn chain(instance: &Instance<'_>, start: &Order, count: usize, rng: &mut Rng) -> Vec<Bytes> {
    let mut ops: Vec<OpId> = start.ops().to_vec();
    let steps = ops.len() * ops.len();
    let mut peaks = Vec::with_capacity(count);
    for drawn in 0..2 * count {
        for _ in 0..steps {
            // A place in twice as many: the upper half stays.
            let at = rng.usize(0..2 * ops.len().max(1));
            if at + 1 < ops.len() && !depends(instance, ops[at + 1], ops[at]) {
                ops.swap(at, at + 1);
            }
        }
        if drawn >= count {
            peaks.push(profile(instance, &Order::new(ops.clone())).peak);
        }
    }
    peaks
}

/// Whether `later` needs its neighbour `earlier`.
fn depends(instance: &Instance<'_>, later: OpId, earlier: OpId) -> bool {
    let before = instance.topology().predecessors(later);
    before.iter().any(|op| op.index() == earlier.index())
}

fn scale_reduction(chains: &[Vec<Bytes>]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let variance = |values: &[f64]| {
        let middle = mean(values);
        let squares = values.iter().map(|value| (value - middle).powi(2));
        squares.sum::<f64>() / (values.len().max(2) - 1) as f64
    };
    let numbers = |chain: &Vec<Bytes>| chain.iter().map(|peak| peak.get() as f64).collect();
    let chains: Vec<Vec<f64>> = chains.iter().map(numbers).collect();
    let length = chains.first().map_or(0, Vec::len).max(1) as f64;
    let means: Vec<f64> = chains.iter().map(|chain| mean(chain)).collect();
    let inner: Vec<f64> = chains.iter().map(|chain| variance(chain)).collect();
    let within = mean(&inner);
    if within == 0.0 {
        return if variance(&means) == 0.0 {
            1.0
        } else {
            f64::INFINITY
        };
    }
    (((length - 1.0) / length * within + variance(&means)) / within).sqrt()
}
