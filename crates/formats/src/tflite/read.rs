//! From a file's main subgraph to a [`Graph`]. Ids are the file's: operator `i` is `OpId(i)`, tensor `i` is `TensorId(i)`.

use lowtide_core::graph::{ArrayType, DType, Graph, GraphBuilder, Op, Quantization, Role};
use lowtide_core::ids::{OpId, TensorId};
use lowtide_core::units::Bytes;

use super::constants::payload;
use super::dtypes::dtype;
use super::metadata;
use super::ops;
use super::schema::facts::operators::BuiltinOperator;
use super::schema::{Model, Operator, SubGraph, Tensor};
use crate::error::{Error, ErrorKind, Result};

/// Reads the main subgraph, the first.
///
/// # Errors
/// Names the operator or tensor: no subgraph, indices out of range, shapes that are open or too large, element types
/// whose size is unknown, operators out of order.
pub fn graph(model: &Model) -> Result<Graph> {
    let Some(subgraph) = model.subgraphs.first() else {
        return Err(Error::new(
            ErrorKind::Malformed,
            "the model has no subgraph; re-export it",
        ));
    };
    let name = subgraph
        .name
        .as_ref()
        .map_or_else(String::new, |name| name.text().into_owned());
    let mut reader = Reader {
        model,
        subgraph,
        builder: GraphBuilder::new(name),
    };
    reader.tensors()?;
    reader.operators()?;
    for (list, what) in [(&subgraph.inputs, "inputs"), (&subgraph.outputs, "outputs")] {
        for &index in list {
            let tensor = reader.tensor_id(index, || format!("the subgraph's {what}"))?;
            if what == "inputs" {
                reader.builder.input(tensor);
            } else {
                reader.builder.output(tensor);
            }
        }
    }
    reader.control()?;
    Ok(reader.builder.build()?)
}

struct Reader<'m> {
    model: &'m Model,
    subgraph: &'m SubGraph,
    builder: GraphBuilder,
}

fn malformed(text: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Malformed,
        format_args!("{text}; the file is damaged, re-export it"),
    )
}

