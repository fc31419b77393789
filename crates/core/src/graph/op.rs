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
    /// Output 0 is input 0, bytes and type.
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
        /// The axis, counted from the front, where it is known.
        axis: Option<u32>,
    },
    /// Consecutive slices of input 0 along one axis, and all of every other axis.
    Slice {
        /// The axis, counted from the front.
        axis: u32,
        /// The first slice.
        start: u64,
        /// Behind the last slice.
        end: u64,
        /// Where among the inputs that is said; without the first slice it is 0, without the last the last there is.
        bounds: Vec<Bound>,
    },
    /// All inputs joined along an axis, nothing else fused.
    Concat {
        /// The axis, counted from the front.
        axis: u32,
    },
    /// A sum of products over an axis (convolution over all channels, dense layer, matrix product): linear in input 0, the
    /// data, and in input 1, the weights; input 2, where there is one, is added once to the sum.
    Contract {
        /// The axis of the data that is summed over, as long as the weights' axis.
        data_axis: u32,
        /// The axis of the weights that is summed over.
        weight_axis: u32,
        /// Whether a function is applied to the sum before it is stored.
        activation: bool,
    },
    /// Slices of input 0 along an axis are worked on apart from one another, each group of them with its own slice of the
    /// parameters, into as many groups of slices of the output (depthwise and grouped convolution, pooling).
    Channelwise {
        /// The axis, of input 0 and of the output.
        axis: u32,
        /// Slices of input 0 that belong together.
        group: u32,
        /// Inputs that hold parameters, and the axis of each that is divided among the groups.
        params: Vec<(u32, u32)>,
    },
    /// Values moved from one quantisation to another, or between a number type and a quantised one.
    Requantize,
    /// A constant that stands elsewhere in the graph too: two with one `value` are equal in type, shape and every byte.
    Constant {
        /// A number that the reader chose.
        value: u32,
    },
    /// Every element computed from the elements at the same place: the output may take an input's bytes over.
    Elementwise,
    /// [`OpKind::Elementwise`], and each element is the sum of the elements of all inputs, which are two or more.
    Add {
        /// Whether a function is applied to the sum before it is stored.
        activation: bool,
    },
    /// Each slice along some axes computed from the same slice of input 0 alone, all of it read before any of it is written
    /// (softmax, layer normalisation): the output may take input 0's bytes over.
    Normalize,
}

/// One number of a constant list that an [`OpKind::Slice`] reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bound {
    /// What the number says.
    pub says: Says,
    /// The list's position among the inputs.
    pub input: u32,
    /// The number's place in the list.
    pub at: u32,
}

/// What a number says of consecutive slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Says {
    /// The first of them.
    Start,
    /// Behind the last of them.
    End,
    /// How many there are.
    Length,
}

impl Says {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Start, Self::End, Self::Length];

    /// The word used in the text syntax.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
            Self::Length => "length",
        }
    }

    /// The number that says it of the slices from `start` to `end`.
    #[must_use]
    pub const fn of(self, start: u64, end: u64) -> u64 {
        match self {
            Self::Start => start,
            Self::End => end,
            Self::Length => end.saturating_sub(start),
        }
    }
}

impl OpKind {
    /// Whether every element is computed from the elements at the same place.
    #[must_use]
    pub const fn is_elementwise(&self) -> bool {
        matches!(self, Self::Elementwise | Self::Add { .. })
    }

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
            Self::Slice { .. } => "slice",
            Self::Concat { .. } => "concat",
            Self::Contract { .. } => "contract",
            Self::Channelwise { .. } => "channelwise",
            Self::Requantize => "requantize",
            Self::Constant { .. } => "constant",
            Self::Elementwise => "elementwise",
            Self::Add { .. } => "add",
            Self::Normalize => "normalize",
        }
    }
}
