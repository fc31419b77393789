//! Which tensors of the graph around it a body uses.

use std::collections::HashSet;

use super::super::schema::{GraphView, NodeView};
use crate::error::Result;

/// The names that the bodies of `node` take from the graph around it, each once, in the order of their first use. The
/// graph has `depth` graphs around it.
pub(crate) fn captured<'a>(node: &NodeView<'a>, depth: usize) -> Result<Vec<&'a str>> {
    let mut search = Search::default();
    search.node(node, depth)?;
    Ok(search.found)
}

/// The names that a body, bodies inside it included, takes from around it, each once, in the order of their first use.
pub(crate) fn free<'a>(body: &GraphView<'a>) -> Result<Vec<&'a str>> {
    let mut search = Search::default();
    search.body(body)?;
    Ok(search.found)
}

/// All names that a graph defines itself: inputs, weights, and what its nodes write.
pub(crate) fn locals<'a>(graph: &GraphView<'a>) -> HashSet<&'a str> {
    let inputs = graph.inputs.iter().map(|(name, _)| *name);
    let weights = graph.initializers.iter().map(|tensor| tensor.name);
    let written = graph
        .nodes
        .iter()
        .flat_map(|node| node.outputs.iter().copied());
    inputs.chain(weights).chain(written).collect()
}

#[derive(Default)]
struct Search<'a> {
    /// What is defined in the bodies around the current place, outermost first.
    scopes: Vec<HashSet<&'a str>>,
    found: Vec<&'a str>,
    seen: HashSet<&'a str>,
}

impl<'a> Search<'a> {
    fn node(&mut self, node: &NodeView<'a>, depth: usize) -> Result<()> {
        for bytes in node.bodies() {
            self.body(&GraphView::parse(bytes, depth + 1)?)?;
        }
        Ok(())
    }

    fn body(&mut self, body: &GraphView<'a>) -> Result<()> {
        self.scopes.push(locals(body));
        for inner in &body.nodes {
            inner.inputs.iter().for_each(|name| self.read(name));
            self.node(inner, body.depth)?;
        }
        body.outputs.iter().for_each(|(name, _)| self.read(name));
        self.scopes.pop();
        Ok(())
    }

    fn read(&mut self, name: &'a str) {
        let local = self.scopes.iter().any(|scope| scope.contains(name));
        if !name.is_empty() && !local && self.seen.insert(name) {
            self.found.push(name);
        }
    }
}
