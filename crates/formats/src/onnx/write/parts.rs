//! The nodes and weights that a rewriting adds, made of the source's.

use std::borrow::Cow;
use std::collections::HashSet;

use lowtide_core::graph::{DType, Graph, GraphBuilder, OpKind, Tensor};
use lowtide_core::ids::{Id, OpId, TensorId};
use lowtide_core::plan::{OpOrigin, Rewriting, TensorOrigin};

use super::super::schema::{GraphView, Literal, TensorView, node_field};
use super::super::shapes::MAX_ELEMENTS;
use super::super::wire::{Message, Value, put_bytes, put_int};
use super::splice::{Edit, splice};
use crate::error::{Error, Result};

/// The field of `NodeProto` with the operator's type.
const OP_TYPE: u32 = 4;
/// The field of `NodeProto` with the node's name.
const NAME: u32 = 3;

/// The rewriting with names for the tensors and nodes that it adds which nothing else in the model has.
///
/// # Errors
/// None for a rewriting that has passed its referee.
pub(super) fn named<'r>(
    rewriting: &'r Rewriting,
    view: &GraphView<'_>,
) -> Result<Cow<'r, Rewriting>> {
    let made = |t: TensorId| !matches!(rewriting.tensor_origins[t], TensorOrigin::Source(_));
    let graph = &rewriting.graph;
    let kept = |op: OpId| matches!(rewriting.op_origins[op], OpOrigin::Source(_));
    if !graph.tensors().ids().any(made) && graph.ops().ids().all(kept) {
        return Ok(Cow::Borrowed(rewriting));
    }
    let weights = view.initializers.iter().map(|weight| weight.name);
    let ends = view.inputs.iter().chain(&view.outputs).map(|end| end.0);
    let mut taken: HashSet<String> = weights.chain(ends).map(str::to_owned).collect();
    let nodes: Vec<&[u8]> = view.message.each(super::graph_field::NODE).collect();
    let mut builder = GraphBuilder::new(graph.name());
    for (t, tensor) in graph.tensors().iter() {
        let mut tensor: Tensor = tensor.clone();
        if made(t) {
            let stem = tensor.name.clone();
            let mut tries = 1u32;
            while taken.contains(&tensor.name) || nodes.iter().any(|node| holds(node, &tensor.name))
            {
                tries += 1;
                tensor.name = format!("{stem}_{tries}");
            }
            taken.insert(tensor.name.clone());
        }
        builder.tensor(tensor);
    }
    let old = graph.ops().iter().filter(|(id, _)| kept(*id));
    let mut nodes: HashSet<String> = old.map(|(_, op)| op.name.clone()).collect();
    for (id, op) in graph.ops().iter() {
        let mut op = op.clone();
        // ONNX Runtime refuses two nodes of one name, but not two without.
        if !kept(id) && !op.name.is_empty() {
            let stem = op.name.clone();
            let mut tries = 1u32;
            while !nodes.insert(op.name.clone()) {
                tries += 1;
                op.name = format!("{stem}_{tries}");
            }
        }
        builder.op(op);
    }
    graph.inputs().iter().for_each(|&t| builder.input(t));
    graph.outputs().iter().for_each(|&t| builder.output(t));
    graph
        .control()
        .iter()
        .for_each(|&(a, b)| builder.control(a, b));
    Ok(Cow::Owned(Rewriting {
        graph: builder.build()?,
        ..rewriting.clone()
    }))
}

/// Whether a node names something so, itself or in a body: whether the name stands anywhere in it.
fn holds(node: &[u8], name: &str) -> bool {
    name.is_empty()
        || node
            .windows(name.len())
            .any(|window| window == name.as_bytes())
}

/// The bytes of a node that the source does not have. `nodes` are the source's.
///
/// # Errors
/// Damaged nodes.
pub(super) fn node(rewriting: &Rewriting, nodes: &[&[u8]], op: OpId) -> Result<Vec<u8>> {
    let graph = &rewriting.graph;
    let node = graph.op(op);
    let mut bytes = match rewriting.op_origins[op] {
        OpOrigin::Sum { .. } => {
            let mut bytes = Vec::new();
            put_bytes(&mut bytes, OP_TYPE, node.label.as_bytes());
            bytes
        }
        origin => {
            let source = nodes.get(origin.op().index());
            let source =
                source.ok_or_else(|| Error::refused("the graph was not read from this model"))?;
            stripped(source, groups(graph, op))?
        }
    };
    for (number, tensors) in [
        (node_field::INPUT, node.inputs.as_slice()),
        (
            node_field::OUTPUT,
            &node.outputs.iter().copied().map(Some).collect::<Vec<_>>(),
        ),
    ] {
        for t in tensors {
            let name = t.map_or("", |t| graph.tensor(t).name.as_str());
            put_bytes(&mut bytes, number, name.as_bytes());
        }
    }
    if !node.name.is_empty() {
        put_bytes(&mut bytes, NAME, node.name.as_bytes());
    }
    Ok(bytes)
}

