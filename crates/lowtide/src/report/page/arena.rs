//! Offsets for the page: as the runtime would choose them, and as lowtide would.

use lowtide_core::compile::packed;
use lowtide_core::graph::Graph;
use lowtide_core::ids::TensorId;
use lowtide_core::limits::Limits;
use lowtide_core::memory::{Buffers, Planner, Target};
use lowtide_core::plan::{Layout, Order};

use super::ArenaPart;

/// Placements that a page may cost.
const A_MOMENT: u64 = 5_000;

/// The greedy plan, then lowtide's, each with an offset for every one of `tensors`. None where no arena could hold them.
pub(super) fn plans(
    graph: &Graph,
    order: &Order,
    target: &Target,
    tensors: &[TensorId],
) -> Vec<ArenaPart> {
    let limits = Limits {
        nodes: A_MOMENT,
        ..Limits::default()
    };
    let Ok(arena) = packed(graph, target, order, &limits) else {
        return Vec::new();
    };
    let planner = match target.planner {
        Planner::Tflm => "TFLM's greedy planner",
        Planner::Litert => "LiteRT's planner",
    };
    let plan = |planner, buffers: &Buffers, layout: &Layout, proof| ArenaPart {
        planner,
        is_the_runtimes: Option::is_none(&proof),
        bytes: layout.height.get(),
        offsets: offsets(buffers, layout, tensors),
        proof,
    };
    let runtime = &arena.runtime;
    let proof = Some(arena.proof.name());
    vec![
        plan(planner, &runtime.buffers, &runtime.layout, None),
        plan("lowtide's plan", &arena.buffers, &arena.layout, proof),
    ]
}

fn offsets(buffers: &Buffers, layout: &Layout, tensors: &[TensorId]) -> Vec<u64> {
    let place =
        |&id: &TensorId| buffers.places[id].map_or(0, |buffer| layout.offsets[buffer].get());
    tensors.iter().map(place).collect()
}
