//! One graph, the model's own or a body, from its nodes to a [`Graph`].

use lowtide_core::graph::{ArrayType, Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use lowtide_core::ids::{Id, TensorId};
use lowtide_core::units::Bytes;

use super::super::ops;
use super::super::schema::{GraphView, NodeView, TensorView, is_standard};
use super::super::shapes::{Fact, Scope, Walk};
use super::bodies::{self, Body, Place};
use super::captures::{captured, free};
use super::names::Names;
use super::sizes;
use super::twins::Twins;
use crate::error::Result;

/// A graph on its way to a [`Graph`]: the model's own, or a body.
pub(super) struct Reader<'r, 'a> {
    walk: &'r Walk<'r, 'r>,
    graph: &'r GraphView<'a>,
    names: Names<'a>,
    scope: &'r Scope<'r, 'a>,
    /// What is known whatever size the caller gives to open dimensions, where it gives any.
    open: Option<&'r Scope<'r, 'a>>,
    twins: Twins,
    builder: GraphBuilder,
    /// By node: what it reads.
    reads: Vec<Vec<Option<TensorId>>>,
    /// By tensor: whether it is a weight, or computed from weights alone.
    constant: Vec<bool>,
    /// Where the graph is, and all bodies in it.
    place: Place,
    bodies: Vec<Body>,
}

impl<'r, 'a> Reader<'r, 'a> {
    /// Gives identifiers to the tensors of a graph, of which `scope` is known. `open` is what is known where the caller gives
    /// no sizes, if it does; `place` says which body it is.
    pub(super) fn new(
        walk: &'r Walk<'r, 'r>,
        graph: &'r GraphView<'a>,
        scope: &'r Scope<'r, 'a>,
        open: Option<&'r Scope<'r, 'a>>,
        place: Place,
    ) -> Result<Self> {
        let outside = match place.is_main() {
            true => Vec::new(),
            false => free(graph)?,
        };
        Ok(Self {
            walk,
            graph,
            names: Names::collect(graph, outside)?,
            scope,
            open,
            twins: Twins::among(&graph.nodes),
            builder: GraphBuilder::new(graph.name),
            reads: Vec::new(),
            constant: Vec::new(),
            place,
            bodies: Vec::new(),
        })
    }

    /// The graph, and all bodies in it, each behind those inside it.
    pub(super) fn build(mut self) -> Result<(Graph, Vec<Body>)> {
        let graph = self.graph;
        let nodes = graph.nodes.iter().enumerate();
        self.reads = nodes
            .map(|(index, node)| self.resolve(index, node))
            .collect::<Result<_>>()?;
        self.mark_constants();
        self.add_tensors()?;
        let used = self.used_tensors()?;
        for (index, node) in graph.nodes.iter().enumerate() {
            let mut op = self.op(index, node, &used);
            op.outputs.extend(self.inside(index, node, &op.outputs)?);
            self.builder.op(op);
        }
        for &id in self.names.inputs() {
            self.builder.input(id);
        }
        for (name, _) in &graph.outputs {
            self.builder.output(self.names.output(name)?);
        }
        Ok((self.builder.build()?, self.bodies))
    }

    /// What the node reads: its inputs slot by slot, then what its bodies capture.
    fn resolve(&self, index: usize, node: &NodeView<'a>) -> Result<Vec<Option<TensorId>>> {
        let slot = |name: &&'a str| match *name {
            "" => Ok(None),
            name => self.names.read(name, index, self.graph).map(Some),
        };
        let captures = captured(node, self.graph.depth)?;
        node.inputs.iter().chain(&captures).map(slot).collect()
    }

    fn mark_constants(&mut self) {
        self.constant = vec![false; self.names.len()];
        let weights = self.graph.initializers.iter();
        let weights = weights.filter_map(|tensor| self.names.defined(tensor.name));
        weights.for_each(|id| self.constant[id.index()] = true);
        for (node, reads) in self.graph.nodes.iter().zip(&self.reads) {
            let mut reads = reads.iter().flatten().peekable();
            let from_weights = reads.peek().is_some() && reads.all(|id| self.constant[id.index()]);
            if from_weights || ops::is_constant(node) {
                let written = node
                    .outputs
                    .iter()
                    .filter_map(|name| self.names.defined(name));
                written.for_each(|id| self.constant[id.index()] = true);
            }
        }
    }

    fn add_tensors(&mut self) -> Result<()> {
        let mut unsized_tensors = sizes::Lacking::default();
        for (id, name) in self.names.all() {
            let array = self.scope.fact(name).and_then(Fact::array);
            let bytes = array.as_ref().and_then(ArrayType::bytes);
            // An axis stays open whatever size is asked about: rules hold for every size.
            let array = self.lasting().fact(name).and_then(Fact::array).or(array);
            let constant = self.constant[id.index()];
            let outside = self.names.is_outside(id);
            if bytes.is_none() && !constant && !outside {
                unsized_tensors.add(name);
            }
            self.builder.tensor(Tensor {
                name: name.to_owned(),
                // What stands in the graph around a body is counted there.
                bytes: bytes.filter(|_| !outside).unwrap_or_default(),
                role: if constant {
                    Role::Constant
                } else {
                    Role::Activation
                },
                array,
            });
        }
        unsized_tensors.refuse(self.graph, self.scope)
    }

    /// What holds for every size of open dimensions.
    fn lasting(&self) -> &Scope<'_, 'a> {
        self.open.unwrap_or(self.scope)
    }

    /// What the node needs inside its bodies, beyond what it writes: a tensor that is there while it runs.
    fn inside(
        &mut self,
        index: usize,
        node: &NodeView<'a>,
        writes: &[TensorId],
    ) -> Result<Option<TensorId>> {
        let found = bodies::read(self.walk, node, self.scope, &self.place.node(index))?;
        let sizes = |name: &str| {
            let id = self.names.defined(name)?;
            self.scope
                .fact(name)?
                .array()?
                .bytes()
                .filter(|_| !self.constant[id.index()])
        };
        let bytes = bodies::workspace(node, &found, sizes);
        self.bodies
            .extend(found.into_iter().flat_map(bodies::Found::all));
        let constant = writes.iter().all(|id| self.constant[id.index()]);
        Ok((bytes > Bytes::ZERO && !constant).then(|| {
            self.builder.tensor(Tensor {
                name: format!("inside {}", node.title()),
                bytes,
                role: Role::Activation,
                array: None,
            })
        }))
    }

    /// By tensor: whether a node or the caller reads it.
    fn used_tensors(&self) -> Result<Vec<bool>> {
        let mut used = vec![false; self.names.len()];
        for id in self.reads.iter().flatten().flatten() {
            used[id.index()] = true;
        }
        for (name, _) in &self.graph.outputs {
            used[self.names.output(name)?.index()] = true;
        }
        Ok(used)
    }

    fn op(&self, index: usize, node: &NodeView<'a>, used: &[bool]) -> Op {
        let lasting = self.lasting();
        let call = lasting.call(node, self.walk.opset);
        let facts: Vec<_> = node.outputs.iter().map(|n| lasting.fact(n)).collect();
        let is_used = |name: &&str| self.names.defined(name).is_some_and(|id| used[id.index()]);
        let uses: Vec<bool> = node.outputs.iter().map(is_used).collect();
        let outputs = node.outputs.iter().filter_map(|n| self.names.defined(n));
        Op {
            name: node.name.to_owned(),
            label: label(node),
            kind: match self.twins.number(index) {
                Some(value) => OpKind::Constant { value },
                None => self.cuttable(node, ops::kind(&call, &facts, &uses)),
            },
            inputs: self.reads[index].clone(),
            outputs: outputs.collect(),
            has_effects: false,
        }
    }
}

