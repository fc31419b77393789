//! LiteRT's own planner.

use std::cmp::Reverse;

use crate::ids::{BufferId, Table};
use crate::packing::{Buffer, Problem};
use crate::plan::Layout;
use crate::units::Bytes;

/// The layout of LiteRT's `ArenaPlanner` over `SimpleMemoryArena`, offset for offset.
///
/// What is live from step 0 to the end of the problem goes first, by index; then the rest by size, largest first, of equal sizes
/// the one that is live earlier; each into the gap that it leaves least of, or on top. Exact for problems as LiteRT states them
/// ([`litert_buffers`](crate::memory::litert_buffers)); fixed offsets and gaps in live ranges are unknown there. Equal sizes of the same step
/// it sorts in no order that is promised; here the lower index goes first.
///
/// Source: LiteRT, `tflite/arena_planner.cc` (`CreateTensorAllocationVector`) and `tflite/simple_memory_arena.cc` (`Allocate`).
#[must_use]
pub fn litert(problem: &Problem) -> Layout {
    let buffers = problem.buffers();
    let end = buffers.rows().map(|buffer| buffer.end).max();
    let is_kept = |buffer: &Buffer| buffer.start == 0 && Some(buffer.end) == end;
    let mut order: Vec<BufferId> = buffers.ids().collect();
    order.sort_by_key(|&id| match &buffers[id] {
        kept if is_kept(kept) => (0, Reverse(Bytes::ZERO), 0, id),
        other => (1, Reverse(other.size), other.start, id),
    });
    into_tightest_gaps(problem, &order)
}

/// Buffers one by one, each into the gap that it leaves least of, or on top.
pub(super) fn into_tightest_gaps(problem: &Problem, order: &[BufferId]) -> Layout {
    let buffers = problem.buffers();
    let mut offsets: Table<BufferId, Bytes> = Table::filled(Bytes::ZERO, buffers.len());
    let mut placed: Vec<(Bytes, BufferId)> = Vec::with_capacity(order.len());
    let takes_bytes = |id: &BufferId| buffers[*id].size > Bytes::ZERO;
    for id in order.iter().copied().filter(takes_bytes) {
        let offset = tightest_gap(problem, &buffers[id], &placed);
        offsets[id] = offset;
        let at = placed.partition_point(|&(other, _)| other <= offset);
        placed.insert(at, (offset, id));
    }
    Layout::new(problem, offsets)
}

/// The gap between the buffers live with `wanted` of which it leaves least, the lowest of equal ones, or the place on top of all. `placed` ascends
/// by offset.
///
/// As in LiteRT, a gap is compared without the bytes lost to alignment, and remembered with them.
fn tightest_gap(problem: &Problem, wanted: &Buffer, placed: &[(Bytes, BufferId)]) -> Bytes {
    let (mut best, mut best_gap) = (None, Bytes(u64::MAX));
    let mut top = Bytes::ZERO;
    for &(offset, id) in placed {
        let other = &problem.buffers()[id];
        if other.end <= wanted.start || wanted.end <= other.start {
            continue;
        }
        let start = top.align_up(wanted.alignment);
        if start + wanted.size <= offset && offset - start < best_gap {
            (best, best_gap) = (Some(start), offset - top);
        }
        top = top.max(offset + other.size);
        if best_gap == Bytes::ZERO {
            break;
        }
    }
    best.unwrap_or(top.align_up(wanted.alignment))
}
