//! Tensors whose size is not known: why, and what to do about it.

use lowtide_core::graph::DType;

use super::super::schema::{Dim, NodeView, TypeView};
use super::super::shapes::{Fact, Scope, is_known};
use super::GraphView as View;
use crate::error::{Error, Result};

/// The first tensor that lacks a size, and how many more do. What stands before the first one is known, so that the reason
/// lies there.
#[derive(Default)]
pub(super) struct Lacking<'a> {
    first: Option<&'a str>,
    count: usize,
}

impl<'a> Lacking<'a> {
    /// Adds a tensor. Tensors come in the order of the file.
    pub(super) fn add(&mut self, name: &'a str) {
        self.first.get_or_insert(name);
        self.count += 1;
    }

    /// An error, if there is any such tensor.
    pub(super) fn refuse(&self, graph: &View<'a>, scope: &Scope<'_, 'a>) -> Result<()> {
        let Some(name) = self.first else {
            return Ok(());
        };
        let nothing = Fact::default();
        let fact = scope.fact(name).unwrap_or(&nothing);
        let node = graph.nodes.iter().find(|node| node.outputs.contains(&name));
        let place = match node {
            Some(node) => format!("written by node {}", node.title()),
            None => "an input of the graph".to_owned(),
        };
        let more = match self.count - 1 {
            0 => String::new(),
            more => format!(" ({more} more tensors lack a size, many of them for this reason)"),
        };
        Err(Error::unsupported(format_args!(
            "the size of tensor '{name}', {place}, is not known: {}{more}",
            reason(name, fact, node, declared(graph, name))
        )))
    }
}

fn declared<'g, 'a>(graph: &'g View<'a>, name: &str) -> Option<&'g TypeView<'a>> {
    let infos = graph.inputs.iter().chain(&graph.outputs);
    let mut infos = infos.chain(&graph.value_info);
    infos
        .find(|(other, _)| *other == name)
        .map(|(_, what)| what)
}

fn reason(
    name: &str,
    fact: &Fact,
    node: Option<&NodeView<'_>>,
    declared: Option<&TypeView<'_>>,
) -> String {
    if let Some(other) = declared.and_then(|declared| declared.other) {
        return format!("it is {other}, whose size depends on data; cut the model before it");
    }
    if let Some(DType::String | DType::Resource | DType::Variant) = fact.dtype {
        return "its elements have no fixed width; cut the model behind it".to_owned();
    }
    if let Some(shape) = &fact.shape {
        if fact.dtype.is_some() && !shape.contains(&None) {
            return format!(
                "its shape {shape:?} holds more elements than any memory; check the file"
            );
        }
        let axes = (0..shape.len()).filter(|&axis| shape[axis].is_none());
        let dims: Vec<String> = axes.map(|axis| dim(name, axis, declared)).collect();
        if !dims.is_empty() {
            return format!(
                "its shape depends on data; give it, as in {}",
                dims.join(" ")
            );
        }
    }
    match node {
        Some(node) if !is_known(node.domain, node.op_type) => format!(
            "no rule tells the shape of operator {}; run onnx.shape_inference.infer_shapes or declare it in value_info",
            node.op_type
        ),
        _ => "neither the file nor its inputs tell its shape and type; declare them in value_info"
            .to_owned(),
    }
}

/// The option that gives an open dimension its size.
fn dim(name: &str, axis: usize, declared: Option<&TypeView<'_>>) -> String {
    let symbol = declared.and_then(|declared| declared.shape.as_ref()?.get(axis).copied());
    match symbol {
        Some(Dim::Named(symbol)) => format!("--dim {symbol}=1"),
        _ => format!("--dim {name}:{axis}=1"),
    }
}
