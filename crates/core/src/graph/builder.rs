//! The only way to make a [`Graph`]: collect, then check everything once.

use crate::error::{Error, Result};
use crate::ids::{Id, OpId, Table, TensorId};
use crate::units::Bytes;

use super::{Graph, Op, Role, Tensor, Topology};

/// Collects a graph. Ids are handed out in the order of the calls.
#[derive(Clone, Debug, Default)]
pub struct GraphBuilder {
    name: String,
    ops: Table<OpId, Op>,
    tensors: Table<TensorId, Tensor>,
    inputs: Vec<TensorId>,
    outputs: Vec<TensorId>,
    control: Vec<(OpId, OpId)>,
}

impl GraphBuilder {
    /// An empty graph of this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// A graph of these tensors and operators, with the name, inputs and outputs of `graph`, whose tensors stand in front of the others here.
    ///
    /// # Errors
    /// As [`GraphBuilder::build`].
    pub fn between_ends(
        graph: &Graph,
        tensors: Vec<Tensor>,
        ops: Vec<Op>,
        control: Vec<(OpId, OpId)>,
    ) -> Result<Graph> {
        let builder = Self {
            name: graph.name().to_owned(),
            ops: Table::from_vec(ops),
            tensors: Table::from_vec(tensors),
            inputs: graph.inputs().to_vec(),
            outputs: graph.outputs().to_vec(),
            control,
        };
        builder.build()
    }

    /// Adds a tensor.
    pub fn tensor(&mut self, tensor: Tensor) -> TensorId {
        self.tensors.push(tensor)
    }

    /// Adds an operator behind all others in file order.
    pub fn op(&mut self, op: Op) -> OpId {
        self.ops.push(op)
    }

    /// Adds a graph input.
    pub fn input(&mut self, tensor: TensorId) {
        self.inputs.push(tensor);
    }

    /// Adds a graph output.
    pub fn output(&mut self, tensor: TensorId) {
        self.outputs.push(tensor);
    }

    /// Demands that `first` runs before `second`.
    pub fn control(&mut self, first: OpId, second: OpId) {
        self.control.push((first, second));
    }

    /// Checks everything and derives the topology. Operators that read constants only get constant outputs.
    ///
    /// # Errors
    /// Names the operator or tensor: an id out of range, a tensor with two producers, a read before the write (the
    /// order of the file must be valid), a producer for a graph input, a constant computed from what is none, a size
    /// above [`Bytes::LIMIT`].
    pub fn build(mut self) -> Result<Graph> {
        self.check_tensors()?;
        self.check_order()?;
        self.fold_constant_ops()?;
        self.control.sort_unstable();
        self.control.dedup();
        let topology = Topology::derive(&self.ops, &self.tensors, &self.control);
        Ok(Graph {
            name: self.name,
            ops: self.ops,
            tensors: self.tensors,
            inputs: self.inputs,
            outputs: self.outputs,
            control: self.control,
            topology,
        })
    }

    fn check_tensors(&self) -> Result<()> {
        for (id, tensor) in self.tensors.iter() {
            if tensor.bytes > Bytes::LIMIT {
                return Err(Error::new(format_args!(
                    "tensor {id} '{}' claims {} bytes, more than any device has; check its shape",
                    tensor.name, tensor.bytes
                )));
            }
        }
        let ends = self.inputs.iter().chain(&self.outputs);
        let uses = self
            .ops
            .rows()
            .flat_map(|op| op.reads().chain(op.outputs.iter().copied()));
        match ends
            .copied()
            .chain(uses)
            .find(|&t| self.tensors.get(t).is_none())
        {
            Some(t) => Err(Error::new(format_args!(
                "tensor {t} is used but there are only {} tensors; the file is damaged",
                self.tensors.len()
            ))),
            None => Ok(()),
        }
    }

    /// Every tensor is written at most once, and before it is read.
    fn check_order(&self) -> Result<()> {
        let mut producer: Table<TensorId, Option<OpId>> = Table::filled(None, self.tensors.len());
        for (id, op) in self.ops.iter() {
            for &t in &op.outputs {
                if let Some(other) = producer[t].replace(id) {
                    return Err(
                        self.fault(t, format_args!("is written by {other} and again by {id}"))
                    );
                }
            }
        }
        for &t in &self.inputs {
            if let Some(op) = producer[t] {
                return Err(self.fault(t, format_args!("is a graph input but {op} writes it")));
            }
        }
        for (id, op) in self.ops.iter() {
            if let Some(t) = op.reads().find(|&t| producer[t].is_some_and(|p| p >= id)) {
                let title = op.title();
                return Err(self.fault(
                    t,
                    format_args!("is read by {id} {title} before it is written"),
                ));
            }
        }
        let wrong =
            |&&(first, second): &&(OpId, OpId)| first >= second || second.index() >= self.ops.len();
        match self.control.iter().find(wrong) {
            Some((first, second)) => Err(Error::new(format_args!(
                "control edge from {first} to {second} does not follow the file's order"
            ))),
            None => Ok(()),
        }
    }

    fn fault(&self, tensor: TensorId, what: std::fmt::Arguments<'_>) -> Error {
        let name = &self.tensors[tensor].name;
        Error::new(format_args!(
            "tensor {tensor} '{name}' {what}; the file is damaged, or its operators are not in a valid order"
        ))
    }

    /// LiteRT keeps what is computed from constants alone apart from the arena; so do we. Variables that are set this
    /// way still count. What depends on more than constants cannot be one.
    fn fold_constant_ops(&mut self) -> Result<()> {
        for (id, op) in self.ops.iter() {
            let of_constants = op.reads().all(|t| self.tensors[t].role == Role::Constant);
            let reads_any = op.reads().next().is_some();
            for &t in &op.outputs {
                match self.tensors[t].role {
                    Role::Activation if of_constants && reads_any && !op.has_effects => {
                        self.tensors[t].role = Role::Constant;
                    }
                    // A training step that updates weights in place says so by having effects.
                    Role::Constant if !of_constants && !op.has_effects => {
                        return Err(
                            self.fault(t, format_args!("is a constant but {id} computes it"))
                        );
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}
