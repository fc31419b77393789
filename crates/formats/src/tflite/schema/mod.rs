//! TensorFlow Lite files as an owned tree that can be edited and written again without loss.
//!
//! A flatbuffer is tables, whose fields are numbers in place and offsets to strings, vectors and further tables. Which
//! field is an offset is not in the file but in the schema, so [`facts`] lists it; with it the `reader` checks every
//! byte it follows and takes each present field, and the `writer` puts the same fields into a new file.
//!
//! - What is absent stays absent, what is written explicitly stays explicit, whether or not it is the default.
//! - A table or vector that is pointed to from several places stays one ([`Shared`], [`List`]).
//! - Payloads are not copied until the tree is written ([`Blob`]).
//! - A field or union member that [`facts`] does not list may be an offset, which cannot be moved blindly: the file is
//!   refused. Unknown operators and element types are numbers and pass.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use lowtide_formats::tflite::schema::File;
//!
//! let mut file = File::read(std::fs::read("model.tflite")?)?;
//! for subgraph in file.model.subgraphs.edit() {
//!     subgraph.operators.edit().retain(|operator| !operator.outputs.is_empty());
//! }
//! std::fs::write("edited.tflite", file.write()?)?;
//! # Ok(())
//! # }
//! ```

mod error;
pub mod facts;
mod file;
mod reader;
mod tree;
mod writer;

pub use error::{Error, ErrorKind, Result};
pub use file::File;
pub use tree::{
    Blob, Buffer, List, Metadata, Model, Node, Operator, OperatorCode, QuantizationParameters,
    Shared, SignatureDef, SubGraph, Tensor, TensorMap, Value,
};

/// The four bytes that tell a TensorFlow Lite model, after the offset of the root table.
const IDENTIFIER: &[u8] = b"TFL3";

/// The greatest length of a file: the schema's runtimes keep offsets in signed 32 bits.
const GREATEST_LENGTH: usize = i32::MAX as usize;
