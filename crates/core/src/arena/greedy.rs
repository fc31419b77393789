//! Greedy planners: those of the runtimes, as baselines, and the best of a few as a start for the searches.

mod litert;
mod tflite2019;

use std::cmp::Reverse;

use crate::ids::{BufferId, Table};
use crate::memory::Planner;
use crate::packing::{Buffer, Problem};
use crate::plan::Layout;
use crate::units::Bytes;

pub use litert::litert;
pub use tflite2019::tflite_2019;

/// The layout of TFLM's `GreedyMemoryPlanner`, offset for offset.
///
/// Fixed buffers go first, by index; then the rest by size, largest first and of equal sizes the later one first, each into the
/// first gap that holds it. Gaps in live ranges and alignments are unknown to that planner: it is exact for problems as
/// TFLM states them, with sizes rounded up to 16. A buffer of no bytes still ends the gap below it, as it does there.
///
/// Source: tflite-micro, `micro/memory_planner/greedy_memory_planner.cc`. Its heights are compared with the heads
/// measured in the interpreter by `crates/formats/tests/tflm_planner.rs`.
#[must_use]
pub fn tflm(problem: &Problem) -> Layout {
    Layout::new(problem, tflm_offsets(problem.buffers()))
}

/// The offsets of [`tflm`] for buffers that nobody has checked: that planner takes fixed offsets as they come, overlapping
/// or misaligned.
#[must_use]
pub fn tflm_offsets(buffers: &Table<BufferId, Buffer>) -> Table<BufferId, Bytes> {
    let mut order: Vec<BufferId> = buffers.ids().collect();
    order.sort_by_key(|&id| match buffers[id].offset {
        Some(_) => (false, Reverse(Bytes::ZERO), Reverse(BufferId(0)), id),
        None => (true, Reverse(buffers[id].size), Reverse(id), id),
    });
    let mut offsets: Table<BufferId, Bytes> = buffers.rows().map(|_| Bytes::ZERO).collect();
    let mut placed: Vec<(Bytes, BufferId)> = Vec::with_capacity(order.len());
    for id in order {
        let wanted = &buffers[id];
        let offset = match wanted.offset {
            Some(fixed) => fixed,
            None => first_gap(buffers, wanted, &placed),
        };
        offsets[id] = offset;
        let at = placed.partition_point(|&(other, _)| other <= offset);
        placed.insert(at, (offset, id));
    }
    offsets
}

/// The lowest gap that holds `wanted` between the buffers live with it, `placed` ascending by offset.
fn first_gap(
    buffers: &Table<BufferId, Buffer>,
    wanted: &Buffer,
    placed: &[(Bytes, BufferId)],
) -> Bytes {
    let mut candidate = Bytes::ZERO;
    for &(offset, id) in placed {
        let other = &buffers[id];
        if other.end <= wanted.start || wanted.end <= other.start {
            continue;
        }
        if offset >= candidate + wanted.size {
            break;
        }
        candidate = candidate.max(offset + other.size);
    }
    candidate
}

/// The layout of a runtime's own planner.
#[must_use]
pub fn runtime(planner: Planner, problem: &Problem) -> Layout {
    match planner {
        Planner::Tflm => tflm(problem),
        Planner::Litert => litert(problem),
    }
}

/// The lowest of a few greedy layouts: buffers by size, by area and by length of life, each at the lowest offset that is free.
#[must_use]
pub fn lowest(problem: &Problem) -> Layout {
    let length = |buffer: &Buffer| u128::from(buffer.end - buffer.start);
    let size = |buffer: &Buffer| u128::from(buffer.size.get());
    let by_size = first_fit(problem, |buffer| (size(buffer), length(buffer)));
    let by_area = first_fit(problem, |buffer| {
        (size(buffer) * length(buffer), size(buffer))
    });
    let by_length = first_fit(problem, |buffer| (length(buffer), size(buffer)));
    let mut best = by_size;
    for layout in [by_area, by_length] {
        if layout.height < best.height {
            best = layout;
        }
    }
    best
}

/// Fixed buffers first, then by `key`, largest first, each at the lowest aligned offset that is free.
fn first_fit(problem: &Problem, key: impl Fn(&Buffer) -> (u128, u128)) -> Layout {
    let buffers = problem.buffers();
    let mut order: Vec<BufferId> = buffers.ids().collect();
    order.sort_by_cached_key(|&id| {
        let buffer = &buffers[id];
        (buffer.offset.is_none(), Reverse(key(buffer)), id)
    });
    let mut offsets: Table<BufferId, Bytes> = buffers.rows().map(|_| Bytes::ZERO).collect();
    let mut placed: Vec<BufferId> = Vec::with_capacity(order.len());
    for id in order {
        offsets[id] = match buffers[id].offset {
            Some(fixed) => fixed,
            None => lowest_free(problem, id, &placed, &offsets),
        };
        placed.push(id);
    }
    Layout::new(problem, offsets)
}

/// The lowest aligned offset at which a buffer meets none of those that are placed.
fn lowest_free(
    problem: &Problem,
    id: BufferId,
    placed: &[BufferId],
    offsets: &Table<BufferId, Bytes>,
) -> Bytes {
    let wanted = &problem.buffers()[id];
    let pieces = wanted.pieces();
    // Offsets that are taken, as open ranges: (above this, below that).
    let mut taken: Vec<(i128, i128)> = Vec::new();
    for &other in placed {
        let buffer = &problem.buffers()[other];
        if buffer.end <= wanted.start || wanted.end <= buffer.start {
            continue;
        }
        let base = i128::from(offsets[other].get());
        for (start, end, held) in buffer.pieces() {
            for &(from, until, own) in &pieces {
                if from < end && start < until {
                    taken.push((
                        base + i128::from(held.lower.get()) - i128::from(own.upper.get()),
                        base + i128::from(held.upper.get()) - i128::from(own.lower.get()),
                    ));
                }
            }
        }
    }
    taken.sort_unstable();
    let mut candidate = 0_u64;
    for (above, below) in taken {
        let here = i128::from(candidate);
        if above < here && here < below {
            let end = u64::try_from(below).unwrap_or_default();
            candidate = end.next_multiple_of(wanted.alignment);
        }
    }
    Bytes(candidate)
}
