//! Model formats: reading a [`Graph`](lowtide_core::graph::Graph) from a file, and writing the file back with another
//! order or a rewritten graph, without loss.

pub mod contents;
pub mod csv;
pub mod error;
pub mod json;
pub mod onnx;
pub mod promise;
pub mod source;
pub mod tflite;

pub use contents::Contents;
pub use error::{Error, ErrorKind, Result};
pub use source::{Format, Source};
