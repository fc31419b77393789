//! The owned tree of a model.

mod blob;
mod node;
mod shared;
mod tables;
mod views;

pub use blob::Blob;
pub use node::{Node, Value};
pub use shared::{List, Shared};
pub use tables::{
    Buffer, Metadata, Model, Operator, OperatorCode, QuantizationParameters, SignatureDef,
    SubGraph, Tensor, TensorMap,
};
