//! The order that is deployed: its arenas count beside its peak.

use crate::check::check_layout;
use crate::error::Result;
use crate::graph::Graph;
use crate::joint::{Deployment, Found, Offsets, Start, Task, improve};
use crate::limits::{Limits, StopReason};
use crate::memory::KernelLibrary;
use crate::plan::{Order, Proof, Rewriting};
use crate::units::Bytes;

use super::settle::neighbour;
use super::{Candidate, Compiled, Options, refereed, refused, scheduled};

/// The arenas of the source and of the result, one for each kernel library of the [`Deployment`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arenas {
    /// Of the source in file order, as the runtime itself places tensors.
    pub before: Vec<Bytes>,
    /// Of the result.
    pub after: Vec<Bytes>,
    /// Orders that were looked at.
    pub orders: u64,
}

/// Buffers that the search for other orders may place: about a second.
const PLACEMENTS: u64 = 600_000;

/// `compiled` with an order whose arenas are small: none is larger than the runtime makes it for `graph` in file order. If there is no
/// other way the source stays as it is.
pub(super) fn jointly(
    graph: &Graph,
    options: &Options<'_>,
    deployment: &Deployment<'_>,
    compiled: Compiled,
) -> Result<Compiled> {
    let limits = Limits {
        nodes: options.search.limits.nodes.min(PLACEMENTS),
        ..options.search.limits.clone()
    };
    let by_runtime = Deployment {
        offsets: Offsets::Runtime,
        ..*deployment
    };
    let source = Task::new(graph, &options.target, by_runtime);
    let before = source.need(&Order::new(graph.file_order()))?.arenas;
    let origins = &compiled.rewriting.op_origins;
    let kernels = deployment.kernels.iter();
    let kernels: Vec<KernelLibrary> = kernels.map(|library| library.moved(origins)).collect();
    let moved = Deployment {
        kernels: &kernels,
        ..*deployment
    };
    let rewritten = &compiled.rewriting.graph;
    let task = Task::new(rewritten, &options.target, moved);
    let highest = compiled.before.peak;
    let start = Start {
        order: &compiled.chosen.order,
        bound: compiled.chosen.bound,
        highest,
        ceilings: &before,
    };
    let mut found = improve(&task, &start, &limits)?;
    if !found.need.is_within(&before) {
        // From the other side: the order that comes nearest to the source.
        let order = &Order::new(rewritten.file_order());
        found = improve(&task, &Start { order, ..start }, &limits)?;
    }
    if !found.need.is_within(&before) || found.need.peak > highest {
        return unchanged(graph, options, before, &source, compiled.order_alone);
    }
    if let Some(order) = neighbour(rewritten, options, &found.order) {
        let need = task.need(&order)?;
        if need.is_within(&found.need.arenas) && need.peak <= found.need.peak {
            found = Found {
                order,
                need,
                ..found
            };
        }
    }
    let chosen = with_order(&compiled.chosen, &found);
    let (chosen, after) = refereed(rewritten, &options.target, chosen)?;
    let arenas = Some(measured(&task, before, &found)?);
    Ok(Compiled {
        chosen,
        after,
        arenas,
        ..compiled
    })
}

/// The source as it is, with what is proved of its best peak.
fn unchanged(
    graph: &Graph,
    options: &Options<'_>,
    before: Vec<Bytes>,
    source: &Task<'_>,
    order_alone: Bytes,
) -> Result<Compiled> {
    let order = Order::new(graph.file_order());
    let found = Found {
        need: source.need(&order)?,
        order,
        orders: 1,
    };
    let chosen = with_order(&scheduled(graph, options)?.0, &found);
    let (chosen, after) = refereed(graph, &options.target, chosen)?;
    Ok(Compiled {
        before: after.clone(),
        byte_steps_as_found: after.byte_steps(),
        rewriting: Rewriting::unchanged(graph.clone()),
        chosen,
        after,
        arenas: Some(measured(source, before, &found)?),
        order_alone,
        alone: None,
        tried: None,
        refused: Vec::new(),
        accumulated: None,
    })
}

/// The arenas of what was found, their layouts refereed.
fn measured(task: &Task<'_>, before: Vec<Bytes>, found: &Found) -> Result<Arenas> {
    let mut after = Vec::new();
    for layout in task.layouts(&found.order) {
        let (problem, layout) = layout?;
        check_layout(&problem, &layout).map_err(refused)?;
        after.push(layout.height);
    }
    Ok(Arenas {
        before,
        after,
        orders: found.orders,
    })
}

/// The order found in place of the one chosen for its peak.
fn with_order(chosen: &Candidate, found: &Found) -> Candidate {
    let peak = found.need.peak;
    let proof = match chosen.proof {
        Some(Proof::Optimal) if peak > chosen.peak => Some(Proof::Bounded {
            lower: chosen.peak,
            upper: peak,
            stopped_by: StopReason::Arena,
        }),
        Some(Proof::Bounded {
            lower, stopped_by, ..
        }) => Some(Proof::Bounded {
            lower,
            upper: peak,
            stopped_by,
        }),
        proof => proof,
    };
    Candidate {
        order: found.order.clone(),
        peak,
        proof,
        ..chosen.clone()
    }
}
