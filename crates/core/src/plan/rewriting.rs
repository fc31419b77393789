//! A rewritten graph, and where each of its parts comes from.

use crate::graph::Graph;
use crate::ids::{OpId, Table, TensorId};
use crate::units::Bytes;

use super::{Exactness, OpOrigin, TensorOrigin};

/// One patch that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The rule that proposed it.
    pub rule: &'static str,
    /// The operator of the source graph at which it was applied.
    pub site: OpId,
    /// How far outputs may differ for it.
    pub exactness: Exactness,
    /// By how much the peak would be higher without the patches at this site; zero where nobody looked.
    pub won: Bytes,
}

/// What became of a graph. Ids of `graph` are new; the tables lead back to the source's.
#[derive(Clone, Debug, PartialEq)]
pub struct Rewriting {
    /// The graph after all patches.
    pub graph: Graph,
    /// For each operator of `graph` what of the source it stems from.
    pub op_origins: Table<OpId, OpOrigin>,
    /// For each tensor of `graph` what of the source it stems from.
    pub tensor_origins: Table<TensorId, TensorOrigin>,
    /// What was done, in the order in which it was done.
    pub applied: Vec<Applied>,
}

impl Rewriting {
    /// `graph` as it is.
    #[must_use]
    pub fn unchanged(graph: Graph) -> Self {
        Self {
            op_origins: graph.ops().ids().map(OpOrigin::Source).collect(),
            tensor_origins: graph.tensors().ids().map(TensorOrigin::Source).collect(),
            applied: Vec::new(),
            graph,
        }
    }

    /// The weakest promise of all that was done.
    #[must_use]
    pub fn exactness(&self) -> Exactness {
        let classes = self.applied.iter().map(|applied| applied.exactness);
        classes.max().unwrap_or(Exactness::BitExact)
    }

    /// How often each rule was applied, in the order of their first application.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, Exactness, usize)> {
        let mut counts: Vec<(&'static str, Exactness, usize)> = Vec::new();
        for applied in &self.applied {
            match counts.iter_mut().find(|(rule, ..)| *rule == applied.rule) {
                Some((.., count)) => *count += 1,
                None => counts.push((applied.rule, applied.exactness, 1)),
            }
        }
        counts
    }
}
