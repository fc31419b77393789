//! The tables that a compiler edits, with the fields it edits as plain values. What else such a table holds is in its
//! `rest`, by the facts of the schema, and is written as it was read.

use super::blob::Blob;
use super::node::Node;
use super::shared::{List, Shared};
use crate::tflite::schema::error::Result;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::reader::{ReadTable, Reader, TableAt};
use crate::tflite::schema::writer::{Slots, WriteTable, Writer};

/// Declares typed tables: the fields are named as in the schema, whose facts say how they are read and written.
macro_rules! typed {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
            /// The other fields of the table. A field that stands above must not be put here too.
            pub rest: Node,
        }

        impl Default for $name {
            /// The table without any field.
            fn default() -> Self {
                Self { $($field: Default::default(),)* rest: Node::new(&tables::$name) }
            }
        }

        impl ReadTable for $name {
            fn read_table(reader: &mut Reader, at: &TableAt) -> Result<Self> {
                $(let $field = reader.part(at, stringify!($field))?;)*
                Ok(Self { $($field,)* rest: reader.rest(at, &[$(stringify!($field)),*])? })
            }
        }

        impl WriteTable for $name {
            fn write_slots(&self, writer: &mut Writer) -> Result<Slots> {
                let mut slots = self.rest.write_slots(writer)?;
                $(writer.part(&mut slots, &tables::$name, stringify!($field), &self.$field)?;)*
                Ok(slots)
            }
        }
    )* };
}

typed! {
    /// A model, the root of a file.
    Model {
        /// The kinds of operators, to which [`Operator::opcode_index`] points.
        operator_codes: List<Shared<OperatorCode>>,
        /// The subgraphs; the first is the main one.
        subgraphs: List<Shared<SubGraph>>,
        /// A text for people.
        description: Option<Blob>,
        /// The payloads of constants and metadata. By convention the first is empty and means none.
        buffers: List<Shared<Buffer>>,
        /// The old form of metadata: indices of buffers.
        metadata_buffer: List<i32>,
        /// Named buffers for tools and runtimes.
        metadata: List<Shared<Metadata>>,
        /// The names of inputs and outputs.
        signature_defs: List<Shared<SignatureDef>>,
    }

    /// A subgraph: operators over tensors.
    SubGraph {
        /// The tensors, to which operators point by index.
        tensors: List<Shared<Tensor>>,
        /// Indices of the tensors that the caller fills.
        inputs: List<i32>,
        /// Indices of the tensors that the caller reads.
        outputs: List<i32>,
        /// The operators in the order of execution.
        operators: List<Shared<Operator>>,
        /// Its name.
        name: Option<Blob>,
    }

    /// An operator. Its options are behind [`Operator::options`].
    Operator {
        /// Indices of tensors; -1 stands for an optional input that is left out.
        inputs: List<i32>,
        /// Indices of tensors.
        outputs: List<i32>,
        /// Options of a custom operator, in a form of its own.
        custom_options: Option<Blob>,
        /// Indices of tensors with the quantization of values inside the operator.
        intermediates: List<i32>,
    }

    /// What the operators with one opcode index are. See [`OperatorCode::builtin`].
    OperatorCode {
        /// The name of a custom operator.
        custom_code: Option<Blob>,
    }

    /// A tensor.
    Tensor {
        /// The extents, outermost first, with 1 in place of what is only known at run time.
        shape: List<i32>,
        /// Its name.
        name: Option<Blob>,
        /// How real numbers are stored in integers.
        quantization: Option<Shared<QuantizationParameters>>,
        /// The shape with -1 for extents only known at run time, where there are such.
        shape_signature: List<i32>,
    }

    /// The payload of constants or metadata.
    Buffer {
        /// The bytes, aligned to 16 in the file.
        data: Option<Blob>,
    }

    /// A named buffer.
    Metadata {
        /// Its name.
        name: Option<Blob>,
    }

    /// The names of a subgraph's inputs and outputs.
    SignatureDef {
        /// The inputs.
        inputs: List<Shared<TensorMap>>,
        /// The outputs.
        outputs: List<Shared<TensorMap>>,
        /// The name of the signature.
        signature_key: Option<Blob>,
    }

    /// A name for a tensor.
    TensorMap {
        /// The name.
        name: Option<Blob>,
    }

    /// Quantization: `real = scale * (stored - zero_point)`.
    QuantizationParameters {
        /// The scales as little-endian `f32`: one, or one for each slice. See [`QuantizationParameters::scales`].
        scale: Option<Blob>,
        /// The zero points, as many as scales.
        zero_point: List<i64>,
    }
}
