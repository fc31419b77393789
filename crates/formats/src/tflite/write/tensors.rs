//! The tensors that a rewriting adds, made of the source's: parts of activations, and slices of weights with their payload.

use lowtide_core::graph::{ArrayType, DType};
use lowtide_core::ids::{Id, TensorId};
use lowtide_core::plan::{Rewriting, TensorOrigin};

use super::ranges::{self, Chosen};
use crate::error::{Error, Result};
use crate::tflite::constants::payload;
use crate::tflite::schema::{
    Blob, Buffer, Model, QuantizationParameters, Shared, SubGraph, Tensor,
};

/// All of them, in the order of the rewritten graph. Payloads are added to `model`.
pub(super) fn made(
    model: &mut Model,
    main: &SubGraph,
    rewriting: &Rewriting,
) -> Result<Vec<Shared<Tensor>>> {
    let chosen = ranges::choose(model, main, rewriting)?;
    let mut made = Vec::new();
    for (t, &origin) in rewriting.tensor_origins.iter() {
        let source = match origin {
            TensorOrigin::Source(_) => continue,
            other => &main.tensors[other.tensor().index()],
        };
        let array = rewriting.graph.tensor(t).array.as_ref();
        let array = array.ok_or_else(|| fault(rewriting, t))?;
        let mut tensor = resized(source, array);
        tensor.name = Some(rewriting.graph.tensor(t).name.as_str().into());
        match origin {
            TensorOrigin::Slice { axis, .. } => {
                let bytes = cut(model, main, origin).ok_or_else(|| fault(rewriting, t))?;
                cut_quantization(&mut tensor, array, axis);
                tensor.set_buffer(buffer(model, bytes));
            }
            TensorOrigin::Entry { at, value, .. } => {
                let bytes = cut(model, main, origin)
                    .and_then(|bytes| exchanged(bytes, array.dtype, at, value));
                tensor.set_buffer(buffer(model, bytes.ok_or_else(|| fault(rewriting, t))?));
            }
            TensorOrigin::Zeros { .. } => {
                let bytes = cut(model, main, origin).ok_or_else(|| fault(rewriting, t))?;
                tensor.set_buffer(buffer(model, vec![0; bytes.len()]));
            }
            _ => tensor.set_buffer(0),
        }
        if let Some(&chosen) = chosen.get(&t) {
            tensor.quantization = Some(quantization(chosen));
        }
        made.push(tensor.into());
    }
    Ok(made)
}

/// A list of integers with another number in one place.
fn exchanged(mut list: Vec<u8>, dtype: DType, at: u32, value: u64) -> Option<Vec<u8>> {
    let width = usize::try_from(dtype.bits()? / 8).ok()?;
    let start = width.checked_mul(at as usize)?;
    let bytes = value.to_le_bytes();
    let (number, rest) = bytes.split_at_checked(width)?;
    let fits = rest.iter().all(|&byte| byte == 0) && number.last()?.leading_zeros() > 0;
    list.get_mut(start..start.checked_add(width)?)
        .filter(|_| fits)?
        .copy_from_slice(number);
    Some(list)
}

/// A payload; equal ones (zeros, lists of places) are shared.
fn buffer(model: &mut Model, bytes: Vec<u8>) -> u32 {
    let same = |buffer: &Shared<Buffer>| buffer.data.as_deref() == Some(bytes.as_slice());
    let known = model.buffers.iter().position(same);
    let index = known.unwrap_or(model.buffers.len());
    if known.is_none() {
        let data = Some(Blob::from(bytes));
        let buffer = Buffer {
            data,
            ..Buffer::default()
        };
        model.buffers.edit().push(buffer.into());
    }
    index as u32
}

fn fault(rewriting: &Rewriting, t: TensorId) -> Error {
    let name = &rewriting.graph.tensor(t).name;
    Error::refused(format_args!(
        "tensor '{name}' cannot be cut out of the file; leave that rewriting out"
    ))
}

/// The tensor with another shape.
fn resized(source: &Tensor, array: &ArrayType) -> Tensor {
    let mut tensor = source.clone();
    let extent = |axis: &Option<u64>| axis.and_then(|extent| i32::try_from(extent).ok());
    let shape: Vec<i32> = array
        .shape
        .iter()
        .map(|axis| extent(axis).unwrap_or(-1))
        .collect();
    if tensor.shape_signature.is_present() {
        tensor.shape_signature = shape.clone().into();
    }
    tensor.shape = shape.into();
    tensor
}

/// The bytes of some slices of a constant; `None` if the payload is not what the origin says.
pub(super) fn cut(model: &Model, main: &SubGraph, origin: TensorOrigin) -> Option<Vec<u8>> {
    let source = &main.tensors[origin.tensor().index()];
    let bytes = payload(model, source)?;
    let TensorOrigin::Slice {
        axis, start, end, ..
    } = origin
    else {
        return Some(bytes.to_vec());
    };
    let shape: Vec<usize> = source
        .shape
        .iter()
        .map(|&n| usize::try_from(n).ok())
        .collect::<Option<_>>()?;
    let (outer, inner) = shape.split_at_checked(axis as usize)?;
    let (&extent, inner) = inner.split_first()?;
    let rows: usize = outer.iter().product();
    let step = bytes.len().checked_div(rows.checked_mul(extent)?)?;
    let elements: usize = inner.iter().product();
    let fits = step.checked_mul(rows * extent)? == bytes.len() && step.checked_rem(elements)? == 0;
    let (start, end) = (usize::try_from(start).ok()?, usize::try_from(end).ok()?);
    if !fits || end > extent || step == 0 {
        return None;
    }
    let rows = bytes.chunks_exact(step * extent);
    Some(
        rows.flat_map(|row| &row[start * step..end * step])
            .copied()
            .collect(),
    )
}

/// The scales and zero points of these slices, as the graph has cut them.
fn cut_quantization(tensor: &mut Tensor, array: &ArrayType, axis: u32) {
    let (Some(parameters), Some(part)) = (&mut tensor.quantization, &array.quantization) else {
        return;
    };
    let differs = parameters.scales().count() > 1 && part.axis == axis;
    if differs {
        parameters.scale = Some(scales(&part.scales));
        parameters.zero_point = part.zero_points.clone().into();
        // What the trainer saw, for people; not worth cutting.
        parameters.rest.remove("min");
        parameters.rest.remove("max");
    }
}

fn scales(scales: &[f32]) -> Blob {
    let bytes = scales.iter().flat_map(|scale| scale.to_le_bytes());
    bytes.collect::<Vec<u8>>().into()
}

fn quantization(chosen: Chosen) -> Shared<QuantizationParameters> {
    QuantizationParameters {
        scale: Some(scales(&[chosen.scale])),
        zero_point: vec![chosen.zero_point].into(),
        ..QuantizationParameters::default()
    }
    .into()
}
