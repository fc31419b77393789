//! Reading and writing the scalars of the typed tables. Reading gives the schema's default where a scalar is absent;
//! writing always puts it into the file.

use super::node::{Node, Value};
use super::shared::Shared;
use super::tables::{
    Metadata, Model, Operator, OperatorCode, QuantizationParameters, SignatureDef, Tensor,
    TensorMap,
};
use crate::tflite::schema::error::Result;
use crate::tflite::schema::facts::Table;
use crate::tflite::schema::facts::operators::BuiltinOperator;
use crate::tflite::schema::facts::types::TensorType;

/// The two unions of options of an operator; no table is a member of both.
const OPTIONS: [&str; 2] = ["builtin_options", "builtin_options_2"];

/// A field of type `u32`.
fn read_u32(node: &Node, name: &str) -> u32 {
    node.int(name)
        .and_then(|value| u32::try_from(value).ok())
        .unwrap_or_default()
}

/// A field of type `i32` or `i8`.
fn read_i32(node: &Node, name: &str) -> i32 {
    node.int(name)
        .and_then(|value| i32::try_from(value).ok())
        .unwrap_or_default()
}

fn write_u32(node: &mut Node, name: &str, value: u32) {
    node.put(name, Value::Scalar(value.into()));
}

fn write_i32(node: &mut Node, name: &str, value: i32) {
    write_u32(node, name, value.cast_unsigned());
}

fn write_i8(node: &mut Node, name: &str, value: i8) {
    node.put(name, Value::Scalar(value.cast_unsigned().into()));
}

impl Model {
    /// The version of the schema, 3 in all files of today.
    #[must_use]
    pub fn version(&self) -> u32 {
        read_u32(&self.rest, "version")
    }

    /// Sets the version of the schema.
    pub fn set_version(&mut self, version: u32) {
        write_u32(&mut self.rest, "version", version);
    }
}

impl Operator {
    /// The index of its [`OperatorCode`].
    #[must_use]
    pub fn opcode_index(&self) -> u32 {
        read_u32(&self.rest, "opcode_index")
    }

    /// Sets the index of its [`OperatorCode`].
    pub fn set_opcode_index(&mut self, index: u32) {
        write_u32(&mut self.rest, "opcode_index", index);
    }

    /// The builtin options, from either union of the schema.
    #[must_use]
    pub fn options(&self) -> Option<&Shared<Node>> {
        OPTIONS.iter().find_map(|union| self.rest.child(union))
    }

    /// The builtin options if they are of this type: `operator.options_of(&tables::Conv2DOptions)`.
    #[must_use]
    pub fn options_of(&self, table: &Table) -> Option<&Node> {
        OPTIONS
            .iter()
            .filter_map(|union| self.rest.child(union))
            .find(|node| node.table() == table)
            .map(|node| &**node)
    }

    /// Replaces the builtin options, in whichever union these belong to.
    ///
    /// # Errors
    /// If no union of options has such a table; the operator is then left as it was.
    pub fn set_options(&mut self, options: Option<Shared<Node>>) -> Result<()> {
        let Some(options) = options else {
            return OPTIONS
                .iter()
                .try_for_each(|union| self.rest.set_union(union, None));
        };
        let [first, second] = OPTIONS;
        if self.rest.set_union(first, Some(options.clone())).is_ok() {
            return self.rest.set_union(second, None);
        }
        self.rest.set_union(second, Some(options))?;
        self.rest.set_union(first, None)
    }
}

impl OperatorCode {
    /// The builtin operator, [`BuiltinOperator::CUSTOM`] where [`OperatorCode::custom_code`] names it. Codes up to 127
    /// are also in a field of 8 bits that was the only one once: the greater of the two fields counts.
    #[must_use]
    pub fn builtin(&self) -> BuiltinOperator {
        let old = read_i32(&self.rest, "deprecated_builtin_code");
        BuiltinOperator(old.max(read_i32(&self.rest, "builtin_code")))
    }

    /// Sets the builtin operator in both fields.
    pub fn set_builtin(&mut self, builtin: BuiltinOperator) {
        let old = i8::try_from(builtin.0).unwrap_or(i8::MAX);
        write_i8(&mut self.rest, "deprecated_builtin_code", old);
        write_i32(&mut self.rest, "builtin_code", builtin.0);
    }

    /// The version of the operator.
    #[must_use]
    pub fn version(&self) -> i32 {
        read_i32(&self.rest, "version")
    }

    /// Sets the version of the operator.
    pub fn set_version(&mut self, version: i32) {
        write_i32(&mut self.rest, "version", version);
    }
}

impl Tensor {
    /// The element type.
    #[must_use]
    pub fn element_type(&self) -> TensorType {
        TensorType(
            self.rest
                .int("type")
                .and_then(|code| i8::try_from(code).ok())
                .unwrap_or_default(),
        )
    }

    /// Sets the element type.
    pub fn set_element_type(&mut self, element_type: TensorType) {
        write_i8(&mut self.rest, "type", element_type.0);
    }

    /// The index of the buffer with its payload. An empty buffer means that there is none.
    #[must_use]
    pub fn buffer(&self) -> u32 {
        read_u32(&self.rest, "buffer")
    }

    /// Sets the index of the buffer with its payload.
    pub fn set_buffer(&mut self, index: u32) {
        write_u32(&mut self.rest, "buffer", index);
    }

    /// The number of the payload in a file beside this one; 0 means none. Such a tensor is constant without a buffer.
    #[must_use]
    pub fn external_buffer(&self) -> u32 {
        read_u32(&self.rest, "external_buffer")
    }

    /// Whether it keeps its value from one run to the next.
    #[must_use]
    pub fn is_variable(&self) -> bool {
        self.rest.int("is_variable") != Some(0)
    }

    /// Whether an empty shape means a scalar, as against an unknown rank.
    #[must_use]
    pub fn has_rank(&self) -> bool {
        self.rest.int("has_rank") != Some(0)
    }
}

impl Metadata {
    /// The index of the buffer.
    #[must_use]
    pub fn buffer(&self) -> u32 {
        read_u32(&self.rest, "buffer")
    }

    /// Sets the index of the buffer.
    pub fn set_buffer(&mut self, index: u32) {
        write_u32(&mut self.rest, "buffer", index);
    }
}

impl SignatureDef {
    /// The index of the subgraph whose tensors it names.
    #[must_use]
    pub fn subgraph_index(&self) -> u32 {
        read_u32(&self.rest, "subgraph_index")
    }
}

impl TensorMap {
    /// The index of the tensor in the signature's subgraph.
    #[must_use]
    pub fn tensor_index(&self) -> u32 {
        read_u32(&self.rest, "tensor_index")
    }

    /// Sets the index of the tensor.
    pub fn set_tensor_index(&mut self, index: u32) {
        write_u32(&mut self.rest, "tensor_index", index);
    }
}

impl QuantizationParameters {
    /// The scales.
    pub fn scales(&self) -> impl Iterator<Item = f32> + '_ {
        let (scales, _) = self.scale.as_deref().unwrap_or_default().as_chunks();
        scales.iter().map(|bytes| f32::from_le_bytes(*bytes))
    }

    /// The axis along which scales differ, where there are several.
    #[must_use]
    pub fn quantized_dimension(&self) -> i32 {
        read_i32(&self.rest, "quantized_dimension")
    }
}
