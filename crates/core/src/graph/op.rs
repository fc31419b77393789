//! Operators: what a node of the graph computes, as far as anything here needs to know.

use crate::ids::TensorId;

/// One operator.
#[derive(Clone, Debug, PartialEq)]
pub struct Op {
    /// The name in the file; may be empty (TFLite names no operators).
    pub name: String,
    /// The operator type as the format spells it, `CONV_2D` or `Conv`.
    pub label: String,
    /// What is known of its meaning, independent of the format.
    pub kind: OpKind,
    /// What it reads, in signature order; `None` is an optional input left out.
    pub inputs: Vec<Option<TensorId>>,
    /// What it writes, in signature order.
    pub outputs: Vec<TensorId>,
    /// Whether running it does more than writing its outputs (assigning a variable, calling out): it is never removed.
    pub has_effects: bool,
}

impl Op {
    /// The tensors it reads, optional ones left out; a tensor read twice is listed twice.
    pub fn reads(&self) -> impl DoubleEndedIterator<Item = TensorId> + '_ {
        self.inputs.iter().filter_map(|&t| t)
    }

    /// Its name in messages: the label, and the name where the file gives one.
    #[must_use]
    pub fn title(&self) -> String {
        match self.name.as_str() {
            "" => self.label.clone(),
            name => format!("{} '{name}'", self.label),
        }
    }
}

/// What an operator means, where a rule needs to know. Everything else is [`OpKind::Opaque`] and carried untouched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OpKind {
    /// Nothing is assumed but that outputs depend on inputs alone.
    #[default]
    Opaque,
    /// `output = input`, bytes and type.
    Identity,
    /// The bytes of input 0 under another shape (reshape, squeeze, expand-dims, flatten).
    Reshape,
    /// Axes permuted; `perm` where it is a constant.
    Transpose {
        /// Output axis `i` is input axis `perm[i]`.
        perm: Option<Vec<u32>>,
    },
    /// Constant padding; `amounts` where it is a constant.
    Pad {
        /// Elements before and after, per axis.
        amounts: Option<Vec<(i64, i64)>>,
    },
    /// One input cut into the outputs along an axis.
    Split {
        /// The data input's position among the inputs (TFLite's SPLIT has the axis first).
        data: u32,
    },
    /// All inputs joined along an axis, nothing else fused.
    Concat {
        /// The axis, counted from the front.
        axis: u32,
    },
    /// Values moved from one quantisation to another, or between a number type and a quantised one.
    Requantize,
    /// Every element computed from the elements at the same place: the output may take an input's bytes over.
    Elementwise,
    /// Each slice along some axes computed from the same slice of input 0 alone, all of it read before any of it is written
    /// (softmax, layer normalisation): the output may take input 0's bytes over.
    Normalize,
}

impl OpKind {
    /// The word used in the text syntax.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Opaque => "opaque",
            Self::Identity => "identity",
            Self::Reshape => "reshape",
            Self::Transpose { .. } => "transpose",
            Self::Pad { .. } => "pad",
            Self::Split { .. } => "split",
            Self::Concat { .. } => "concat",
            Self::Requantize => "requantize",
            Self::Elementwise => "elementwise",
            Self::Normalize => "normalize",
        }
    }
}
