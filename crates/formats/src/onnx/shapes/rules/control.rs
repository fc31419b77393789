//! If, Loop and Scan: what their outputs are follows from their bodies.

use super::super::super::schema::{GraphView, NodeView};
use super::super::fact::{Call, Fact, axis};
use super::super::infer::{Scope, Walk};
use crate::error::Result;

/// Whether the node is one of those whose outputs are those of a body.
pub(crate) fn has_bodies(node: &NodeView<'_>) -> bool {
    matches!(node.op_type, "If" | "Loop" | "Scan")
}

/// A body with what is known of its tensors.
pub(crate) struct Inner<'s, 'a> {
    /// The attribute that holds it.
    pub(crate) attribute: &'static str,
    pub(crate) graph: GraphView<'a>,
    pub(crate) scope: Scope<'s, 'a>,
}

/// Walks through the bodies of a node that has some.
///
/// # Errors
/// Names a body that is damaged.
pub(crate) fn bodies<'s, 'a>(
    walk: &Walk<'_, '_>,
    node: &NodeView<'a>,
    scope: &'s Scope<'_, 'a>,
    depth: usize,
) -> Result<Vec<Inner<'s, 'a>>> {
    let call = scope.call(node, walk.opset);
    let (attributes, given): (&[&'static str], Vec<Fact>) = match node.op_type {
        "If" => (&["then_branch", "else_branch"], Vec::new()),
        "Loop" => (&["body"], loop_inputs(&call)),
        // Before operator set 9, Scan had an axis for batches: left to what the file declares.
        "Scan" if walk.opset >= 9 => (&["body"], scan_inputs(&call)),
        _ => (&["body"], Vec::new()),
    };
    let mut bodies = Vec::new();
    for &attribute in attributes {
        let graph = node.attribute(attribute).and_then(|a| a.graph(depth));
        if let Some(graph) = graph.transpose()? {
            let scope = walk.graph(&graph, Some(scope), given.clone())?;
            bodies.push(Inner {
                attribute,
                graph,
                scope,
            });
        }
    }
    Ok(bodies)
}

/// Walks through the bodies and gathers what follows for the node's outputs.
pub(crate) fn infer<'a>(
    walk: &Walk<'_, '_>,
    node: &NodeView<'a>,
    scope: &Scope<'_, 'a>,
    depth: usize,
) -> Result<Vec<Fact>> {
    let call = scope.call(node, walk.opset);
    let bodies = bodies(walk, node, scope, depth)?;
    let of = |attribute: &str| {
        let body = bodies.iter().find(|body| body.attribute == attribute);
        body.map_or_else(Vec::new, |body| outputs(walk, body))
    };
    Ok(match node.op_type {
        "If" => match call.ints(0) {
            Some([0]) => of("else_branch"),
            Some([_]) => of("then_branch"),
            _ => {
                let (one, other) = (of("then_branch"), of("else_branch"));
                one.into_iter().zip(other).map(agree).collect()
            }
        },
        "Loop" => looped(&call, of("body")),
        _ if walk.opset < 9 => Vec::new(),
        _ => scanned(&call, of("body")),
    })
}

fn outputs(walk: &Walk<'_, '_>, body: &Inner<'_, '_>) -> Vec<Fact> {
    let output = |(name, declared): &(&str, _)| {
        let found = body.scope.fact(name).cloned().unwrap_or_default();
        walk.bindings.declared(name, declared).or(found)
    };
    body.graph.outputs.iter().map(output).collect()
}

/// What both branches of an If have in common.
fn agree((a, b): (Fact, Fact)) -> Fact {
    let shape = match (a.shape, b.shape) {
        (Some(a), Some(b)) if a.len() == b.len() => Some(
            a.iter()
                .zip(b)
                .map(|(&a, b)| a.filter(|_| a == b))
                .collect(),
        ),
        _ => None,
    };
    Fact {
        dtype: a.dtype.filter(|_| a.dtype == b.dtype),
        shape,
        value: None,
    }
}

