//! Small models built by hand, for the tests of the sibling rooms.

use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::types::TensorType;
use crate::tflite::schema::{
    Blob, Buffer, File, Metadata, Model, Node, Operator, OperatorCode, QuantizationParameters,
    SignatureDef, SubGraph, Tensor, TensorMap,
};

/// A model under construction: one subgraph, and the empty buffer 0 that every model begins with.
pub(crate) struct Workshop {
    pub(crate) model: Model,
    pub(crate) main: SubGraph,
}

impl Workshop {
    pub(crate) fn new() -> Self {
        let mut model = Model::default();
        model.set_version(3);
        model.buffers.edit().push(Buffer::default().into());
        Self {
            model,
            main: SubGraph::default(),
        }
    }

    /// A tensor of `shape`; with `(scale, zero point)` if it is quantised. Returns its index.
    pub(crate) fn tensor(
        &mut self,
        name: &str,
        kind: TensorType,
        shape: &[i32],
        quantization: Option<(f32, i64)>,
    ) -> i32 {
        let mut tensor = Tensor {
            name: Some(name.into()),
            ..Tensor::default()
        };
        tensor.shape = shape.to_vec().into();
        tensor.set_element_type(kind);
        tensor.quantization = quantization.map(|(scale, zero_point)| {
            let scale = Some(Blob::from(scale.to_le_bytes().to_vec()));
            QuantizationParameters {
                scale,
                zero_point: vec![zero_point].into(),
                ..Default::default()
            }
            .into()
        });
        self.main.tensors.edit().push(tensor.into());
        self.main.tensors.len() as i32 - 1
    }

    pub(crate) fn buffer(&mut self, bytes: &[u8]) -> u32 {
        let data = Some(Blob::from(bytes.to_vec()));
        self.model.buffers.edit().push(
            Buffer {
                data,
                ..Buffer::default()
            }
            .into(),
        );
        self.model.buffers.len() as u32 - 1
    }

    /// Gives a tensor a payload of its own.
    pub(crate) fn payload(&mut self, tensor: i32, bytes: &[u8]) {
        let buffer = self.buffer(bytes);
        self.main.tensors.edit()[tensor as usize].set_buffer(buffer);
    }

    pub(crate) fn variable(&mut self, tensor: i32) {
        self.main.tensors.edit()[tensor as usize]
            .rest
            .set_int("is_variable", 1)
            .unwrap();
    }

    /// An operator with an operator code of its own kind, shared with its like.
    pub(crate) fn operator(
        &mut self,
        code: Code,
        inputs: &[i32],
        outputs: &[i32],
        options: Option<Node>,
    ) {
        let known = self
            .model
            .operator_codes
            .iter()
            .position(|c| c.builtin() == code);
        let index = known.unwrap_or_else(|| {
            let mut entry = OperatorCode::default();
            entry.set_builtin(code);
            self.model.operator_codes.edit().push(entry.into());
            self.model.operator_codes.len() - 1
        });
        let mut operator = Operator {
            inputs: inputs.to_vec().into(),
            ..Operator::default()
        };
        operator.outputs = outputs.to_vec().into();
        operator.set_opcode_index(index as u32);
        operator.set_options(options.map(Into::into)).unwrap();
        self.main.operators.edit().push(operator.into());
    }

    pub(crate) fn metadata(&mut self, name: &str, bytes: &[u8]) {
        let mut entry = Metadata {
            name: Some(name.into()),
            ..Metadata::default()
        };
        entry.set_buffer(self.buffer(bytes));
        self.model.metadata.edit().push(entry.into());
    }

    pub(crate) fn signature(&mut self, inputs: &[(&str, i32)], outputs: &[(&str, i32)]) {
        let map = |&(name, tensor): &(&str, i32)| {
            let mut map = TensorMap {
                name: Some(name.into()),
                ..TensorMap::default()
            };
            map.set_tensor_index(tensor as u32);
            map.into()
        };
        self.model.signature_defs.edit().push(
            SignatureDef {
                inputs: inputs.iter().map(map).collect(),
                outputs: outputs.iter().map(map).collect(),
                ..SignatureDef::default()
            }
            .into(),
        );
    }

    /// The bytes of the file with these graph inputs and outputs.
    pub(crate) fn finish(mut self, inputs: &[i32], outputs: &[i32]) -> Vec<u8> {
        self.main.inputs = inputs.to_vec().into();
        self.main.outputs = outputs.to_vec().into();
        self.model.subgraphs.edit().insert(0, self.main.into());
        File {
            model: self.model,
            ..File::default()
        }
        .write()
        .unwrap()
    }
}
