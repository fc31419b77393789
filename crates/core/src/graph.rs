//! The problem: operators, tensors and how they hang together. Immutable once built.
//!
//! [`Graph`] is what a reader makes and every later room takes. Operators stand in the order of the file, which is
//! always a valid order ([`GraphBuilder::build`] refuses anything else). [`text`] is a syntax for graphs that tests and
//! bug reports use.

mod alias;
mod builder;
mod op;
mod tensor;
pub mod text;
mod topology;

pub use builder::GraphBuilder;
pub use op::{Bound, Op, OpKind, Says};
pub use tensor::{ArrayType, DType, Quantization, Role, Tensor};
pub use topology::{Adjacency, Topology};

use crate::ids::{OpId, Table, TensorId};
use crate::units::Bytes;

/// A network: a DAG of operators over tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    name: String,
    ops: Table<OpId, Op>,
    tensors: Table<TensorId, Tensor>,
    inputs: Vec<TensorId>,
    outputs: Vec<TensorId>,
    control: Vec<(OpId, OpId)>,
    topology: Topology,
}

/// What a graph is besides its operators and tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The name given by the file or the reader; may be empty.
    pub name: String,
    /// What the caller feeds, in signature order.
    pub inputs: Vec<TensorId>,
    /// What the caller reads, in signature order.
    pub outputs: Vec<TensorId>,
    /// Pairs of operators that must keep this order.
    pub control: Vec<(OpId, OpId)>,
}

impl Graph {
    /// The name given by the file or the reader; may be empty.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All operators, in file order.
    #[must_use]
    pub fn ops(&self) -> &Table<OpId, Op> {
        &self.ops
    }

    /// All tensors.
    #[must_use]
    pub fn tensors(&self) -> &Table<TensorId, Tensor> {
        &self.tensors
    }

    /// One operator.
    #[must_use]
    pub fn op(&self, id: OpId) -> &Op {
        &self.ops[id]
    }

    /// One tensor.
    #[must_use]
    pub fn tensor(&self, id: TensorId) -> &Tensor {
        &self.tensors[id]
    }

    /// What the caller feeds, in signature order. A tensor may be listed twice.
    #[must_use]
    pub fn inputs(&self) -> &[TensorId] {
        &self.inputs
    }

    /// What the caller reads, in signature order. A tensor may be listed twice.
    #[must_use]
    pub fn outputs(&self) -> &[TensorId] {
        &self.outputs
    }

    /// Pairs `(first, second)` of operators that must keep this order although no tensor says so: both touch the same
    /// variable, or both have effects.
    #[must_use]
    pub fn control(&self) -> &[(OpId, OpId)] {
        &self.control
    }

    /// Who produces, who consumes, who precedes.
    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Takes the graph apart, so that another one can be made of the same pieces without copying them.
    #[must_use]
    pub fn into_parts(self) -> (Table<OpId, Op>, Table<TensorId, Tensor>, Frame) {
        let frame = Frame {
            name: self.name,
            inputs: self.inputs,
            outputs: self.outputs,
            control: self.control,
        };
        (self.ops, self.tensors, frame)
    }

    /// The operators in file order.
    #[must_use]
    pub fn file_order(&self) -> Vec<OpId> {
        self.ops.ids().collect()
    }

    /// Whether the tensor takes activation bytes: constants and what is computed from constants alone do not.
    #[must_use]
    pub fn is_counted(&self, id: TensorId) -> bool {
        self.tensors[id].role != Role::Constant && self.tensors[id].bytes > Bytes::ZERO
    }

    /// Whether the operator computes from constants alone (fp16 DEQUANTIZE, DENSIFY), so that its outputs are constants.
    #[must_use]
    pub fn is_constant_op(&self, id: OpId) -> bool {
        let op = &self.ops[id];
        !op.outputs.is_empty()
            && op
                .outputs
                .iter()
                .all(|&t| self.tensors[t].role == Role::Constant)
    }
}
