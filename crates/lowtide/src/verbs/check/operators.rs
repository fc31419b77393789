//! What became of the operators of a model.

use std::collections::HashMap;

use lowtide_core::graph::Graph;
use lowtide_core::ids::{Id, OpId, Table, TensorId};
use lowtide_formats::Contents;

/// What became of operators. One stays if an operator of the same type and attributes writes its first output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperatorChanges {
    /// That are in both models.
    pub kept: usize,
    /// Of these, how many have to move to get from one order to the other.
    pub moved: usize,
    /// Of these, how many read other tensors, those of the second model.
    pub rewired: Vec<OpId>,
    /// Of the first model only.
    pub taken_away: Vec<OpId>,
    /// Of the second model only.
    pub added: Vec<OpId>,
}

impl OperatorChanges {
    /// Whether both models have the same operators on the same tensors, in whatever order.
    #[must_use]
    pub fn is_order_alone(&self) -> bool {
        self.rewired.is_empty() && self.taken_away.is_empty() && self.added.is_empty()
    }

    /// Compares two graphs.
    pub(super) fn of(
        (first, second): (&Graph, &Graph),
        (contents, others): (&Contents<'_>, &Contents<'_>),
        pairs: &Table<TensorId, Option<TensorId>>,
    ) -> Self {
        let mut changes = Self::default();
        let mut partners = Vec::new();
        let mut met = vec![false; second.ops().len()];
        for (op, node) in first.ops().iter() {
            let written = node.outputs.first().and_then(|&t| pairs[t]);
            let theirs = written.and_then(|t| second.topology().producer(t));
            let same = theirs.filter(|&theirs| {
                second.op(theirs).label == node.label
                    && contents.same_operator(op, others, theirs)
                    && !met[theirs.index()]
            });
            let Some(theirs) = same else {
                changes.taken_away.push(op);
                continue;
            };
            met[theirs.index()] = true;
            partners.push(theirs.index());
            let ours = node.inputs.iter().map(|t| t.map(|t| pairs[t]));
            let reads = second.op(theirs).inputs.iter().map(|t| t.map(Some));
            if !ours.eq(reads) {
                changes.rewired.push(theirs);
            }
        }
        changes.kept = partners.len();
        changes.moved = partners.len() - rising(&partners);
        let ids = second.ops().ids();
        changes.added = ids.filter(|op| !met[op.index()]).collect();
        changes
    }

    /// Operators by type, most frequent first, as `2 x ADD, CONV_2D`.
    #[must_use]
    pub fn by_type(graph: &Graph, ops: &[OpId]) -> Vec<(String, usize)> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for &op in ops {
            *counts.entry(&graph.op(op).label).or_default() += 1;
        }
        let counts = counts.into_iter();
        let mut counts: Vec<(String, usize)> = counts
            .map(|(label, count)| (label.to_owned(), count))
            .collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }
}

/// The length of the longest rising subsequence: what can stay where it is.
fn rising(values: &[usize]) -> usize {
    let mut ends: Vec<usize> = Vec::new();
    for &value in values {
        let place = ends.partition_point(|&end| end < value);
        match ends.get_mut(place) {
            Some(end) => *end = value,
            None => ends.push(value),
        }
    }
    ends.len()
}

#[cfg(test)]
mod tests {
    use super::rising;

    #[test]
    fn what_rises_can_stay() {
        assert_eq!(rising(&[]), 0);
        assert_eq!(rising(&[0, 1, 2]), 3);
        assert_eq!(rising(&[2, 0, 1]), 2);
        assert_eq!(rising(&[3, 2, 1, 0]), 1);
    }
}
