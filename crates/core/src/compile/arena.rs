//! The arena of an order: buffers, a layout, and how sure it is that none is lower.

use crate::arena::{self, greedy, pack};
use crate::check::check_layout;
use crate::error::Result;
use crate::graph::Graph;
use crate::limits::Limits;
use crate::memory::{Buffers, Instance, Scratch, Target, buffers, runtime_buffers};
use crate::plan::{Layout, Order, Proof};
use crate::units::Bytes;

use super::refused;

/// An arena for an order. The layout has passed its referee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arena {
    /// What has to be placed.
    pub buffers: Buffers,
    /// The lowest layout found.
    pub layout: Layout,
    /// Whether there is none lower.
    pub proof: Proof,
    /// No layout is lower than this: the peak with every tensor rounded up to the alignment.
    pub bound: Bytes,
    /// What the runtime's own planner makes of the order.
    pub runtime: RuntimePlan,
}

/// Where a runtime's own planner puts everything. The layout has passed its referee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimePlan {
    /// What it places: LiteRT decides for itself what shares memory and what is kept.
    pub buffers: Buffers,
    /// Where.
    pub layout: Layout,
}

/// Placements that a packing may cost: real networks take one descent, so this is a moment at most.
const PLACEMENTS: u64 = 50_000;

/// Packs what `order` of `graph` needs on `target`. Spends nodes, never time, but heeds an interrupt.
///
/// # Errors
/// A tensor too large for any arena, or the referee's refusal, which is a bug of lowtide and says so.
pub fn packed(graph: &Graph, target: &Target, order: &Order, limits: &Limits) -> Result<Arena> {
    let buffers = buffers(&Instance::new(graph, target), order, target.alignment)?;
    let options = arena::Options {
        limits: Limits {
            nodes: limits.nodes.min(PLACEMENTS),
            interrupt: limits.interrupt.clone(),
            ..Limits::default()
        },
        ..arena::Options::default()
    };
    let mut packing = pack(&buffers.problem, &options);
    // A search that was stopped must not be worse than what the runtime does without one.
    let greedy = greedy::runtime(target.planner, &buffers.problem);
    if greedy.height < packing.layout.height {
        if let Proof::Bounded { upper, .. } = &mut packing.proof {
            *upper = greedy.height;
        }
        packing.layout = greedy;
    }
    check_layout(&buffers.problem, &packing.layout).map_err(refused)?;
    Ok(Arena {
        buffers,
        layout: packing.layout,
        proof: packing.proof,
        bound: packing.bound.height,
        runtime: runtime_plan(graph, target, order, &[])?,
    })
}

/// What the planner of `target`'s runtime makes of `order` of `graph`, with the `scratch` that its kernels ask for.
///
/// # Errors
/// A tensor too large for any arena, or the referee's refusal, which is a bug of lowtide and says so.
pub fn runtime_plan(
    graph: &Graph,
    target: &Target,
    order: &Order,
    scratch: &[Scratch],
) -> Result<RuntimePlan> {
    let buffers = runtime_buffers(graph, target, order, scratch)?;
    let layout = greedy::runtime(target.planner, &buffers.problem);
    check_layout(&buffers.problem, &layout).map_err(refused)?;
    Ok(RuntimePlan { buffers, layout })
}
