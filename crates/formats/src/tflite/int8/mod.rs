//! The lossless conversion of a uint8 model to int8: every stored number moves by 128, and so does every zero point, so that
//! each stands for the same real number as before. TFLM has no uint8 convolutions any more; this brings old models back.
//!
//! It is refused, by the tensor's name, where the int8 kernel would compute something else: see [`rules`].

mod rules;

use super::constants::payload;
use super::ops;
use super::schema::facts::types::TensorType;
use super::schema::{Blob, Model, Operator, SubGraph, Tensor};
use crate::error::{Error, ErrorKind, Result};

/// The distance between the two encodings.
const SHIFT: i64 = 128;
/// The same as an operation on the stored byte.
const FLIP: u8 = 0x80;

/// Converts every uint8 tensor of every subgraph. Models without one come back unchanged.
///
/// # Errors
/// Names the first tensor that cannot be converted without loss, the operator that stands in the way, and why.
pub(super) fn convert(model: &mut Model) -> Result<()> {
    for subgraph in &model.subgraphs {
        for operator in subgraph
            .operators
            .iter()
            .filter(|operator| touches(subgraph, operator))
        {
            rules::check(model, subgraph, operator)?;
        }
        for tensor in subgraph.tensors.iter().filter(|tensor| is_uint8(tensor)) {
            check_tensor(tensor)?;
        }
    }
    let flipped = constant_buffers(model)?;
    raise_versions(model);
    for (buffer, _) in flipped.into_iter().enumerate().filter(|(_, flip)| *flip) {
        let buffer = &mut model.buffers.edit()[buffer];
        if let Some(data) = &buffer.data {
            let bytes: Vec<u8> = data.iter().map(|byte| byte ^ FLIP).collect();
            buffer.data = Some(Blob::from(bytes));
        }
    }
    for subgraph in model.subgraphs.edit() {
        if subgraph.tensors.iter().any(|tensor| is_uint8(tensor)) {
            subgraph
                .tensors
                .edit()
                .iter_mut()
                .filter(|tensor| is_uint8(tensor))
                .for_each(|tensor| shift(tensor));
        }
    }
    Ok(())
}

fn is_uint8(tensor: &Tensor) -> bool {
    tensor.element_type() == TensorType::UINT8
}

/// The tensors an operator reads and writes, absent ones left out.
fn tensors<'m>(subgraph: &'m SubGraph, operator: &'m Operator) -> impl Iterator<Item = &'m Tensor> {
    let indices = operator.inputs.iter().chain(&operator.outputs);
    indices.filter_map(|&index| Some(&**subgraph.tensors.get(usize::try_from(index).ok()?)?))
}

fn touches(subgraph: &SubGraph, operator: &Operator) -> bool {
    tensors(subgraph, operator).any(is_uint8)
}

/// The one sentence of every refusal.
fn refusal(tensor: &Tensor, why: impl std::fmt::Display) -> Error {
    let name = tensor
        .name
        .as_ref()
        .map_or_else(String::new, |name| name.text().into_owned());
    let text = format_args!(
        "--int8 would not be lossless at tensor '{name}': {why}; optimise the model without --int8"
    );
    Error::new(ErrorKind::Refused, text)
}

fn check_tensor(tensor: &Tensor) -> Result<()> {
    let parameters = tensor.quantization.as_ref();
    let parameters = parameters.filter(|p| p.zero_point.len() == 1 && p.scales().count() == 1);
    if parameters.is_none() {
        return Err(refusal(
            tensor,
            "it is uint8 without one scale and one zero point",
        ));
    }
    if tensor.is_variable() {
        return Err(refusal(
            tensor,
            "it is a variable, which runtimes reset to another value in int8",
        ));
    }
    Ok(())
}

/// Which buffers hold uint8 constants; none may be read under another type too.
fn constant_buffers(model: &Model) -> Result<Vec<bool>> {
    let mut flip = vec![false; model.buffers.len()];
    let all = || {
        model
            .subgraphs
            .iter()
            .flat_map(|subgraph| &subgraph.tensors)
    };
    for tensor in all().filter(|tensor| is_uint8(tensor) && payload(model, tensor).is_some()) {
        flip[tensor.buffer() as usize] = true;
    }
    let shared =
        all().find(|tensor| !is_uint8(tensor) && flip.get(tensor.buffer() as usize) == Some(&true));
    match shared {
        Some(tensor) => Err(refusal(
            tensor,
            "its bytes are those of a uint8 constant too",
        )),
        None => Ok(flip),
    }
}

fn shift(tensor: &mut Tensor) {
    tensor.set_element_type(TensorType::INT8);
    if let Some(parameters) = &mut tensor.quantization {
        parameters
            .zero_point
            .edit()
            .iter_mut()
            .for_each(|zero_point| *zero_point -= SHIFT);
    }
}

/// Operators claim the version that brought their int8 kernels.
fn raise_versions(model: &mut Model) {
    let mut needed = vec![0; model.operator_codes.len()];
    for subgraph in &model.subgraphs {
        for operator in subgraph
            .operators
            .iter()
            .filter(|operator| touches(subgraph, operator))
        {
            if let Some(version) = needed.get_mut(operator.opcode_index() as usize) {
                *version = rules::int8_version(ops::code(model, operator));
            }
        }
    }
    for (code, version) in model.operator_codes.edit().iter_mut().zip(needed) {
        if code.version() < version {
            code.set_version(version);
        }
    }
}

#[cfg(test)]
mod tests;
