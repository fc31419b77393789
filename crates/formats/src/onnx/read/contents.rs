//! Payloads of weights and attributes of nodes, as they stand in the file.

use std::collections::HashMap;

use super::super::schema::{ModelView, TensorView, graph_field};
use super::super::write::wiring_left_out;
use crate::error::Result;

/// Those of one model.
pub(crate) struct Contents<'a> {
    weights: HashMap<&'a str, TensorView<'a>>,
    /// Each node without its name and wiring.
    nodes: Vec<Vec<u8>>,
}

impl<'a> Contents<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Self> {
        let model = ModelView::parse(bytes)?;
        let weights = model.graph.initializers.iter();
        let nodes = model.graph.message.each(graph_field::NODE);
        Ok(Self {
            weights: weights.map(|weight| (weight.name, *weight)).collect(),
            nodes: nodes.map(wiring_left_out).collect::<Result<_>>()?,
        })
    }

    /// The elements of a weight, if they stand in the file.
    pub(crate) fn constant(&self, name: &str) -> Option<Vec<u8>> {
        self.weights.get(name)?.elements()
    }

    /// What a node is, but for its name and wiring.
    pub(crate) fn attributes(&self, node: usize) -> Option<&[u8]> {
        self.nodes.get(node).map(Vec::as_slice)
    }
}
