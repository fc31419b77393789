//! The tables of tensors and buffers.

use lowtide_formats::tflite::schema::facts::types::TensorType;
use lowtide_formats::tflite::schema::{
    Blob, Buffer, List, QuantizationParameters, Result, Shared, Tensor,
};

use crate::zoo::Element;
use crate::zoo::net::Value;
use crate::zoo::values::Affine;

/// Tensors and buffers so far.
pub(super) struct Tensors {
    element: Element,
    tensors: Vec<Shared<Tensor>>,
    buffers: Vec<Shared<Buffer>>,
}

/// The scales of a constant, one or one a slice of an axis; its zero points are zero.
pub(super) struct Scales {
    pub(super) scales: Vec<f32>,
    pub(super) axis: i64,
}

impl Tensors {
    /// No tensor yet; buffer 0 stands for 'no payload' by convention.
    pub(super) fn new(element: Element) -> Self {
        Self {
            element,
            tensors: Vec::new(),
            buffers: vec![Buffer::default().into()],
        }
    }

    /// The element type of activations.
    pub(super) fn element(&self) -> Element {
        self.element
    }

    /// Adds an activation and returns its number.
    pub(super) fn activation(&mut self, value: &Value, affine: Affine) -> Result<i32> {
        let mut tensor = Tensor {
            shape: extents(&value.shape),
            name: Some(value.name.as_str().into()),
            ..Tensor::default()
        };
        match self.element {
            Element::Float32 => tensor.set_element_type(TensorType::FLOAT32),
            Element::Int8 => {
                tensor.set_element_type(TensorType::INT8);
                let zero_point = i64::from(affine.zero_point);
                let parameters = parameters(&[affine.scale], vec![zero_point], 0)?;
                tensor.quantization = Some(parameters.into());
            }
        }
        Ok(self.push(tensor))
    }

    /// Adds a constant and returns its number.
    pub(super) fn constant(
        &mut self,
        name: &str,
        shape: &[u32],
        element_type: TensorType,
        bytes: Vec<u8>,
        scales: Option<&Scales>,
    ) -> Result<i32> {
        let mut tensor = Tensor {
            shape: extents(shape),
            name: Some(name.into()),
            ..Tensor::default()
        };
        tensor.set_element_type(element_type);
        tensor.set_buffer(self.buffers.len() as u32);
        if let Some(Scales { scales, axis }) = scales {
            let zero_points = vec![0; scales.len()];
            tensor.quantization = Some(parameters(scales, zero_points, *axis)?.into());
        }
        let data = Some(Blob::from(bytes));
        self.buffers.push(
            Buffer {
                data,
                ..Buffer::default()
            }
            .into(),
        );
        Ok(self.push(tensor))
    }

    fn push(&mut self, tensor: Tensor) -> i32 {
        self.tensors.push(tensor.into());
        self.tensors.len() as i32 - 1
    }

    /// The finished tables.
    pub(super) fn finish(self) -> (Vec<Shared<Tensor>>, Vec<Shared<Buffer>>) {
        (self.tensors, self.buffers)
    }
}

fn extents(shape: &[u32]) -> List<i32> {
    shape.iter().map(|extent| extent.cast_signed()).collect()
}

fn parameters(scales: &[f32], zero_points: Vec<i64>, axis: i64) -> Result<QuantizationParameters> {
    let scale: Vec<u8> = scales
        .iter()
        .flat_map(|scale| scale.to_le_bytes())
        .collect();
    let mut parameters = QuantizationParameters {
        scale: Some(scale.into()),
        zero_point: zero_points.into(),
        ..QuantizationParameters::default()
    };
    if axis != 0 {
        parameters.rest.set_int("quantized_dimension", axis)?;
    }
    Ok(parameters)
}
