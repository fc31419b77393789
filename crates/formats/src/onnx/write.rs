//! From a changed graph and an order back to a model's bytes.
//!
//! The source is spliced, not written anew: nodes stand in the new order in the places where nodes stood, names are exchanged
//! where tensors were merged, and everything else is copied as it is.

mod bodies;
mod names;
mod node;
mod parts;
mod splice;

use std::borrow::Cow;

use lowtide_core::graph::Graph;
use lowtide_core::ids::Id;
use lowtide_core::plan::{OpOrigin, Order, Rewriting};

use super::schema::{ModelView, graph_field, model_field, named};
use super::wire::{Message, Value, put_bytes};
use crate::error::{Error, Result};
use names::Names;
use splice::{Edit, splice};

pub(crate) use bodies::with_bodies;
pub(super) use parts::wiring_left_out;

/// Writes the model of `source`, which was read from `bytes`, after `rewriting`, with its nodes in `order`.
///
/// # Errors
/// Where graphs, order and bytes do not belong together, and where two of the graph's inputs or outputs were merged.
pub(crate) fn write(
    bytes: &[u8],
    source: &Graph,
    rewriting: &Rewriting,
    order: &Order,
) -> Result<Vec<u8>> {
    let model = ModelView::parse(bytes)?;
    let rewriting = &*parts::named(rewriting, &model.graph)?;
    let names = Names::new(source, rewriting)?;
    let steps = steps(&model, source, rewriting, order, &names)?;
    let weights = parts::weights(rewriting, &model.graph, source)?;
    let keeps_weights = model.has_training;
    let (model, _) = splice(model.message, |field| match (field.number, field.value) {
        (model_field::GRAPH, Value::Bytes(graph)) => {
            let graph = Message::parse(graph, "the graph")?;
            Ok(Edit::Replace(write_graph(
                graph,
                &steps,
                &weights,
                &names,
                keeps_weights,
            )?))
        }
        _ => Ok(Edit::Keep),
    })?;
    Ok(model)
}

/// For each step of the order, its node.
fn steps<'m>(
    model: &ModelView<'m>,
    source: &Graph,
    rewriting: &Rewriting,
    order: &Order,
    names: &Names<'_>,
) -> Result<Vec<Cow<'m, [u8]>>> {
    let nodes: Vec<&[u8]> = model.graph.message.each(graph_field::NODE).collect();
    let mismatch = || Error::refused("the graph was not read from this model; read it again");
    if source.ops().len() != nodes.len() {
        return Err(mismatch());
    }
    let mut seen = vec![false; rewriting.graph.ops().len()];
    let mut places = Vec::with_capacity(order.len());
    for &op in order.ops() {
        let origin = *rewriting.op_origins.get(op).ok_or_else(mismatch)?;
        if std::mem::replace(&mut seen[op.index()], true) {
            return Err(Error::refused(format_args!("the order runs {op} twice")));
        }
        places.push(match origin {
            OpOrigin::Source(old) => {
                let node = nodes.get(old.index()).ok_or_else(mismatch)?;
                node::renamed(node, names.changed(), 0)?
            }
            _ => Cow::Owned(parts::node(rewriting, &nodes, op)?),
        });
    }
    let (steps, ops) = (places.len(), rewriting.graph.ops().len());
    if steps != ops {
        return Err(Error::refused(format_args!(
            "the order has {steps} steps for {ops} operators"
        )));
    }
    Ok(places)
}

/// The main graph: the node of the `n`-th step takes the place of the `n`-th node; what is left stands behind all else.
fn write_graph(
    graph: Message<'_>,
    steps: &[Cow<'_, [u8]>],
    weights: &[Vec<u8>],
    names: &Names<'_>,
    keeps_weights: bool,
) -> Result<Vec<u8>> {
    let annotated = annotations(graph)?;
    let mut steps = steps.iter();
    let (mut written, _) = splice(graph, |field| {
        let Value::Bytes(value) = field.value else {
            return Ok(Edit::Keep);
        };
        let gone = match field.number {
            graph_field::NODE => {
                return Ok(match steps.next() {
                    Some(step) => Edit::Replace(step.clone()),
                    None => Edit::Drop,
                });
            }
            graph_field::VALUE_INFO | graph_field::QUANTIZATION => names.has_gone(named(value)?),
            graph_field::INITIALIZER | graph_field::SPARSE_INITIALIZER => {
                let name = weight_name(field.number, value)?;
                !keeps_weights && !annotated.contains(&name) && names.is_dead_weight(name)
            }
            _ => false,
        };
        Ok(if gone { Edit::Drop } else { Edit::Keep })
    })?;
    steps.for_each(|step| put_bytes(&mut written, graph_field::NODE, step));
    for weight in weights {
        put_bytes(&mut written, graph_field::INITIALIZER, weight);
    }
    Ok(written)
}

fn weight_name(number: u32, value: &[u8]) -> Result<&str> {
    let tensor = match number {
        graph_field::SPARSE_INITIALIZER => Message::parse(value, "a sparse tensor")?.last(1),
        _ => Some(value),
    };
    Message::parse(tensor.unwrap_or_default(), "a tensor")?.text(8, "a tensor's name")
}

/// Names of the weights that quantisation annotations point to.
fn annotations(graph: Message<'_>) -> Result<Vec<&str>> {
    let mut names = Vec::new();
    for annotation in graph.each(graph_field::QUANTIZATION) {
        for entry in Message::parse(annotation, "a tensor's annotation")?.each(2) {
            names.push(Message::parse(entry, "an annotation")?.text(2, "a tensor's name")?);
        }
    }
    Ok(names)
}