/// How many groups of channels a part works on, where it is one of a grouped convolution.
fn groups(graph: &Graph, op: OpId) -> Option<i64> {
    let node = graph.op(op);
    let OpKind::Channelwise { axis, group, .. } = &node.kind else {
        return None;
    };
    let data = graph.tensor(node.inputs.first().copied()??);
    let channels = (*data.array.as_ref()?.shape.get(*axis as usize)?)?;
    i64::try_from(channels.checked_div(u64::from(*group))?).ok()
}

/// A node without name, inputs and outputs.
pub(in crate::onnx) fn wiring_left_out(node: &[u8]) -> Result<Vec<u8>> {
    stripped(node, None)
}

/// A node without name, inputs and outputs, with this number of groups if it has such an attribute.
fn stripped(node: &[u8], groups: Option<i64>) -> Result<Vec<u8>> {
    let message = Message::parse(node, "a node")?;
    let (bytes, _) = splice(message, |field| match (field.number, field.value) {
        (node_field::INPUT | node_field::OUTPUT | NAME, _) => Ok(Edit::Drop),
        (node_field::ATTRIBUTE, Value::Bytes(attribute)) => {
            let attribute = Message::parse(attribute, "an attribute")?;
            let is_group = attribute.text(1, "an attribute's name")? == "group";
            let Some(groups) = groups.filter(|_| is_group) else {
                return Ok(Edit::Keep);
            };
            let (mut edited, _) = splice(attribute, |field| -> Result<Edit<Vec<u8>>> {
                Ok(if field.number == 3 {
                    Edit::Drop
                } else {
                    Edit::Keep
                })
            })?;
            put_int(&mut edited, 3, groups);
            Ok(Edit::Replace(edited))
        }
        _ => Ok(Edit::Keep),
    })?;
    Ok(bytes)
}

/// The weights that are slices of the source's, and its lists with another number, as `TensorProto` messages.
///
/// # Errors
/// A weight whose elements are not in the file.
pub(super) fn weights(
    rewriting: &Rewriting,
    view: &GraphView<'_>,
    source: &Graph,
) -> Result<Vec<Vec<u8>>> {
    let mut made = Vec::new();
    for (t, &origin) in rewriting.tensor_origins.iter() {
        let name = source.tensor(origin.tensor()).name.as_str();
        let to = rewriting.graph.tensor(t).name.as_str();
        let weight = || view.initializers.iter().find(|weight| weight.name == name);
        let bytes = match origin {
            TensorOrigin::Slice {
                axis, start, end, ..
            } => weight().and_then(|weight| weight.slice(axis, start, end, to)),
            TensorOrigin::Entry { at, value, .. } => {
                list(view, name).and_then(|list| exchanged(list, at, value, to))
            }
            _ => continue,
        };
        made.push(bytes.ok_or_else(|| {
            Error::refused(format_args!(
                "weight '{name}' cannot be cut; leave that rewriting out"
            ))
        })?);
    }
    Ok(made)
}

/// The constant list of integers of this name: a weight, or what a Constant node writes.
fn list(view: &GraphView<'_>, name: &str) -> Option<(DType, Vec<i64>)> {
    let of_tensor = |tensor: &TensorView<'_>| match tensor.literal(MAX_ELEMENTS)? {
        Literal::Ints(values) => Some((tensor.dtype?, values)),
        Literal::Floats(_) => None,
    };
    if let Some(weight) = view.initializers.iter().find(|weight| weight.name == name) {
        return of_tensor(weight);
    }
    let node = view
        .nodes
        .iter()
        .find(|node| node.op_type == "Constant" && node.outputs == [name])?;
    match node.attribute("value") {
        Some(value) => of_tensor(&value.tensor()?),
        None => Some((DType::I64, node.ints("value_ints")?)),
    }
}

/// A list with another number in one place, under another name.
fn exchanged(
    (dtype, mut list): (DType, Vec<i64>),
    at: u32,
    value: u64,
    name: &str,
) -> Option<Vec<u8>> {
    *list.get_mut(at as usize)? = i64::try_from(value).ok()?;
    let (code, bytes) = match dtype {
        DType::I64 => (
            7,
            list.iter()
                .flat_map(|number| number.to_le_bytes())
                .collect(),
        ),
        DType::I32 => {
            let narrow: Option<Vec<i32>> =
                list.iter().map(|&number| number.try_into().ok()).collect();
            (
                6,
                narrow?
                    .into_iter()
                    .flat_map(i32::to_le_bytes)
                    .collect::<Vec<u8>>(),
            )
        }
        _ => return None,
    };
    let mut out = Vec::new();
    put_int(&mut out, 1, i64::try_from(list.len()).ok()?);
    put_int(&mut out, 2, code);
    put_bytes(&mut out, 8, name.as_bytes());
    put_bytes(&mut out, 9, &bytes);
    Some(out)
}