fn without_value(fact: &Fact) -> Fact {
    Fact {
        value: None,
        ..fact.clone()
    }
}

/// The trip count, the condition, then what is carried from round to round. Shapes that change between rounds are for
/// the file to declare.
fn loop_inputs(call: &Call<'_>) -> Vec<Fact> {
    let carried = call.inputs.iter().skip(2);
    let carried = carried.map(|fact| fact.map_or_else(Fact::default, without_value));
    let ends = [Fact::default(), Fact::default()];
    ends.into_iter().chain(carried).collect()
}

/// Behind the condition: what is carried, then what each round adds, stacked as many times as there are rounds.
fn looped(call: &Call<'_>, body: Vec<Fact>) -> Vec<Fact> {
    let carried = call.inputs.len().saturating_sub(2);
    // The condition may end the loop early: the count is known only where there is none.
    let unconditional = call.fact(1).is_none();
    let rounds = call.ints(0).and_then(|m| m.first().copied());
    let rounds = rounds
        .filter(|_| unconditional)
        .and_then(|m| m.try_into().ok());
    let outputs = body.into_iter().skip(1).enumerate();
    outputs
        .map(|(i, fact)| match i < carried {
            true => without_value(&fact),
            false => stacked(&fact, 0, rounds),
        })
        .collect()
}

fn stacked(fact: &Fact, at: i64, rounds: Option<u64>) -> Fact {
    let Some(mut shape) = fact.shape.clone() else {
        return without_value(fact);
    };
    if let Some(at) = axis(at, shape.len() + 1) {
        shape.insert(at, rounds);
    }
    Fact::new(fact.dtype, shape)
}

/// How many of a node's first outputs its bodies write themselves, and how many outputs of a body stand before those: the
/// other outputs are stacked from what each round adds.
pub(crate) fn handed_over(node: &NodeView<'_>) -> (usize, usize) {
    let scans = node.int("num_scan_inputs").unwrap_or(0);
    let scans = usize::try_from(scans).unwrap_or(0);
    match node.op_type {
        "If" => (node.outputs.len(), 0),
        "Loop" => (node.inputs.len().saturating_sub(2), 1),
        _ => (node.inputs.len().saturating_sub(scans), 0),
    }
}

/// How many inputs of a Scan are cut into slices, behind those that are carried.
fn scans(call: &Call<'_>) -> usize {
    let count = call.node.int("num_scan_inputs").unwrap_or(0);
    usize::try_from(count).unwrap_or(0).min(call.inputs.len())
}

fn scan_axis(call: &Call<'_>, list: &str, i: usize) -> i64 {
    let axes = call.node.ints(list).unwrap_or_default();
    axes.get(i).copied().unwrap_or(0)
}

fn scan_inputs(call: &Call<'_>) -> Vec<Fact> {
    let carried = call.inputs.len() - scans(call);
    let input = |(i, fact): (usize, &Option<&Fact>)| {
        let mut fact = fact.map_or_else(Fact::default, without_value);
        if let (Some(i), Some(shape)) = (i.checked_sub(carried), fact.shape.as_mut())
            && let Some(at) = axis(scan_axis(call, "scan_input_axes", i), shape.len())
        {
            shape.remove(at);
        }
        fact
    };
    call.inputs.iter().enumerate().map(input).collect()
}

fn scanned(call: &Call<'_>, body: Vec<Fact>) -> Vec<Fact> {
    let carried = call.inputs.len() - scans(call);
    let rounds = call.shape(carried).and_then(|shape| {
        let at = axis(scan_axis(call, "scan_input_axes", 0), shape.len())?;
        shape[at]
    });
    let outputs = body.into_iter().enumerate();
    outputs
        .map(|(i, fact)| match i.checked_sub(carried) {
            None => without_value(&fact),
            Some(i) => stacked(&fact, scan_axis(call, "scan_output_axes", i), rounds),
        })
        .collect()
}
