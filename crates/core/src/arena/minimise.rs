//! Descending from a greedy layout towards the bound.

use crate::arena::exact::Answer;
use crate::arena::rules::Rules;
use crate::arena::sections::Sections;
use crate::arena::{bound, exact, greedy};
use crate::limits::{Meter, StopReason};
use crate::packing::Problem;
use crate::plan::{Layout, Proof};
use crate::units::Bytes;

/// Placements that the first question to a capacity may cost; doubled from round to round.
const FIRST_ROUND: u64 = 4_000;

/// The lowest layout found, and what is proved of it.
///
/// Each round asks the bound itself first, then bisects what lies between. A question that is not answered within the round's share counts as
/// "no" until the next round, which has twice as much; a proved "no" raises the bound for good.
pub(crate) fn smallest(problem: &Problem, rules: Rules, meter: &mut Meter) -> (Layout, Proof) {
    let mut best = greedy::lowest(problem);
    let mut lower = bound::height(problem).height;
    let step = bound::granularity(problem);
    let sections = Sections::of(problem);
    let mut share = FIRST_ROUND;
    let mut stopped_by = StopReason::NodeLimit;
    while let Some(sections) = &sections {
        if meter.close_enough(lower.get(), best.height.get()) {
            stopped_by = StopReason::Gap;
            break;
        }
        // Nothing is known of `hopeful` and above; below it this round found nothing.
        let mut hopeful = lower;
        let mut ask = lower;
        while hopeful < best.height {
            match exact::feasible(problem, sections, ask, rules, share, meter) {
                Ok(Answer::Fits(layout)) => best = layout,
                Ok(Answer::Infeasible) => {
                    lower = next_height(ask, step);
                    hopeful = hopeful.max(lower);
                }
                Ok(Answer::Open) => hopeful = next_height(ask, step),
                Err(reason) => {
                    return (best.clone(), proof(lower, best.height, reason));
                }
            }
            let half = best.height.saturating_sub(hopeful).get() / 2;
            ask = Bytes(hopeful.get() + half / step.get() * step.get());
        }
        share = share.saturating_mul(2);
    }
    let height = best.height;
    (best, proof(lower, height, stopped_by))
}

fn proof(lower: Bytes, upper: Bytes, stopped_by: StopReason) -> Proof {
    if lower >= upper {
        return Proof::Optimal;
    }
    Proof::Bounded {
        lower,
        upper,
        stopped_by,
    }
}

/// The least multiple of `step` above `height`.
fn next_height(height: Bytes, step: Bytes) -> Bytes {
    (height + Bytes(1)).align_up(step.get())
}
