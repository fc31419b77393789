//! Which of the sharing that a graph allows a runtime makes use of.

use crate::graph::Op;

/// Operators by their labels, as the format spells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Honoured {
    /// These.
    Listed(&'static [&'static str]),
    /// Every one that can.
    Every,
}

impl Honoured {
    /// Whether `op` is among them.
    #[must_use]
    pub fn has(self, op: &Op) -> bool {
        match self {
            Self::Listed(labels) => labels.contains(&op.label.as_str()),
            Self::Every => true,
        }
    }
}

/// Which bytes tensors share on a runtime, of those that the graph allows ([`crate::graph::Graph::viewed`] and
/// [`crate::graph::Graph::overwritable`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aliasing {
    /// Operators that write nothing, as their output is the bytes of an input: live as long as either is read.
    pub views: Honoured,
    /// Operators whose output takes over the bytes of an input that dies with them.
    pub in_place: Honoured,
    /// The input must have no other reader at all, not even one that ran before: such a runtime decides before it looks at
    /// an order.
    pub sole_reader: bool,
    /// Graph inputs are shared too.
    pub inputs: bool,
    /// Graph outputs are shared too.
    pub outputs: bool,
    /// Only tensors of more bytes than this are overwritten.
    pub above: u64,
}

impl Aliasing {
    /// Every tensor has bytes of its own.
    pub const NONE: Self = Self {
        views: Honoured::Listed(&[]),
        in_place: Honoured::Listed(&[]),
        sole_reader: false,
        inputs: false,
        outputs: false,
        above: 0,
    };
    /// LiteRT: `IdentifyInPlaceTensors` of `arena_planner.cc`, and the kernels that register for it.
    pub const LITERT: Self = Self {
        views: Honoured::Listed(&["RESHAPE", "EXPAND_DIMS", "SQUEEZE"]),
        in_place: Honoured::Listed(&["ADD", "SUB", "MUL", "SOFTMAX"]),
        sole_reader: true,
        above: 4,
        ..Self::NONE
    };
    /// ONNX Runtime's CPU kernels: `Alias` and `MayInplace` of their registrations, each found again by its bytes in profiles of
    /// version 1.32.0 (`tests/runtimes/onnx_models/test_ort_sharing.py`). Its arithmetic on two inputs is not among them.
    pub const ORT: Self = Self {
        views: Honoured::Listed(&["Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"]),
        in_place: Honoured::Listed(&[
            "Cast",
            "Celu",
            "Clip",
            "Elu",
            "HardSigmoid",
            "LeakyRelu",
            "LogSoftmax",
            "Relu",
            "Selu",
            "Sigmoid",
            "Softmax",
            "Softplus",
            "Softsign",
            "Tanh",
            "ThresholdedRelu",
        ]),
        inputs: true,
        ..Self::NONE
    };
    /// All that the arithmetic allows.
    pub const ALL: Self = Self {
        views: Honoured::Every,
        in_place: Honoured::Every,
        sole_reader: false,
        inputs: true,
        outputs: true,
        above: 0,
    };
}
