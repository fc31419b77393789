//! Names of tensors, and which identifier each has.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use lowtide_core::ids::{Table, TensorId};

use super::GraphView as View;
use crate::error::{Error, Result};

/// Who defines a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Input,
    Weight,
    /// The graph around a body.
    Outside,
    /// The node of this index.
    Node(usize),
}

/// The tensors of a graph: inputs first, then weights, then what the nodes write, each in the order of the file.
pub(super) struct Names<'a> {
    ids: HashMap<&'a str, TensorId>,
    all: Table<TensorId, (&'a str, Source)>,
    inputs: Vec<TensorId>,
}

impl<'a> Names<'a> {
    /// Collects all names, each of which may be defined once; `outside` are those that a body takes from around it. Old models list weights among the inputs too: those are
    /// weights.
    pub(super) fn collect(graph: &View<'a>, outside: Vec<&'a str>) -> Result<Self> {
        let mut names = Self {
            ids: HashMap::new(),
            all: Table::new(),
            inputs: Vec::new(),
        };
        let weights = graph.initializers.iter().map(|tensor| tensor.name);
        let weights: HashMap<&str, ()> = weights.map(|name| (name, ())).collect();
        for (name, _) in &graph.inputs {
            if !weights.contains_key(name) {
                let id = names.define(name, Source::Input, graph)?;
                names.inputs.push(id);
            }
        }
        for name in outside {
            names.define(name, Source::Outside, graph)?;
        }
        for tensor in &graph.initializers {
            names.define(tensor.name, Source::Weight, graph)?;
        }
        for (index, node) in graph.nodes.iter().enumerate() {
            for name in node.outputs.iter().filter(|name| !name.is_empty()) {
                names.define(name, Source::Node(index), graph)?;
            }
        }
        Ok(names)
    }

    fn define(&mut self, name: &'a str, source: Source, graph: &View<'a>) -> Result<TensorId> {
        match self.ids.entry(name) {
            Entry::Vacant(place) => {
                let id = self.all.push((name, source));
                place.insert(id);
                Ok(id)
            }
            Entry::Occupied(place) => Err(Error::malformed(format_args!(
                "tensor '{name}' is defined twice, by {} and by {}; names must be unique: rename one",
                describe(self.all[*place.get()].1, graph),
                describe(source, graph)
            ))),
        }
    }

    /// Whether a body takes the tensor from the graph around it.
    pub(super) fn is_outside(&self, id: TensorId) -> bool {
        self.all[id].1 == Source::Outside
    }

    /// Number of tensors.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// All tensors, ascending.
    pub(super) fn all(&self) -> impl Iterator<Item = (TensorId, &'a str)> + '_ {
        self.all.iter().map(|(id, (name, _))| (id, *name))
    }

    /// What the caller feeds.
    pub(super) fn inputs(&self) -> &[TensorId] {
        &self.inputs
    }

    /// The tensor of this name, if there is one.
    pub(super) fn defined(&self, name: &str) -> Option<TensorId> {
        self.ids.get(name).copied()
    }

    /// The tensor that the node of this index reads, which must have been written before.
    pub(super) fn read(&self, name: &str, index: usize, graph: &View<'a>) -> Result<TensorId> {
        let reader = || graph.nodes[index].title();
        let Some(id) = self.defined(name) else {
            return Err(Error::malformed(format_args!(
                "node {} reads '{name}', which nothing defines; the file is damaged or was cut out of a larger model",
                reader()
            )));
        };
        match self.all[id].1 {
            Source::Node(writer) if writer >= index => Err(Error::malformed(format_args!(
                "node {} reads '{name}' before {} writes it; the nodes form a cycle, or must be sorted first",
                reader(),
                describe(Source::Node(writer), graph)
            ))),
            _ => Ok(id),
        }
    }

    /// The tensor that the caller reads under this name.
    pub(super) fn output(&self, name: &str) -> Result<TensorId> {
        self.defined(name).ok_or_else(|| {
            Error::malformed(format_args!(
                "the graph's output '{name}' is written by no node; the file is damaged or was cut out of a larger model"
            ))
        })
    }
}

fn describe(source: Source, graph: &View<'_>) -> String {
    match source {
        Source::Input => "an input of the graph".to_owned(),
        Source::Outside => "the graph around the body".to_owned(),
        Source::Weight => "an initializer".to_owned(),
        Source::Node(index) => format!("node {}", graph.nodes[index].title()),
    }
}
