//! TensorFlow Lite's planner before 2020.

use crate::ids::BufferId;
use crate::packing::Problem;
use crate::plan::Layout;

use super::litert::into_tightest_gaps;

/// The layout of TensorFlow Lite's `ArenaPlanner` over `SimpleMemoryArena` in versions 1.x and 2.0, a baseline.
///
/// It looks at no size but that of the tensor at hand: tensors are placed in the order of the steps that write them, of one step by
/// index, each into the gap that it leaves least of between those that are live then, or on top; they never move. Graph inputs come first
/// and are never overwritten (`Subgraph::PrepareOpsAndTensors` preserves them): state them as live in every step, and before all others.
/// Later versions place by size ([`super::litert`]).
///
/// Source: TensorFlow 1.15 and 2.0, `tensorflow/lite/arena_planner.cc` (`PlanAllocations`, `CalculateAllocations`) and
/// `tensorflow/lite/simple_memory_arena.cc` (`Allocate`).
#[must_use]
pub fn tflite_2019(problem: &Problem) -> Layout {
    let mut order: Vec<BufferId> = problem.buffers().ids().collect();
    order.sort_by_key(|&id| problem.buffers()[id].start);
    into_tightest_gaps(problem, &order)
}
