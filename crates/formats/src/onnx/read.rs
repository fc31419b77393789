//! From a model's bytes to a [`Graph`].
//!
//! Every node becomes one operator, in the order of the file, so that the `n`-th [`OpId`](lowtide_core::ids::OpId) is the
//! `n`-th node. A node with bodies (If, Loop, Scan) is one operator too; it reads what its bodies capture, listed behind
//! its own inputs. What the bodies need inside is not counted.

mod captures;
mod names;
mod sizes;
mod twins;

use lowtide_core::graph::{ArrayType, Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use lowtide_core::ids::{Id, TensorId};
use lowtide_core::units::Bytes;

use super::ops;
use super::schema::{GraphView, ModelView, NodeView, is_standard};
use super::shapes::{Bindings, Fact, Scope, infer, infer_open};
use crate::error::{Error, Result};
use names::Names;
use twins::Twins;

pub(crate) use captures::{captured, locals};

/// Reads a model. `dims` gives sizes to dimensions that the file leaves open, by symbol (`batch`) or by tensor and axis
/// (`images:0`).
///
/// # Errors
/// Names the node or tensor, and the remedy: damaged bytes, an operator set older than 7, calls of functions of the model,
/// names that are undefined, written twice or read before they are written, open dimensions that `dims` does not give, and
/// tensors whose size neither the file nor inference tells.
pub(crate) fn read(bytes: &[u8], dims: &[(String, u64)]) -> Result<Graph> {
    let model = ModelView::parse(bytes)?;
    refuse_functions(&model)?;
    let bindings = Bindings::new(dims);
    let names = Names::collect(&model.graph)?;
    let scope = infer(&model, &bindings)?;
    let nothing = Bindings::new(&[]);
    let open = match dims {
        [] => None,
        _ => Some(infer_open(&model, &nothing)?),
    };
    let reader = Reader {
        model: &model,
        names,
        scope,
        open,
        twins: Twins::among(&model.graph.nodes),
        builder: GraphBuilder::new(model.graph.name),
        reads: Vec::new(),
        constant: Vec::new(),
    };
    let graph = reader.build()?;
    bindings.check_all_used(&model.graph.inputs)?;
    Ok(graph)
}

fn refuse_functions(model: &ModelView<'_>) -> Result<()> {
    let same = |a: &str, b: &str| a == b || (is_standard(a) && is_standard(b));
    let calls = |node: &&NodeView<'_>| {
        let mut functions = model.functions.iter();
        functions.any(|&(domain, name)| name == node.op_type && same(domain, node.domain))
    };
    match model.graph.nodes.iter().find(calls) {
        Some(node) => Err(Error::unsupported(format_args!(
            "node {} calls a function that the model defines; write the functions out first, with \
             onnx.inliner.inline_local_functions(model)",
            node.title()
        ))),
        None => Ok(()),
    }
}

struct Reader<'m, 'a> {
    model: &'m ModelView<'a>,
    names: Names<'a>,
    scope: Scope<'m, 'a>,
    /// What is known whatever size the caller gives to open dimensions, where it gives any.
    open: Option<Scope<'m, 'a>>,
    twins: Twins,
    builder: GraphBuilder,
    /// By node: what it reads.
    reads: Vec<Vec<Option<TensorId>>>,
    /// By tensor: whether it is a weight, or computed from weights alone.
    constant: Vec<bool>,
}

impl<'a> Reader<'_, 'a> {
    fn build(mut self) -> Result<Graph> {
        let graph = &self.model.graph;
        let nodes = graph.nodes.iter().enumerate();
        self.reads = nodes
            .map(|(index, node)| self.resolve(index, node))
            .collect::<Result<_>>()?;
        self.mark_constants();
        self.add_tensors()?;
        let used = self.used_tensors()?;
        for (index, node) in graph.nodes.iter().enumerate() {
            let op = self.op(index, node, &used);
            self.builder.op(op);
        }
        for &id in self.names.inputs() {
            self.builder.input(id);
        }
        for (name, _) in &graph.outputs {
            self.builder.output(self.names.output(name)?);
        }
        Ok(self.builder.build()?)
    }

    /// What the node reads: its inputs slot by slot, then what its bodies capture.
    fn resolve(&self, index: usize, node: &NodeView<'a>) -> Result<Vec<Option<TensorId>>> {
        let slot = |name: &&'a str| match *name {
            "" => Ok(None),
            name => self.names.read(name, index, &self.model.graph).map(Some),
        };
        let captures = captured(node, self.model.graph.depth)?;
        node.inputs.iter().chain(&captures).map(slot).collect()
    }

    fn mark_constants(&mut self) {
        self.constant = vec![false; self.names.len()];
        let weights = self.model.graph.initializers.iter();
        let weights = weights.filter_map(|tensor| self.names.defined(tensor.name));
        weights.for_each(|id| self.constant[id.index()] = true);
        for (node, reads) in self.model.graph.nodes.iter().zip(&self.reads) {
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
            if bytes.is_none() && !constant {
                unsized_tensors.add(name);
            }
            self.builder.tensor(Tensor {
                name: name.to_owned(),
                bytes: bytes.unwrap_or(Bytes::ZERO),
                role: if constant {
                    Role::Constant
                } else {
                    Role::Activation
                },
                array,
            });
        }
        unsized_tensors.refuse(&self.model.graph, &self.scope)
    }

    /// What holds for every size of open dimensions.
    fn lasting(&self) -> &Scope<'_, 'a> {
        self.open.as_ref().unwrap_or(&self.scope)
    }

    /// By tensor: whether a node or the caller reads it.
    fn used_tensors(&self) -> Result<Vec<bool>> {
        let mut used = vec![false; self.names.len()];
        for id in self.reads.iter().flatten().flatten() {
            used[id.index()] = true;
        }
        for (name, _) in &self.model.graph.outputs {
            used[self.names.output(name)?.index()] = true;
        }
        Ok(used)
    }

    fn op(&self, index: usize, node: &NodeView<'a>, used: &[bool]) -> Op {
        let lasting = self.lasting();
        let call = lasting.call(node, self.model.opset);
        let facts: Vec<_> = node.outputs.iter().map(|n| lasting.fact(n)).collect();
        let is_used = |name: &&str| self.names.defined(name).is_some_and(|id| used[id.index()]);
        let uses: Vec<bool> = node.outputs.iter().map(is_used).collect();
        let outputs = node.outputs.iter().filter_map(|n| self.names.defined(n));
        Op {
            name: node.name.to_owned(),
            label: label(node),
            kind: match self.twins.number(index) {
                Some(value) => OpKind::Constant { value },
                None => ops::kind(&call, &facts, &uses),
            },
            inputs: self.reads[index].clone(),
            outputs: outputs.collect(),
            has_effects: false,
        }
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