impl Reader<'_> {
    fn tensors(&mut self) -> Result<()> {
        let mut produced = vec![false; self.subgraph.tensors.len()];
        for &index in self
            .subgraph
            .operators
            .iter()
            .flat_map(|operator| &operator.outputs)
        {
            if let Some(flag) = usize::try_from(index)
                .ok()
                .and_then(|index| produced.get_mut(index))
            {
                *flag = true;
            }
        }
        for (index, tensor) in self.subgraph.tensors.iter().enumerate() {
            if tensor.buffer() as usize >= self.model.buffers.len().max(1) {
                let (buffer, count) = (tensor.buffer(), self.model.buffers.len());
                return Err(malformed(format_args!(
                    "tensor {index} has buffer {buffer} of {count}"
                )));
            }
            if tensor.external_buffer() != 0 {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    format_args!(
                        "tensor {index} has its payload in another file, which lowtide does not move; \
                         re-export the model with its weights inside"
                    ),
                ));
            }
            let constant = payload(self.model, tensor).is_some();
            let role = match (tensor.is_variable(), constant && !produced[index]) {
                (true, _) => Role::Variable,
                (false, true) => Role::Constant,
                (false, false) => Role::Activation,
            };
            let read = self.tensor(index, tensor, role)?;
            self.builder.tensor(read);
        }
        Ok(())
    }

    fn tensor(
        &self,
        index: usize,
        tensor: &Tensor,
        role: Role,
    ) -> Result<lowtide_core::graph::Tensor> {
        let name = tensor
            .name
            .as_ref()
            .map_or_else(String::new, |name| name.text().into_owned());
        let title = || format!("tensor {index} '{name}'");
        let dtype = dtype(tensor.element_type()).ok_or_else(|| {
            let code = tensor.element_type().0;
            let text = format_args!(
                "{} has element type {code}, which this lowtide does not know; update it",
                title()
            );
            Error::new(ErrorKind::Unsupported, text)
        })?;
        let mut elements = 1u64;
        for &extent in &tensor.shape {
            let extent = u64::try_from(extent).map_err(|_| {
                let text = format_args!(
                    "{} has extent {extent}; re-export the model with static shapes",
                    title()
                );
                Error::new(ErrorKind::Unsupported, text)
            })?;
            elements = elements.saturating_mul(extent);
        }
        let array = ArrayType {
            dtype,
            shape: shape(tensor),
            quantization: quantization(tensor),
        };
        let bytes = size(dtype, elements).filter(|&bytes| bytes <= Bytes::LIMIT);
        let bytes = bytes
            .ok_or_else(|| malformed(format_args!("{} claims {elements} elements", title())))?;
        Ok(lowtide_core::graph::Tensor {
            name,
            bytes,
            role,
            array: Some(array),
        })
    }

    fn operators(&mut self) -> Result<()> {
        for (index, operator) in self.subgraph.operators.iter().enumerate() {
            let op = self.operator(index, operator)?;
            self.builder.op(op);
        }
        Ok(())
    }

    fn operator(&self, index: usize, operator: &Operator) -> Result<Op> {
        let label = ops::label(self.model, operator);
        let Some(code) = self
            .model
            .operator_codes
            .get(operator.opcode_index() as usize)
        else {
            let (opcode, count) = (operator.opcode_index(), self.model.operator_codes.len());
            return Err(malformed(format_args!(
                "operator {index} has operator code {opcode} of {count}"
            )));
        };
        let code = code.builtin();
        let input = |&index: &i32| match index {
            -1 => Ok(None),
            index => self
                .tensor_id(index, || format!("the inputs of operator {label}"))
                .map(Some),
        };
        let inputs: Vec<Option<TensorId>> =
            operator.inputs.iter().map(input).collect::<Result<_>>()?;
        let output =
            |&index: &i32| self.tensor_id(index, || format!("the outputs of operator {label}"));
        let outputs = operator.outputs.iter().map(output).collect::<Result<_>>()?;
        let changes_state = inputs.iter().flatten().any(|&t| self.is_variable(t));
        let kind = ops::kind(self.model, self.subgraph, operator, code);
        // A custom operator may do anything: it stays even if nobody reads what it writes.
        let has_effects =
            changes_state || ops::is_stateful(code) || code == BuiltinOperator::CUSTOM;
        Ok(Op {
            name: String::new(),
            label,
            kind,
            inputs,
            outputs,
            has_effects,
        })
    }

    fn is_variable(&self, tensor: TensorId) -> bool {
        self.subgraph.tensors[tensor.0 as usize].is_variable()
    }

    fn tensor_id(&self, index: i32, place: impl Fn() -> String) -> Result<TensorId> {
        let count = self.subgraph.tensors.len();
        match u32::try_from(index) {
            Ok(id) if (id as usize) < count => Ok(TensorId(id)),
            _ => Err(malformed(format_args!(
                "{} name tensor {index} of {count}",
                place()
            ))),
        }
    }

    /// Operators that touch the same state keep the file's order, and so do those that the converter has tied.
    fn control(&mut self) -> Result<()> {
        let mut last_stateful = None;
        let mut last_user: Vec<Option<OpId>> = vec![None; self.subgraph.tensors.len()];
        for (operator, id) in self.subgraph.operators.iter().zip((0..).map(OpId)) {
            let code = self.model.operator_codes[operator.opcode_index() as usize].builtin();
            if ops::is_stateful(code) {
                last_stateful
                    .replace(id)
                    .into_iter()
                    .for_each(|before| self.builder.control(before, id));
            }
            for &index in &operator.inputs {
                let Ok(slot) = usize::try_from(index) else {
                    continue;
                };
                if !self.subgraph.tensors[slot].is_variable() {
                    continue;
                }
                if let Some(before) = last_user[slot].replace(id).filter(|&before| before != id) {
                    self.builder.control(before, id);
                }
            }
        }
        for (first, second) in metadata::control_dependencies(self.model)? {
            self.builder.control(first, second);
        }
        Ok(())
    }
}

/// The bytes of an element vector. What has no fixed width lies outside the arena; resources are 32-bit handles.
fn size(dtype: DType, elements: u64) -> Option<Bytes> {
    let bits = match dtype {
        DType::Resource => 32,
        other => u64::from(other.bits().unwrap_or(0)),
    };
    Some(Bytes(elements.checked_mul(bits)?.div_ceil(8)))
}

fn shape(tensor: &Tensor) -> Vec<Option<u64>> {
    let signature = &tensor.shape_signature;
    let open = |axis: usize| signature.get(axis).is_some_and(|&extent| extent < 0);
    tensor
        .shape
        .iter()
        .enumerate()
        .map(|(axis, &extent)| u64::try_from(extent).ok().filter(|_| !open(axis)))
        .collect()
}

fn quantization(tensor: &Tensor) -> Option<Quantization> {
    let parameters = tensor.quantization.as_ref()?;
    let scales: Vec<f32> = parameters.scales().collect();
    if scales.is_empty() {
        return None;
    }
    let axis = u32::try_from(parameters.quantized_dimension()).unwrap_or_default();
    Some(Quantization {
        scales,
        zero_points: parameters.zero_point.to_vec(),
        axis,
    })
}
