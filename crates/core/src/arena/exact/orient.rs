//! The search over orientations: which of two buffers lies above the other, decided only where they clash.
//!
//! With windows a buffer may rest on one that starts above it, and two may even hold each other up, so no order by
//! offsets builds every layout. What always holds: where two pieces are live together, one lies above the other. With
//! some of these decided, the least offsets that obey them are the least fixed point of `offset >= other + distance`, rounded
//! up to the alignment; every layout that obeys them is nowhere below. So if the least offsets clash nowhere they are a layout,
//! if one leaves the arena no layout obeys, and else a clash names a pair to decide both ways.

use crate::arena::exact::Answer;
use crate::ids::{Id, Table};
use crate::limits::{Meter, StopReason};
use crate::packing::{Problem, Window};
use crate::plan::Layout;
use crate::units::Bytes;

/// Two pieces of different buffers that are live together.
struct Pair {
    buffers: [usize; 2],
    held: [Window; 2],
}

/// "`upper` lies at least `distance` above `lower`", offsets compared; the distance may be negative.
#[derive(Clone, Copy)]
struct Above {
    upper: usize,
    lower: usize,
    distance: i128,
}

impl Pair {
    fn clash(&self, offsets: &[u64]) -> bool {
        let at = |side: usize| {
            let offset = Bytes(offsets[self.buffers[side]]);
            (
                offset + self.held[side].lower,
                offset + self.held[side].upper,
            )
        };
        let (a, b) = (at(0), at(1));
        a.0 < b.1 && b.0 < a.1
    }

    /// The arc that puts one side above the other.
    fn above(&self, side: usize) -> Above {
        Above {
            upper: self.buffers[side],
            lower: self.buffers[1 - side],
            distance: i128::from(self.held[1 - side].upper.get())
                - i128::from(self.held[side].lower.get()),
        }
    }
}

/// One decision: the arcs before it, the offsets before it, and the side still to be tried.
struct Frame {
    arcs: usize,
    offsets: Vec<u64>,
    other: Above,
}

/// A layout of at most `capacity` bytes, or the proof that there is none, with at most `share` decisions.
///
/// # Errors
/// The reason to stop, if the meter has one first.
pub(crate) fn feasible(
    problem: &Problem,
    capacity: Bytes,
    share: u64,
    meter: &mut Meter,
) -> Result<Answer, StopReason> {
    let pairs = pairs(problem);
    let fixed = problem.buffers().rows().map(|buffer| buffer.offset);
    let mut offsets: Vec<u64> = fixed.map(|at| at.unwrap_or_default().get()).collect();
    let mut arcs: Vec<Above> = Vec::new();
    let mut frames: Vec<Frame> = Vec::new();
    let last = meter.spent().saturating_add(share);
    loop {
        let Some(pair) = pairs.iter().find(|pair| pair.clash(&offsets)) else {
            let table: Table<_, _> = offsets.into_iter().map(Bytes).collect();
            return Ok(Answer::Fits(Layout::new(problem, table)));
        };
        if meter.spent() >= last {
            return Ok(Answer::Open);
        }
        frames.push(Frame {
            arcs: arcs.len(),
            offsets: offsets.clone(),
            other: pair.above(1),
        });
        let mut arc = pair.above(0);
        loop {
            arcs.push(arc);
            if settle(problem, capacity, &arcs, &mut offsets, meter)? {
                break;
            }
            let Some(frame) = frames.pop() else {
                return Ok(Answer::Infeasible);
            };
            arcs.truncate(frame.arcs);
            offsets = frame.offsets;
            arc = frame.other;
        }
    }
}

/// Raises offsets until all arcs hold. False if a buffer then leaves the arena or its fixed place.
///
/// Arcs in a circle can take many small steps to get there, so every pass counts as a node.
fn settle(
    problem: &Problem,
    capacity: Bytes,
    arcs: &[Above],
    offsets: &mut [u64],
    meter: &mut Meter,
) -> Result<bool, StopReason> {
    let mut changed = true;
    while changed {
        meter.tick()?;
        changed = false;
        for arc in arcs {
            let wanted = i128::from(offsets[arc.lower]) + arc.distance;
            if i128::from(offsets[arc.upper]) >= wanted {
                continue;
            }
            let buffer = &problem.buffers()[Id::from_index(arc.upper)];
            let end = u64::try_from(wanted).unwrap_or(capacity.get());
            let offset = Bytes(end).align_up(buffer.alignment);
            if buffer.offset.is_some() || offset + buffer.size > capacity {
                return Ok(false);
            }
            offsets[arc.upper] = offset.get();
            changed = true;
        }
    }
    Ok(true)
}

/// All pairs of pieces of different buffers that are live together.
fn pairs(problem: &Problem) -> Vec<Pair> {
    let pieces: Vec<_> = (problem.buffers().iter())
        .flat_map(|(id, buffer)| {
            let pieces = buffer.pieces().into_iter();
            pieces.map(move |(start, end, held)| (id.index(), start, end, held))
        })
        .collect();
    let mut pairs = Vec::new();
    for (nth, &(a, start, end, held)) in pieces.iter().enumerate() {
        for &(b, from, until, other) in &pieces[nth + 1..] {
            if a != b && from < end && start < until {
                pairs.push(Pair {
                    buffers: [a, b],
                    held: [held, other],
                });
            }
        }
    }
    pairs
}
