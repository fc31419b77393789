//! Applies rules until none proposes anything.

use crate::error::Result;
use crate::graph::Graph;
use crate::ids::{Id, OpId};
use crate::plan::{Applied, Edit, Patch, Rewriting};

use super::Rule;
use super::apply::apply;

/// Applies `rules` to `graph` until none proposes a patch, then drops the tensors that nobody uses.
///
/// Patches of one round are made for the same graph; of two that touch the same tensor the second waits for the next
/// round, so that every patch meets the graph it was made for. Each patch removes an operator at least, so rounds come to an end.
///
/// # Errors
/// Only if a rule proposes a patch that does not fit the graph, which is a bug in the rule.
pub fn rewrite(graph: &Graph, rules: &[&dyn Rule]) -> Result<Rewriting> {
    let mut current = Rewriting::unchanged(graph.clone());
    loop {
        let patches = round(&current.graph, rules);
        if patches.is_empty() {
            return apply(&current, &[]);
        }
        let applied: Vec<Applied> = patches
            .iter()
            .map(|patch| record(&current, patch))
            .collect();
        current = apply(&current, &patches)?;
        current.applied.extend(applied);
    }
}

/// What is remembered of a patch: its site in the source.
fn record(current: &Rewriting, patch: &Patch) -> Applied {
    Applied {
        rule: patch.rule,
        site: current.op_origins[patch.site],
        exactness: patch.exactness,
    }
}

/// The patches of one round, at most one an operator, no two of which touch the same tensor.
fn round(graph: &Graph, rules: &[&dyn Rule]) -> Vec<Patch> {
    let mut touched = vec![false; graph.tensors().len()];
    let mut patches = Vec::new();
    for op in graph.ops().ids() {
        let proposals = rules.iter().filter_map(|rule| rule.propose(graph, op));
        let free = |patch: &Patch| touches(graph, patch).all(|t| !touched[t]);
        if let Some(patch) = proposals.into_iter().find(free) {
            let tensors: Vec<usize> = touches(graph, &patch).collect();
            tensors.into_iter().for_each(|t| touched[t] = true);
            patches.push(patch);
        }
    }
    patches
}

fn touches<'a>(graph: &'a Graph, patch: &'a Patch) -> impl Iterator<Item = usize> + 'a {
    patch.edits.iter().flat_map(|edit| match *edit {
        Edit::ReplaceTensor { old, new } => vec![old.index(), new.index()],
        Edit::RemoveOp(op) => outputs(graph, op),
    })
}

fn outputs(graph: &Graph, op: OpId) -> Vec<usize> {
    graph.op(op).outputs.iter().map(|t| t.index()).collect()
}
