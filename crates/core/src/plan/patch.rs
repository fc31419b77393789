//! A change of a graph, as a value: what a rewrite rule proposes, what a report lists, what a writer carries out.

use crate::graph::{Op, Tensor};
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

/// Where an operator of a rewritten graph comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpOrigin {
    /// The source's operator, rewired.
    Source(OpId),
    /// A source's operator that works on a part of its inputs, or joins other ones, with attributes that fit them.
    Part {
        /// The operator.
        of: OpId,
        /// Whether it stops before its fused activation, and leaves its bias out unless an input gives one.
        linear: bool,
    },
    /// The elementwise sum of two tensors.
    Sum {
        /// The operator of the source whose partial results are added up.
        of: OpId,
        /// Whether that operator's fused activation is applied to the sum.
        activation: bool,
    },
}

impl OpOrigin {
    /// The operator of the source that it stems from.
    #[must_use]
    pub const fn op(self) -> OpId {
        match self {
            Self::Source(op) | Self::Part { of: op, .. } | Self::Sum { of: op, .. } => op,
        }
    }
}

/// Where a tensor of a rewritten graph comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TensorOrigin {
    /// The source's tensor.
    Source(TensorId),
    /// Slices of a constant of the source, and of its quantisation where that differs along the axis.
    Slice {
        /// The constant.
        of: TensorId,
        /// The axis that is cut.
        axis: u32,
        /// The first slice.
        start: u64,
        /// Behind the last slice.
        end: u64,
    },
    /// A constant list of integers of the source, with another number in one place.
    Entry {
        /// The list.
        of: TensorId,
        /// The place in the list.
        at: u32,
        /// What stands there now.
        value: u64,
    },
    /// A constant declared like one of the source, of nothing but zeros.
    Zeros {
        /// That constant.
        of: TensorId,
    },
    /// A part of what the source computes, in the way the source stores the whole: element type, quantisation.
    Part {
        /// The whole.
        of: TensorId,
    },
    /// A sum that is not complete yet. Where the whole is quantised, the format chooses a quantisation for it.
    Partial {
        /// The whole.
        of: TensorId,
    },
}

impl TensorOrigin {
    /// The tensor of the source that it stems from.
    #[must_use]
    pub const fn tensor(self) -> TensorId {
        match self {
            Self::Source(of)
            | Self::Slice { of, .. }
            | Self::Entry { of, .. }
            | Self::Zeros { of }
            | Self::Part { of }
            | Self::Partial { of } => of,
        }
    }
}

/// One change. Ids are those of the graph that the patch was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The operator goes; what it wrote must have been replaced, or be unused.
    RemoveOp(OpId),
    /// The operator goes if nobody reads what it writes after the patch.
    RemoveIfUnread(OpId),
    /// Whoever reads or writes `old`, an operator or the graph's outputs, takes `new` instead; `old` goes.
    ReplaceTensor {
        /// The tensor that goes.
        old: TensorId,
        /// The tensor that stands in for it.
        new: TensorId,
    },
}

/// A proposed change of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    /// The rule that proposes it.
    pub rule: &'static str,
    /// Where: an operator of the graph that the patch was made for.
    pub site: OpId,
    /// How far outputs may differ.
    pub exactness: Exactness,
    /// The changes, to be applied together.
    pub edits: Vec<Edit>,
    /// Tensors that come. The first has the number behind the graph's last tensor, and so on.
    pub tensors: Vec<(Tensor, TensorOrigin)>,
    /// Operators that come, in the place of [`Patch::site`] in the order of the file.
    pub ops: Vec<(Op, OpOrigin)>,
}

impl Patch {
    /// A patch that only takes away.
    #[must_use]
    pub fn clean_up(rule: &'static str, site: OpId, edits: Vec<Edit>) -> Self {
        Self {
            rule,
            site,
            exactness: Exactness::BitExact,
            edits,
            tensors: Vec::new(),
            ops: Vec::new(),
        }
    }
}
