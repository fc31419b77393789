//! From a model's bytes to a [`Graph`].
//!
//! Every node becomes one operator, in the order of the file, so that the `n`-th [`OpId`](lowtide_core::ids::OpId) is the
//! `n`-th node. A node with bodies (If, Loop, Scan) is one operator too; it reads what its bodies capture, listed behind
//! its own inputs, and what they need inside is a tensor that is there while it runs ([`bodies`]).

mod bodies;
mod captures;
mod contents;
mod names;
mod reader;
mod sizes;
mod twins;

use lowtide_core::graph::Graph;

use super::schema::{GraphView, ModelView, NodeView, is_standard};
use super::shapes::{Bindings, Walk};
use crate::error::{Error, Result};
use reader::Reader;

pub use bodies::{Body, Place};
pub(crate) use captures::locals;
pub(crate) use contents::Contents;

/// Reads a model. `dims` gives sizes to dimensions that the file leaves open, by symbol (`batch`) or by tensor and axis
/// (`images:0`).
///
/// # Errors
/// Names the node or tensor, and the remedy: damaged bytes, an operator set older than 7, calls of functions of the model,
/// names that are undefined, written twice or read before they are written, open dimensions that `dims` does not give, and
/// tensors whose size neither the file nor inference tells.
pub(crate) fn read(bytes: &[u8], dims: &[(String, u64)]) -> Result<(Graph, Vec<Body>)> {
    let model = ModelView::parse(bytes)?;
    refuse_functions(&model, &model.graph)?;
    let (bindings, nothing) = (Bindings::new(dims), Bindings::new(&[]));
    let (walk, open_walk) = (Walk::new(&model, &bindings), Walk::new(&model, &nothing));
    let scope = walk.graph(&model.graph, None, Vec::new())?;
    bindings.check_inputs(&model.graph.inputs)?;
    let open = match dims {
        [] => None,
        _ => Some(open_walk.graph(&model.graph, None, Vec::new())?),
    };
    let reader = Reader::new(&walk, &model.graph, &scope, open.as_ref(), Place::default())?;
    let read = reader.build()?;
    bindings.check_all_used(&model.graph.inputs)?;
    Ok(read)
}

/// Writes out the functions of a model, in the folder of its weights.
const INLINE: &str = "import onnx, onnx.inliner; \
    onnx.save(onnx.inliner.inline_local_functions(onnx.load('MODEL', load_external_data=False)), 'OUT')";

fn refuse_functions(model: &ModelView<'_>, graph: &GraphView<'_>) -> Result<()> {
    let same = |a: &str, b: &str| a == b || (is_standard(a) && is_standard(b));
    let calls = |node: &NodeView<'_>| {
        let mut functions = model.functions.iter();
        functions.any(|&(domain, name)| name == node.op_type && same(domain, node.domain))
    };
    if model.functions.is_empty() {
        return Ok(());
    }
    for node in &graph.nodes {
        if calls(node) {
            return Err(Error::unsupported(format_args!(
                "node {} calls the function '{}', which the model defines; write functions out first, in Python: `{INLINE}`",
                node.title(),
                node.op_type
            )));
        }
        for body in node.bodies() {
            refuse_functions(model, &GraphView::parse(body, graph.depth + 1)?)?;
        }
    }
    Ok(())
}
