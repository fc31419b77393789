//! The exact search: depth first over canonical layouts, see [`Rules`] for what it rests on.

pub(in crate::arena) mod instance;
mod orient;
mod parts;
pub(in crate::arena) mod preorder;
mod propagate;
pub(in crate::arena) mod search;
pub(in crate::arena) mod state;

use crate::arena::exact::instance::Instance;
use crate::arena::exact::preorder::Preorder;
use crate::arena::exact::search::{Outcome, Search};
use crate::arena::rules::Rules;
use crate::arena::sections::Sections;
use crate::limits::{Meter, StopReason};
use crate::packing::{Buffer, Problem};
use crate::plan::Layout;
use crate::units::Bytes;

/// How many placements a search makes before it is another's turn.
const SLICE: u64 = 64;

/// No capacity above this is looked at: sums of offsets, sizes and alignments stay within `u64`.
const HIGHEST: Bytes = Bytes(1 << 62);

/// A question answered, or left open: `Fits`, `Infeasible` and `Open` in one.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// There is a layout: this.
    Fits(Layout),
    /// There is none.
    Infeasible,
    /// The share was used up first.
    Open,
}

/// A layout of at most `capacity` bytes, or the proof that there is none, with at most `share` placements.
///
/// One search for each preorder, taking turns, until one of them knows. Problems with windows break what canonical layouts
/// rest on and go to the search over orientations.
///
/// # Errors
/// The reason to stop, if the meter has one first.
pub(crate) fn feasible(
    problem: &Problem,
    sections: &Sections,
    capacity: Bytes,
    rules: Rules,
    share: u64,
    meter: &mut Meter,
) -> Result<Answer, StopReason> {
    let end = |buffer: &Buffer| buffer.offset.unwrap_or_default() + buffer.size;
    if problem
        .buffers()
        .rows()
        .any(|buffer| end(buffer) > capacity)
    {
        return Ok(Answer::Infeasible);
    }
    let capacity = capacity.min(HIGHEST);
    if problem.has_windows() {
        return orient::feasible(problem, capacity, share, meter);
    }
    let instance = Instance::new(problem, sections);
    let mut searches: Vec<Search<'_>> = (Preorder::PORTFOLIO.iter())
        .filter_map(|&preorder| Search::new(&instance, capacity.get(), rules, preorder))
        .collect();
    if searches.is_empty() {
        return Ok(Answer::Infeasible);
    }
    let last = meter.spent().saturating_add(share);
    while meter.spent() < last {
        for search in &mut searches {
            match search.run(SLICE, meter)? {
                Outcome::Found(offsets) => {
                    return Ok(Answer::Fits(instance.layout(problem, &offsets)));
                }
                Outcome::Refuted => return Ok(Answer::Infeasible),
                Outcome::Paused => {}
            }
        }
    }
    Ok(Answer::Open)
}
