//! A graph with the tensors of another one, and operators of its own.

use lowtide::{Bytes, Error, ErrorKind, Graph, Result};
use lowtide_core::graph::{GraphBuilder, Op, OpKind, Tensor};
use lowtide_core::ids::{Id, TensorId};

pub(super) struct Draft {
    name: String,
    tensors: Vec<Tensor>,
    ops: Vec<Op>,
    pub(super) inputs: Vec<TensorId>,
    pub(super) outputs: Vec<TensorId>,
}

impl Draft {
    /// All of `graph` but its operators.
    pub(super) fn of(graph: &Graph) -> Self {
        Self {
            name: graph.name().to_owned(),
            tensors: graph.tensors().rows().cloned().collect(),
            ops: Vec::new(),
            inputs: graph.inputs().to_vec(),
            outputs: graph.outputs().to_vec(),
        }
    }

    pub(super) fn op(&mut self, op: Op) {
        self.ops.push(op);
    }

    /// A new operator that writes a new tensor of so many bytes, otherwise like `like`.
    pub(super) fn new_op(
        &mut self,
        label: &str,
        inputs: &[TensorId],
        like: TensorId,
        bytes: Bytes,
    ) -> TensorId {
        let output = TensorId::from_index(self.tensors.len());
        self.tensors.push(Tensor {
            bytes,
            array: None,
            ..self.tensors[like.index()].clone()
        });
        self.new_op_into(label, inputs, output);
        output
    }

    /// A new operator that writes `output`.
    pub(super) fn new_op_into(&mut self, label: &str, inputs: &[TensorId], output: TensorId) {
        self.op(Op {
            name: String::new(),
            label: label.to_owned(),
            kind: OpKind::Opaque,
            inputs: inputs.iter().copied().map(Some).collect(),
            outputs: vec![output],
            has_effects: false,
        });
    }

    /// An operator that makes room for `output`, and reads nothing. It has effects, so that this is no constant.
    pub(super) fn begin(&mut self, output: TensorId) {
        self.new_op_into("BEGIN", &[], output);
        self.ops
            .iter_mut()
            .rev()
            .take(1)
            .for_each(|op| op.has_effects = true);
    }

    pub(super) fn finish(self) -> Result<Graph> {
        let mut builder = GraphBuilder::new(&self.name);
        for tensor in self.tensors {
            builder.tensor(tensor);
        }
        for op in self.ops {
            builder.op(op);
        }
        for t in self.inputs {
            builder.input(t);
        }
        for t in self.outputs {
            builder.output(t);
        }
        builder.build().map_err(fault)
    }
}

pub(super) fn fault(text: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, format_args!("bench_paper: {text}"))
}
