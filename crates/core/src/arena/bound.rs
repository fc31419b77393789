//! What no layout can be below.

use crate::arena::sections::{Sections, gcd};
use crate::ids::BufferId;
use crate::packing::Problem;
use crate::units::Bytes;

/// A height that no layout of `problem` is below, and the buffers that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The height.
    pub height: Bytes,
    /// Buffers that cannot go lower together: a live set, or one buffer that is tall or fixed high.
    pub witness: Vec<BufferId>,
}

/// The largest load of a section, every buffer rounded up to what the alignments have in common but the one on top, or a
/// single buffer that ends above it.
///
/// Proof: all offsets are multiples of `unit`, so what lies above a buffer starts at or above its end rounded up. The
/// members of a section are disjoint in the arena, and the one on top starts at or above the rounded sizes of the others.
#[must_use]
pub fn height(problem: &Problem) -> Bound {
    let mut best = Bound {
        height: Bytes::ZERO,
        witness: Vec::new(),
    };
    for (id, buffer) in problem.buffers().iter() {
        let end = buffer.offset.unwrap_or_default() + buffer.size;
        if end > best.height {
            best = Bound {
                height: end,
                witness: vec![id],
            };
        }
    }
    if let Some(sections) = Sections::of(problem) {
        raise(problem, &sections, &mut best);
    }
    best
}

/// The most bytes that are live at once, whatever the alignments; a buffer's window counts alone.
#[must_use]
pub fn live_bytes(problem: &Problem) -> Bytes {
    let mut events = Vec::new();
    for buffer in problem.buffers().rows() {
        for (start, end, held) in buffer.pieces() {
            let bytes = i128::from((held.upper - held.lower).get());
            events.push((start, bytes));
            events.push((end, -bytes));
        }
    }
    events.sort_unstable();
    let running = events.iter().scan(0, |live, &(_, bytes)| {
        *live += bytes;
        Some(*live)
    });
    Bytes(u64::try_from(running.max().unwrap_or(0)).unwrap_or_default())
}

/// Raises `best` to the largest load of a section.
pub(crate) fn raise(problem: &Problem, sections: &Sections, best: &mut Bound) {
    for (index, &load) in sections.loads.iter().enumerate() {
        if load <= best.height.get() {
            continue;
        }
        let members = sections.members.row(index).iter();
        let members = members.map(|&buffer| BufferId(buffer));
        let padding = members
            .clone()
            .map(|id| problem.buffers()[id].size)
            .map(|size| size.align_up(sections.unit) - size)
            .max()
            .unwrap_or_default();
        let needed = Bytes(load) - padding;
        if needed > best.height {
            *best = Bound {
                height: needed,
                witness: members.collect(),
            };
        }
    }
}

/// What every height is a multiple of: sizes, fixed offsets and the alignments that round.
pub(crate) fn granularity(problem: &Problem) -> Bytes {
    let mut step = 0;
    for buffer in problem.buffers().rows() {
        step = gcd(step, buffer.size.get());
        step = gcd(step, buffer.offset.unwrap_or_default().get());
        if buffer.alignment > 1 {
            step = gcd(step, buffer.alignment);
        }
        for gap in &buffer.gaps {
            if let Some(window) = gap.window {
                step = gcd(gcd(step, window.lower.get()), window.upper.get());
            }
        }
    }
    Bytes(step.max(1))
}

/// How many buffers hold bytes at some step.
pub(crate) fn live_buffers(problem: &Problem) -> Vec<BufferId> {
    let live = |id: &BufferId| !problem.buffers()[*id].pieces().is_empty();
    problem.buffers().ids().filter(live).collect()
}
