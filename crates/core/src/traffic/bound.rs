//! What every order moves, whatever is evicted.

use crate::graph::Graph;
use crate::ids::{Id, TensorId};
use crate::units::Bytes;

use super::Problem;
use super::problem::variables;

/// No order moves less in all, if none has a working set below `least`; the compulsory traffic where an operator streams.
///
/// At the fullest step of an order, of tensors that were read or written before, or are now, at least `least` bytes are
/// needed then or later. Those of them that are not on chip at that step, at least `least` minus the memory, have been
/// there, so that they left and are read again: not their first time, hence beyond the compulsory. Those without a
/// compulsory copy off chip, all but inputs and outputs of the graph, were written on leaving as well.
#[must_use]
pub fn around_the_fullest_step(problem: &Problem<'_>, least: Bytes) -> Bytes {
    if !problem.every_operator_fits() {
        return problem.compulsory();
    }
    let least = least.saturating_sub(variables(problem.graph)).get();
    let away = least.saturating_sub(problem.capacity);
    let copied = (0..problem.size.len())
        .filter(|&t| problem.readers[t] > 0 && (problem.fed[t] || problem.wanted[t]));
    let copied: u64 = copied.map(|t| problem.size[t]).sum();
    problem.compulsory() + Bytes(away) + Bytes(away.saturating_sub(copied))
}

/// No order moves less in all, as some operators do not fit even alone: each of those reads its inputs from off chip and
/// writes its outputs there. What it reads was written, and what it wrote is read again for readers that fit. Without such
/// operators this is the compulsory traffic.
#[must_use]
pub fn whatever_the_order(problem: &Problem<'_>) -> Bytes {
    let graph = problem.graph;
    let mut streaming = vec![0_u32; problem.size.len()];
    for op in graph.ops().ids().filter(|&op| problem.streams(op)) {
        let reads = &problem.reads[op.index()];
        reads.iter().for_each(|&t| streaming[t as usize] += 1);
    }
    let moves = |t: usize| {
        let streamed_out = is_streamed_out(graph, problem, t);
        let comes_from_off_chip = problem.fed[t] || streamed_out;
        let others = problem.readers[t] > streaming[t];
        let reads = streaming[t] + u32::from(comes_from_off_chip && others);
        let is_copied = problem.wanted[t] || streaming[t] > 0 || streamed_out && others;
        let writes = u32::from(!problem.fed[t] && problem.is_written(t) && is_copied);
        Bytes(problem.size[t].saturating_mul(u64::from(reads + writes)))
    };
    (0..problem.size.len()).map(moves).sum()
}

fn is_streamed_out(graph: &Graph, problem: &Problem<'_>, tensor: usize) -> bool {
    let producer = graph.topology().producer(TensorId::from_index(tensor));
    producer.is_some_and(|op| problem.streams(op))
}
