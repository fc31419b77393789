//! A change of a graph, as a value: what a rewrite rule proposes, what a report lists, what a writer carries out.

use crate::ids::{OpId, TensorId};

/// How far outputs may differ after a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exactness {
    /// Every output keeps every bit, on every input.
    BitExact,
    /// Floating-point sums are re-associated: equal in real arithmetic.
    Rounding,
    /// Quantised partial results are rounded once more.
    Approximate,
}

impl Exactness {
    /// The word used in reports and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BitExact => "bit-exact",
            Self::Rounding => "rounding",
            Self::Approximate => "approximate",
        }
    }
}

/// One change. Ids are those of the graph that the patch was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The operator goes; what it wrote must have been replaced, or be unused.
    RemoveOp(OpId),
    /// Whoever reads or writes `old`, an operator or the graph's outputs, takes `new` instead; `old` goes.
    ReplaceTensor {
        /// The tensor that goes.
        old: TensorId,
        /// The tensor that stands in for it.
        new: TensorId,
    },
}

/// A proposed change of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The rule that proposes it.
    pub rule: &'static str,
    /// Where: an operator of the graph that the patch was made for.
    pub site: OpId,
    /// How far outputs may differ.
    pub exactness: Exactness,
    /// The changes, to be applied together.
    pub edits: Vec<Edit>,
}
