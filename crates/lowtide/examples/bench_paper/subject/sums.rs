//! Sums as SERENITY counts them: each partial convolution adds into the one result, in any order.

use std::collections::BTreeMap;

use lowtide::{Graph, Result};
use lowtide_core::graph::Op;
use lowtide_core::ids::{OpId, Table, TensorId};
use lowtide_core::plan::{OpOrigin, Rewriting};
use lowtide_core::units::Bytes;

use super::draft::Draft;

/// The convolutions that were taken apart: the result of each, by the operator of the source, and what has been written for it yet.
struct Sums {
    results: BTreeMap<OpId, TensorId>,
    begun: Vec<OpId>,
    /// For each result the tensors without bytes that say which parts are in it.
    tokens: Table<TensorId, Vec<TensorId>>,
}

/// The graph with its partial sums in place: the result is there from the first part on, and each part needs it and what it reads.
pub(super) fn accumulated(rewriting: &Rewriting) -> Result<Graph> {
    let graph = &rewriting.graph;
    let mut sums = Sums {
        results: results(rewriting),
        begun: Vec::new(),
        tokens: Table::filled(Vec::new(), graph.tensors().len()),
    };
    let mut draft = Draft::of(graph);
    for (id, op) in graph.ops().iter() {
        match (rewriting.op_origins[id], is_term(rewriting, id)) {
            (OpOrigin::Sum { .. }, _) => (),
            (OpOrigin::Part { of, .. }, true) => sums.add(&mut draft, op, of),
            _ => {
                let parts = op
                    .reads()
                    .flat_map(|t| sums.tokens[t].iter().copied().map(Some));
                let inputs = op.inputs.iter().copied().chain(parts);
                draft.op(Op {
                    inputs: inputs.collect(),
                    ..op.clone()
                });
            }
        }
    }
    draft.finish()
}

impl Sums {
    fn add(&mut self, draft: &mut Draft, part: &Op, of: OpId) {
        let result = self.results[&of];
        if !self.begun.contains(&of) {
            self.begun.push(of);
            draft.begin(result);
        }
        let reads: Vec<TensorId> = part.reads().chain([result]).collect();
        let token = draft.new_op("ACCUMULATE", &reads, part.outputs[0], Bytes::ZERO);
        self.tokens[result].push(token);
    }
}

/// The last sum of each convolution that was taken apart.
fn results(rewriting: &Rewriting) -> BTreeMap<OpId, TensorId> {
    let graph = &rewriting.graph;
    let sums = graph
        .ops()
        .iter()
        .filter_map(|(id, op)| match rewriting.op_origins[id] {
            OpOrigin::Sum { of, .. } => Some((of, op.outputs[0])),
            _ => None,
        });
    // Operators stand in a valid order, so the last one of each stays.
    sums.collect()
}

/// Whether a sum of the same convolution reads what the operator writes.
fn is_term(rewriting: &Rewriting, part: OpId) -> bool {
    let graph = &rewriting.graph;
    let of = rewriting.op_origins[part].op();
    let readers = graph.topology().consumers(graph.op(part).outputs[0]);
    let sums =
        |&op: &OpId| matches!(rewriting.op_origins[op], OpOrigin::Sum { of: sum, .. } if sum == of);
    readers.iter().any(sums)
}
