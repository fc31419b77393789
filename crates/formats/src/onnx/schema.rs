//! The messages of ONNX, as far as they are understood: borrowed views over [`Message`]s, with the field numbers that the
//! ONNX specification gives them.

mod graph;
mod model;
mod node;
mod tensor;
mod types;

pub(crate) use graph::{GraphView, field as graph_field, named};
pub(crate) use model::{ModelView, field as model_field, is_standard};
pub(crate) use node::{NodeView, attribute_field, field as node_field, graph_of};
pub(crate) use tensor::{Literal, TensorView};
pub(crate) use types::{Dim, TypeView, dtype};

/// How deep bodies of If, Loop and Scan may be nested. Protobuf's own readers stop at 100 nested messages, three a body.
pub(crate) const MAX_DEPTH: usize = 32;

#[cfg(doc)]
use super::wire::Message;
