//! Why a problem does not fit: a few of its buffers that cannot fit even alone.

use std::cmp::Reverse;

use crate::arena::exact::{self, Answer};
use crate::arena::sections::Sections;
use crate::arena::{Options, bound};
use crate::ids::{BufferId, Table};
use crate::limits::{Meter, StopReason};
use crate::packing::{Buffer, Problem};
use crate::units::Bytes;

/// Buffers that no layout of the capacity holds together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which, ascending.
    pub buffers: Vec<BufferId>,
    /// Whether it is proved that without any one of them the others fit.
    pub minimal: bool,
    /// Placements tried to find them.
    pub nodes: u64,
}

/// A small set of buffers of `problem` that do not fit `capacity` together; none if no refutation was found.
///
/// Starts from the buffers that make the bound if that is above the capacity, else from all; then leaves out runs of buffers that are
/// neighbours in time, each half as long as those before, and at last single ones, smallest first, as long as the search refutes what
/// stays. What it cannot decide within its share stays in.
#[must_use]
pub fn conflict(problem: &Problem, capacity: Bytes, options: &Options) -> Option<Conflict> {
    let mut meter = Meter::start(&options.limits);
    let mut shrinking = Shrinking {
        problem,
        capacity,
        options,
        share: FIRST_SHARE,
    };
    let bound = bound::height(problem);
    let mut kept = if bound.height > capacity {
        bound.witness
    } else {
        problem.buffers().ids().collect()
    };
    // The first refutation may take what there is.
    shrinking.share = u64::MAX;
    if shrinking.refutes(&kept, &mut meter) != Ok(Some(true)) {
        return None;
    }
    shrinking.share = meter.spent().saturating_mul(2).max(FIRST_SHARE);
    let minimal = shrinking.shrink(&mut kept, &mut meter).unwrap_or(false);
    kept.sort_unstable();
    Some(Conflict {
        buffers: kept,
        minimal,
        nodes: meter.spent(),
    })
}

/// Placements that a question may cost, at least.
const FIRST_SHARE: u64 = 2_000;

struct Shrinking<'a> {
    problem: &'a Problem,
    capacity: Bytes,
    options: &'a Options,
    share: u64,
}

impl Shrinking<'_> {
    /// Leaves out what can be left out. True if what stays is minimal for sure.
    fn shrink(&self, kept: &mut Vec<BufferId>, meter: &mut Meter) -> Result<bool, StopReason> {
        let buffers = self.problem.buffers();
        kept.sort_unstable_by_key(|&id| (buffers[id].start, buffers[id].end, id));
        let mut run = kept.len() / 2;
        while run > 1 {
            self.leave_out(kept, run, meter)?;
            run /= 2;
        }
        kept.sort_unstable_by_key(|&id| (buffers[id].size, Reverse(id)));
        self.leave_out(kept, 1, meter)
    }

    /// Tries to leave out each run of `run` buffers. True if the search could tell for each.
    ///
    /// One pass is enough for single ones: a buffer without which the rest fits is needed in every part of that rest.
    fn leave_out(
        &self,
        kept: &mut Vec<BufferId>,
        run: usize,
        meter: &mut Meter,
    ) -> Result<bool, StopReason> {
        let mut sure = true;
        let mut from = 0;
        while from < kept.len() {
            let to = (from + run).min(kept.len());
            let rest: Vec<BufferId> = [&kept[..from], &kept[to..]].concat();
            match self.refutes(&rest, meter)? {
                Some(true) => *kept = rest,
                answer => {
                    sure &= answer.is_some();
                    from = to;
                }
            }
        }
        Ok(sure)
    }

    /// Whether these buffers alone do not fit; `None` if that took too long.
    fn refutes(&self, ids: &[BufferId], meter: &mut Meter) -> Result<Option<bool>, StopReason> {
        let rows = ids.iter().map(|&id| self.problem.buffers()[id].clone());
        let buffers: Table<BufferId, Buffer> = rows.collect();
        // A part of a valid problem is valid.
        let Ok(part) = Problem::new(buffers, None) else {
            return Ok(None);
        };
        if bound::height(&part).height > self.capacity {
            return Ok(Some(true));
        }
        let Some(sections) = Sections::of(&part) else {
            return Ok(None);
        };
        let rules = self.options.rules;
        let answer = exact::feasible(&part, &sections, self.capacity, rules, self.share, meter)?;
        Ok(match answer {
            Answer::Fits(_) => Some(false),
            Answer::Infeasible => Some(true),
            Answer::Open => None,
        })
    }
}
