//! Nodes with other names, bodies included.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::read::locals;
use super::super::schema::{GraphView, graph_field, graph_of, node_field};
use super::super::wire::{Field, Message, Value, utf8};
use super::splice::{Edit, splice};
use crate::error::{Error, Result};

/// Old names and new ones.
type Changed<'c> = HashMap<&'c str, &'c str>;

/// A node in which tensors of the graph around it, which has `depth` graphs around it, go by their new names.
pub(super) fn renamed<'a>(
    node: &'a [u8],
    changed: &Changed<'_>,
    depth: usize,
) -> Result<Cow<'a, [u8]>> {
    if changed.is_empty() {
        return Ok(Cow::Borrowed(node));
    }
    let message = Message::parse(node, "a node")?;
    let (copy, differs) = splice(message, |field| match (field.number, field.value) {
        (node_field::INPUT | node_field::OUTPUT, Value::Bytes(name)) => rename(name, changed),
        (node_field::ATTRIBUTE, Value::Bytes(bytes)) => attribute(bytes, changed, depth),
        _ => Ok(Edit::Keep),
    })?;
    Ok(if differs {
        Cow::Owned(copy)
    } else {
        Cow::Borrowed(node)
    })
}

fn rename(name: &[u8], changed: &Changed<'_>) -> Result<Edit<Vec<u8>>> {
    let new = changed.get(utf8(name, "a tensor's name")?);
    Ok(new.map_or(Edit::Keep, |new| Edit::Replace(new.as_bytes().to_vec())))
}

/// What differs is written anew; what does not keeps its bytes, unusual encodings included.
fn if_differs((copy, differs): (Vec<u8>, bool)) -> Edit<Vec<u8>> {
    if differs {
        Edit::Replace(copy)
    } else {
        Edit::Keep
    }
}

fn attribute(bytes: &[u8], changed: &Changed<'_>, depth: usize) -> Result<Edit<Vec<u8>>> {
    let message = Message::parse(bytes, "an attribute")?;
    let copy = splice(message, |field| match graph_of(*field) {
        Some(bytes) => body(bytes, changed, depth + 1),
        None => Ok(Edit::Keep),
    })?;
    Ok(if_differs(copy))
}

/// A body, in which names of its own hide those of the graph around it.
fn body(bytes: &[u8], changed: &Changed<'_>, depth: usize) -> Result<Edit<Vec<u8>>> {
    let view = GraphView::parse(bytes, depth)?;
    let own = locals(&view);
    let mut visible = changed.clone();
    visible.retain(|old, _| !own.contains(old));
    if let Some((old, new)) = visible.iter().find(|(_, new)| own.contains(*new)) {
        return Err(Error::refused(format_args!(
            "'{old}' can not become '{new}' in the body '{}', which has a tensor of that name; rename that one",
            view.name
        )));
    }
    let copy = splice(view.message, |field| body_field(field, &visible, depth))?;
    Ok(if_differs(copy))
}

fn body_field(field: &Field<'_>, visible: &Changed<'_>, depth: usize) -> Result<Edit<Vec<u8>>> {
    match (field.number, field.value) {
        (graph_field::NODE, Value::Bytes(node)) => Ok(match renamed(node, visible, depth)? {
            Cow::Owned(node) => Edit::Replace(node),
            Cow::Borrowed(_) => Edit::Keep,
        }),
        (graph_field::OUTPUT, Value::Bytes(info)) => {
            let info = Message::parse(info, "a tensor's description")?;
            let copy = splice(info, |field| match (field.number, field.value) {
                (1, Value::Bytes(name)) => rename(name, visible),
                _ => Ok(Edit::Keep),
            })?;
            Ok(if_differs(copy))
        }
        _ => Ok(Edit::Keep),
    }
}
