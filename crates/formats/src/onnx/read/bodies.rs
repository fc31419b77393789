//! Bodies of If, Loop and Scan: graphs of their own, and what they need inside.
//!
//! A body is ordered like the model's graph, by the same count: its inputs from the start, its outputs to the end. What it
//! captures is counted in the graph around it, where its node reads it. To the node's own step comes, beyond what the node
//! reads and writes, the peak of its most demanding body less the outputs that the body hands over as the node's: those are
//! there already. So an If costs what it reads and the peak of a branch; a Loop or a Scan costs what it reads, one
//! round with the state that comes in, the state that goes out and slices, and all that it stacks. (In a first round
//! the state that comes in is what the node reads; it is counted twice, as from the second round on it is there twice.)

use std::fmt;

use lowtide_core::graph::Graph;
use lowtide_core::memory::{Instance, Target, profile};
use lowtide_core::plan::Order;
use lowtide_core::units::Bytes;

use super::super::schema::{NodeView, is_standard};
use super::super::shapes::{Scope, Walk, control};
use super::reader::Reader;
use crate::error::{Error, Result};

/// Where a body is: from the model's graph inwards, the index of each node among its graph's and the attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(pub(crate) Vec<(usize, String)>);

impl Place {
    /// How many graphs stand around it.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.len()
    }

    /// Whether it is inside the graph at `outer`, at any depth.
    #[must_use]
    pub fn is_inside(&self, outer: &Self) -> bool {
        self.depth() > outer.depth() && self.0.starts_with(&outer.0)
    }

    pub(super) fn is_main(&self) -> bool {
        self.0.is_empty()
    }

    /// A node of the graph here, its attribute yet to be named.
    pub(super) fn node(&self, index: usize) -> Self {
        let mut place = self.clone();
        place.0.push((index, String::new()));
        place
    }

    fn attribute(&self, name: &str) -> Self {
        let mut place = self.clone();
        if let Some(last) = place.0.last_mut() {
            name.clone_into(&mut last.1);
        }
        place
    }
}

/// A body.
#[derive(Clone, Debug)]
pub struct Body {
    /// Where it is.
    pub place: Place,
    /// What messages call it: the attribute and its node.
    pub title: String,
    /// Its graph; or why there is none, so that the body stays as it is and what it needs inside is not counted.
    pub graph: Result<Graph, Error>,
}

/// A body of a node, and what follows from it.
pub(super) struct Found {
    body: Body,
    inside: Vec<Body>,
}

impl Found {
    /// Itself, behind those inside it.
    pub(super) fn all(self) -> impl Iterator<Item = Body> {
        self.inside.into_iter().chain([self.body])
    }
}

/// Reads the bodies of a node, if it has any.
///
/// # Errors
/// Only where the bytes are damaged: a body that can not be read for another reason says so itself.
pub(super) fn read<'a>(
    walk: &Walk<'_, '_>,
    node: &NodeView<'a>,
    scope: &Scope<'_, 'a>,
    place: &Place,
) -> Result<Vec<Found>> {
    if node.bodies().next().is_none() {
        return Ok(Vec::new());
    }
    let title = |what: &dyn fmt::Display| format!("{what} of {}", node.title());
    if !is_standard(node.domain) || !control::has_bodies(node) {
        let unknown = Error::unsupported("only those of If, Loop and Scan are understood");
        return Ok(vec![Found {
            body: Body {
                place: place.clone(),
                title: title(&"bodies"),
                graph: Err(unknown),
            },
            inside: Vec::new(),
        }]);
    }
    let depth = place.depth() - 1;
    let mut found = Vec::new();
    for inner in control::bodies(walk, node, scope, depth)? {
        let place = place.attribute(inner.attribute);
        let reader = Reader::new(walk, &inner.graph, &inner.scope, None, place.clone());
        let (graph, inside) = match reader.and_then(Reader::build) {
            Ok((graph, inside)) => (Ok(graph), inside),
            Err(error) => (Err(error), Vec::new()),
        };
        found.push(Found {
            body: Body {
                place,
                title: title(&inner.attribute),
                graph,
            },
            inside,
        });
    }
    Ok(found)
}

/// What the bodies need beyond what their node reads and writes. `written` gives the bytes of what the node writes.
pub(super) fn workspace(
    node: &NodeView<'_>,
    found: &[Found],
    written: impl Fn(&str) -> Option<Bytes>,
) -> Bytes {
    let (count, skipped) = control::handed_over(node);
    let of_body = |found: &Found| {
        let graph = found.body.graph.as_ref().ok()?;
        let order = Order::new(graph.file_order());
        let peak = profile(&Instance::new(graph, &Target::TFLM), &order).peak;
        let mut seen = Vec::new();
        let handed = node.outputs.iter().take(count);
        let pairs = handed.zip(graph.outputs().iter().skip(skipped));
        for (name, &t) in pairs {
            if graph.is_counted(t) && seen.iter().all(|&(other, _)| other != t) {
                let bytes = written(name).unwrap_or_default();
                seen.push((t, bytes.min(graph.tensor(t).bytes)));
            }
        }
        let there: Bytes = seen.iter().map(|&(_, bytes)| bytes).sum();
        Some(peak.saturating_sub(there))
    };
    found.iter().filter_map(of_body).max().unwrap_or_default()
}
