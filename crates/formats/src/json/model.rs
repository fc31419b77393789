//! A JSON graph that can be written again.

use lowtide_core::graph::Graph;
use lowtide_core::ids::{Id, OpId, TensorId};
use lowtide_core::plan::{OpOrigin, Order, Rewriting};
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

use super::read_json;

/// A graph and the text it was read from, so that keys that nobody here knows are carried.
#[derive(Clone, Debug)]
pub struct Model {
    text: Value,
    graph: Graph,
}

impl Model {
    /// Reads a graph.
    ///
    /// # Errors
    /// As [`read_json`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let graph = read_json(bytes)?;
        let text =
            serde_json::from_slice(bytes).map_err(|e| Error::new(ErrorKind::Malformed, e))?;
        Ok(Self { text, graph })
    }

    /// The graph. Operator and tensor ids are places in the file's lists.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The text with the operators that are left, in `order`, and the tensors that are left.
    ///
    /// # Errors
    /// If the rewriting makes parts of operators: a generic graph does not say what they compute.
    pub fn write(&self, rewriting: &Rewriting, order: &Order) -> Result<Vec<u8>> {
        let made = |op: &OpOrigin| !matches!(op, OpOrigin::Source(_));
        if rewriting.op_origins.rows().any(made) {
            return Err(Error::refused(
                "a JSON graph has no weights to be cut; leave that rewriting out",
            ));
        }
        let mut text = self.text.clone();
        let ops = order.ops().iter().map(|&op| self.op(rewriting, op));
        text["ops"] = ops.collect();
        let origins = rewriting.tensor_origins.rows();
        let tensors = origins.map(|&t| self.text["tensors"][t.tensor().index()].clone());
        text["tensors"] = tensors.collect();
        serde_json::to_vec(&text).map_err(|e| Error::new(ErrorKind::Malformed, e))
    }

    /// The operator's entry, with the names of what it reads and writes now.
    fn op(&self, rewriting: &Rewriting, op: OpId) -> Value {
        let graph = &rewriting.graph;
        let name = |t: TensorId| Value::from(graph.tensor(t).name.as_str());
        let mut entry = self.text["ops"][rewriting.op_origins[op].op().index()].clone();
        entry["inputs"] = graph.op(op).reads().map(name).collect();
        entry["outputs"] = graph.op(op).outputs.iter().copied().map(name).collect();
        entry
    }
}
