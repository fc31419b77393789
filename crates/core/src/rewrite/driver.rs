//! Applies rules until none proposes anything.

use crate::error::Result;
use crate::graph::Graph;
use crate::ids::{Id, OpId, TensorId};
use crate::plan::{Applied, Edit, Patch, Rewriting};

use crate::units::Bytes;

use super::Rule;
use super::apply::apply;

/// Applies `rules` to `graph` until none proposes a patch, then drops the tensors that nobody uses.
///
/// # Errors
/// As [`rewrite_where`].
pub fn rewrite(graph: &Graph, rules: &[&dyn Rule]) -> Result<Rewriting> {
    rewrite_where(Rewriting::unchanged(graph.clone()), rules, &mut |_, _| true)
}

/// Applies those patches of `rules` to `base` that `accept` takes, until there are no more. `accept` is shown the patch, whose ids
/// are those of a graph on the way, and the operator of the source that it concerns.
///
/// Patches of one round are made for the same graph; of two that touch the same tensor the second waits for the next
/// round, so that every patch meets the graph it was made for. Rounds come to an end: each patch removes an operator at least, or moves
/// a concatenation behind one, towards the graph's outputs.
///
/// # Errors
/// Only if a rule proposes a patch that does not fit the graph, which is a bug in the rule.
pub fn rewrite_where(
    base: Rewriting,
    rules: &[&dyn Rule],
    accept: &mut dyn FnMut(&Patch, OpId) -> bool,
) -> Result<Rewriting> {
    let mut current = base;
    // Whoever carries patches out drops the tensors that nobody uses.
    let mut is_tidy = false;
    loop {
        let patches = proposals(&current, rules, accept);
        if patches.is_empty() {
            return match is_tidy {
                true => Ok(current),
                false => apply(current, &[]),
            };
        }
        current = carry_out(current, &patches)?;
        is_tidy = true;
    }
}

/// `base` after `patches`, which were all made for its graph, and none of which touches what another does.
///
/// # Errors
/// If a patch does not fit the graph, which is a bug of who made it.
pub fn carry_out(base: Rewriting, patches: &[Patch]) -> Result<Rewriting> {
    let applied: Vec<Applied> = patches.iter().map(|patch| record(&base, patch)).collect();
    let mut after = apply(base, patches)?;
    after.applied.extend(applied);
    Ok(after)
}

/// What is remembered of a patch: its site in the source.
fn record(current: &Rewriting, patch: &Patch) -> Applied {
    Applied {
        rule: patch.rule,
        site: current.op_origins[patch.site].op(),
        exactness: patch.exactness,
        won: Bytes::ZERO,
    }
}

/// The patches of one round that `accept` takes, at most one an operator, no two of which touch the same tensor.
pub fn proposals(
    current: &Rewriting,
    rules: &[&dyn Rule],
    accept: &mut dyn FnMut(&Patch, OpId) -> bool,
) -> Vec<Patch> {
    let graph = &current.graph;
    let mut touched = vec![false; graph.tensors().len()];
    let mut patches = Vec::new();
    for op in graph.ops().ids() {
        let site = current.op_origins[op].op();
        let mut proposals = rules.iter().filter_map(|rule| rule.propose(graph, op));
        let free = |patch: &Patch| touches(graph, patch).iter().all(|&t| !touched[t]);
        if let Some(patch) = proposals.find(|patch| free(patch) && accept(patch, site)) {
            touches(graph, &patch)
                .into_iter()
                .for_each(|t| touched[t] = true);
            patches.push(patch);
        }
    }
    patches
}

/// What a patch writes or lets go, and what its new operators read that some operator writes. Constants are cut, not changed.
fn touches(graph: &Graph, patch: &Patch) -> Vec<usize> {
    let mut tensors = Vec::new();
    for edit in &patch.edits {
        match *edit {
            Edit::ReplaceTensor { old, new } => tensors.extend([old.index(), new.index()]),
            Edit::RemoveOp(op) | Edit::RemoveIfUnread(op) => {
                tensors.extend(graph.op(op).outputs.iter().map(|t| t.index()));
            }
        }
    }
    let reads = patch.ops.iter().flat_map(|(op, _)| op.reads());
    let known = graph.tensors().len();
    let made = |t: &TensorId| t.index() < known && graph.topology().producer(*t).is_some();
    tensors.extend(reads.filter(made).map(Id::index));
    tensors
}
