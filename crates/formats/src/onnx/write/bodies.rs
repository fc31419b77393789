//! Bodies with their nodes in another order. Everything else in and around them is copied.

use lowtide_core::ids::Id;
use lowtide_core::plan::Order;

use super::super::read::Place;
use super::super::schema::{graph_field, graph_of, model_field, node_field};
use super::super::wire::{Field, Message, Value};
use super::splice::{Edit, splice};
use crate::error::{Error, Result};

/// The model of `bytes` with the bodies at these places in these orders.
///
/// # Errors
/// Where there is no such body, or the order is none of it.
pub(crate) fn with_bodies(bytes: &[u8], orders: &[(&Place, &Order)]) -> Result<Vec<u8>> {
    let mut bytes = bytes.to_vec();
    for (place, order) in orders {
        let model = Message::parse(&bytes, "the model")?;
        let mut done = false;
        let (copy, _) = splice(model, |field| match (field.number, field.value) {
            (model_field::GRAPH, Value::Bytes(graph)) => {
                Ok(Edit::Replace(in_graph(graph, &place.0, order, &mut done)?))
            }
            _ => Ok(Edit::Keep),
        })?;
        if !done {
            return Err(mismatch());
        }
        bytes = copy;
    }
    Ok(bytes)
}

fn mismatch() -> Error {
    Error::refused("the body is not one of this model; read it again")
}

/// A graph in which the body at `place`, from here inwards, is in `order`.
fn in_graph(
    graph: &[u8],
    place: &[(usize, String)],
    order: &Order,
    done: &mut bool,
) -> Result<Vec<u8>> {
    let graph = Message::parse(graph, "a graph")?;
    let Some(((index, attribute), further)) = place.split_first() else {
        *done = true;
        return reordered(graph, order);
    };
    let mut nodes = 0..;
    let (copy, _) = splice(graph, |field| match (field.number, field.value) {
        (graph_field::NODE, Value::Bytes(node)) if nodes.next() == Some(*index) => {
            let node = Message::parse(node, "a node")?;
            let mut edit = |field: &Field<'_>| in_attribute(field, attribute, further, order, done);
            Ok(Edit::Replace(splice(node, &mut edit)?.0))
        }
        _ => Ok(Edit::Keep),
    })?;
    Ok(copy)
}

/// A field of a node: the first attribute of the name holds the body, in its first graph.
fn in_attribute(
    field: &Field<'_>,
    name: &str,
    further: &[(usize, String)],
    order: &Order,
    done: &mut bool,
) -> Result<Edit<Vec<u8>>> {
    let (node_field::ATTRIBUTE, Value::Bytes(bytes)) = (field.number, field.value) else {
        return Ok(Edit::Keep);
    };
    let attribute = Message::parse(bytes, "an attribute")?;
    if *done || attribute.text(1, "an attribute's name")? != name {
        return Ok(Edit::Keep);
    }
    let (copy, _) = splice(attribute, |field| match graph_of(*field) {
        Some(graph) if !*done => Ok(Edit::Replace(in_graph(graph, further, order, done)?)),
        _ => Ok(Edit::Keep),
    })?;
    Ok(Edit::Replace(copy))
}

/// The node of the `n`-th step takes the place of the `n`-th node.
fn reordered(graph: Message<'_>, order: &Order) -> Result<Vec<u8>> {
    let nodes: Vec<&[u8]> = graph.each(graph_field::NODE).collect();
    let mut places: Vec<usize> = order.ops().iter().map(|op| op.index()).collect();
    let mut steps = places.clone().into_iter();
    places.sort_unstable();
    if !places.into_iter().eq(0..nodes.len()) {
        return Err(mismatch());
    }
    let (copy, _) = splice(graph, |field| match (field.number, field.value) {
        (graph_field::NODE, Value::Bytes(_)) => {
            let place = steps.next().ok_or_else(mismatch)?;
            Ok(Edit::Replace(nodes[place].to_vec()))
        }
        _ => Ok(Edit::Keep),
    })?;
    Ok(copy)
}
