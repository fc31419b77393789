//! The exact search: depth first over canonical layouts, see [`Rules`](crate::arena::rules::Rules) for what it rests on.

pub(crate) mod instance;
pub(crate) mod preorder;
mod propagate;
pub(crate) mod search;
pub(crate) mod state;

use crate::arena::exact::instance::Instance;
use crate::arena::exact::preorder::Preorder;
use crate::arena::exact::search::{Search, Verdict};
use crate::arena::problem::{Buffer, Problem};
use crate::arena::rules::Rules;
use crate::arena::sections::Sections;
use crate::limits::{Meter, StopReason};
use crate::plan::layout::Layout;
use crate::units::Bytes;

/// How many placements a search makes before it is another's turn.
const SLICE: u64 = 64;

/// A layout of at most `capacity` bytes, or none if there is none: one search for each preorder, taking turns, until one of them knows.
///
/// # Errors
/// The reason to stop, if the meter has one first.
pub(crate) fn feasible(
    problem: &Problem,
    sections: &Sections,
    capacity: Bytes,
    rules: Rules,
    meter: &mut Meter,
) -> Result<Option<Layout>, StopReason> {
    let end = |buffer: &Buffer| buffer.offset.unwrap_or_default() + buffer.size;
    if problem.buffers().rows().any(|buffer| end(buffer) > capacity) {
        return Ok(None);
    }
    let pf: Vec<&'static str> = match std::env::var("PRE") { Ok(v) => v.split(',').map(|x| &*x.to_string().leak()).collect(), _ => Preorder::PORTFOLIO.iter().map(|x| x.0).collect() };
    let pf: Vec<&'static str> = match std::env::var("PRE") { Ok(v) => v.split(',').map(|x| &*x.to_string().leak()).collect(), _ => Preorder::PORTFOLIO.iter().map(|x| x.0).collect() };
    let instance = Instance::new(problem, sections);
    let mut searches: Vec<Search<'_>> = (pf.iter())
        .filter_map(|&preorder| Search::new(&instance, capacity.get(), rules, Preorder(preorder)))
        .collect();
    if searches.is_empty() { return Ok(None); }
    loop {
        for search in &mut searches {
            match search.run(SLICE, meter)? {
                Verdict::Found(offsets) => return Ok(Some(instance.layout(problem, &offsets))),
                Verdict::Refuted => return Ok(None),
                Verdict::Paused => {}
            }
        }
    }
}
