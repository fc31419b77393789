//! Constants: which tensors have a payload, and the small integer vectors that operators take as parameters.

use super::schema::facts::types::TensorType;
use super::schema::{Blob, Model, SubGraph, Tensor};

/// The payload of a tensor; `None` if it has none of its own (buffer 0, or an empty buffer).
pub(super) fn payload<'m>(model: &'m Model, tensor: &Tensor) -> Option<&'m Blob> {
    let data = model.buffers.get(tensor.buffer() as usize)?.data.as_ref()?;
    (!data.is_empty()).then_some(data)
}

/// A constant vector of 32-bit or 64-bit integers; `None` if the tensor is anything else.
pub(super) fn integers(model: &Model, subgraph: &SubGraph, tensor: i32) -> Option<Vec<i64>> {
    let tensor = subgraph.tensors.get(usize::try_from(tensor).ok()?)?;
    let bytes = payload(model, tensor)?;
    match tensor.element_type() {
        TensorType::INT32 => Some(
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| i64::from(i32::from_le_bytes(*b)))
                .collect(),
        ),
        TensorType::INT64 => Some(
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| i64::from_le_bytes(*b))
                .collect(),
        ),
        _ => None,
    }
}