/// What can be cut along an axis.
impl Reader<'_, '_> {
    /// The kind, if all parameters can be cut: weights of the file, stored in it, that no caller may exchange. What has others is opaque.
    fn cuttable(&self, node: &NodeView<'_>, kind: OpKind) -> OpKind {
        let params: Vec<u32> = match &kind {
            OpKind::Contract { .. } => vec![1, 2],
            OpKind::Channelwise { params, .. } => params.iter().map(|param| param.0).collect(),
            _ => return kind,
        };
        let is_fed = |name: &str| self.graph.inputs.iter().any(|input| input.0 == name);
        let plain = |name: &str| {
            let mut weights = self.graph.initializers.iter();
            let weight = weights.find(|weight| weight.name == name);
            weight.is_some_and(TensorView::is_plain) && !is_fed(name)
        };
        let names = params.iter().filter_map(|&i| node.inputs.get(i as usize));
        let all = names
            .filter(|name| !name.is_empty())
            .all(|name| plain(name));
        if all { kind } else { OpKind::Opaque }
    }
}

/// The operator's type, with its domain where that is not the standard one.
fn label(node: &NodeView<'_>) -> String {
    if is_standard(node.domain) {
        node.op_type.to_owned()
    } else {
        format!("{}.{}", node.domain, node.op_type)
    }
}
