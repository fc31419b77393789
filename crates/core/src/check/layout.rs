//! The referee of layouts: every pair of buffers, every step in which something changes.

use std::fmt;

use crate::ids::BufferId;
use crate::packing::{Buffer, Problem};
use crate::plan::Layout;
use crate::units::Bytes;

/// Why a layout is not valid for its problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutFault {
    /// There are not as many offsets as buffers.
    Count {
        /// How many buffers there are.
        buffers: usize,
        /// How many offsets there are.
        offsets: usize,
    },
    /// An offset is no multiple of its buffer's alignment.
    Misaligned(BufferId),
    /// A buffer with a fixed offset is elsewhere.
    Moved(BufferId),
    /// A buffer ends above the capacity.
    OverCapacity(BufferId),
    /// Two buffers hold the same byte in the same step.
    Overlap {
        /// The one with the lower identifier.
        first: BufferId,
        /// The other.
        second: BufferId,
        /// A step in which they do.
        step: u64,
    },
    /// The height is not the highest end of a buffer.
    Height {
        /// What the layout says.
        stated: Bytes,
        /// What the buffers need.
        needed: Bytes,
    },
}

impl fmt::Display for LayoutFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { buffers, offsets } => {
                write!(f, "{offsets} offsets for {buffers} buffers")
            }
            Self::Misaligned(id) => {
                write!(f, "the offset of {id} is not a multiple of its alignment")
            }
            Self::Moved(id) => write!(f, "{id} is not at its fixed offset"),
            Self::OverCapacity(id) => write!(f, "{id} ends above the capacity"),
            Self::Overlap {
                first,
                second,
                step,
            } => write!(f, "{first} and {second} overlap in step {step}"),
            Self::Height { stated, needed } => {
                write!(f, "the height is stated as {stated} but is {needed}")
            }
        }
    }
}

impl std::error::Error for LayoutFault {}

/// Checks a layout against its problem in O(n^2) pairs, sharing no code with any solver.
///
/// # Errors
/// The first fault found: count, then each buffer's own constraints, then the height, then overlaps.
pub fn check_layout(problem: &Problem, layout: &Layout) -> Result<(), LayoutFault> {
    let buffers = problem.buffers();
    if buffers.len() != layout.offsets.len() {
        return Err(LayoutFault::Count {
            buffers: buffers.len(),
            offsets: layout.offsets.len(),
        });
    }
    let mut needed = Bytes::ZERO;
    for (id, buffer) in buffers.iter() {
        let offset = layout.offsets[id];
        let end = offset + buffer.size;
        if !offset.get().is_multiple_of(buffer.alignment) {
            return Err(LayoutFault::Misaligned(id));
        }
        if buffer.offset.is_some_and(|fixed| fixed != offset) {
            return Err(LayoutFault::Moved(id));
        }
        if problem.capacity().is_some_and(|capacity| end > capacity) {
            return Err(LayoutFault::OverCapacity(id));
        }
        needed = needed.max(end);
    }
    if layout.height != needed {
        return Err(LayoutFault::Height {
            stated: layout.height,
            needed,
        });
    }
    for second in buffers.ids() {
        for first in buffers.ids().take_while(|&first| first < second) {
            let (a, b) = (&buffers[first], &buffers[second]);
            if let Some(step) = clash(a, layout.offsets[first], b, layout.offsets[second]) {
                return Err(LayoutFault::Overlap {
                    first,
                    second,
                    step,
                });
            }
        }
    }
    Ok(())
}

/// A step in which both hold the same byte, if there is one.
///
/// What a buffer holds changes only at its ends and at the ends of its gaps, so the steps at which one of the two changes
/// stand for all.
fn clash(a: &Buffer, a_offset: Bytes, b: &Buffer, b_offset: Bytes) -> Option<u64> {
    if a.end <= b.start || b.end <= a.start {
        return None;
    }
    let changes = [a, b].into_iter().flat_map(|buffer| {
        let gaps = buffer.gaps.iter().flat_map(|gap| [gap.start, gap.end]);
        gaps.chain([buffer.start])
    });
    changes.into_iter().find(
        |&step| match (held(a, a_offset, step), held(b, b_offset, step)) {
            (Some(x), Some(y)) => x.0 < y.1 && y.0 < x.1,
            _ => false,
        },
    )
}

/// The bytes of the arena that `buffer` holds in `step`, if any.
fn held(buffer: &Buffer, offset: Bytes, step: u64) -> Option<(Bytes, Bytes)> {
    if step < buffer.start || step >= buffer.end {
        return None;
    }
    let gap = buffer
        .gaps
        .iter()
        .find(|gap| gap.start <= step && step < gap.end);
    let (lower, upper) = match gap {
        None => (Bytes::ZERO, buffer.size),
        Some(gap) => gap.window.map(|window| (window.lower, window.upper))?,
    };
    (lower < upper).then_some((offset + lower, offset + upper))
}
