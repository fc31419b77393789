//! Offsets for the page: as the runtime would choose them, and as lowtide would.

use lowtide_core::compile::{Arena, packed};
use lowtide_core::graph::Graph;
use lowtide_core::ids::TensorId;
use lowtide_core::limits::Limits;
use lowtide_core::memory::Target;
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
    let planner = match *target == Target::TFLM {
        true => "TFLM's greedy planner",
        false => "greedy, largest first",
    };
    let plan = |planner, layout: &Layout, proof| ArenaPart {
        planner,
        is_the_runtimes: Option::is_none(&proof),
        bytes: layout.height.get(),
        offsets: offsets(&arena, layout, tensors),
        proof,
    };
    vec![
        plan(planner, &arena.greedy, None),
        plan("lowtide's plan", &arena.layout, Some(arena.proof.name())),
    ]
}

fn offsets(arena: &Arena, layout: &Layout, tensors: &[TensorId]) -> Vec<u64> {
    let buffers: Vec<TensorId> = arena.buffers.tensors.rows().copied().collect();
    let placed: Vec<u64> = layout.offsets.rows().map(|offset| offset.get()).collect();
    // Buffers ascend by tensor, and every live tensor has one.
    let place = |id: &TensorId| buffers.binary_search(id).map_or(0, |at| placed[at]);
    tensors.iter().map(place).collect()
}
