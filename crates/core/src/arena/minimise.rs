//! Descending from a greedy layout towards the bound.

use crate::arena::beam::{Beam, Score};
use crate::arena::exact::Answer;
use crate::arena::exact::instance::Instance;
use crate::arena::rules::Rules;
use crate::arena::sections::Sections;
use crate::arena::{bound, exact, greedy};
use crate::limits::{Meter, StopReason};
use crate::packing::Problem;
use crate::plan::{Layout, Proof};
use crate::units::Bytes;

/// Placements that the first question of all may cost: whether the bound itself can be reached.
const FIRST_QUESTION: u64 = 20_000;
/// Placements that every other question of the first round may cost; doubled from round to round.
const FIRST_ROUND: u64 = 4_000;
/// States a level of the first beams keeps; doubled from round to round.
const FIRST_WIDTH: usize = 15;
/// The beams of each round. Which of them gets through is chance: each is as good a try as a wider one, and cheaper.
const SCORES: [Score; 3] = [
    Score { ease: 5.0 },
    Score { ease: 20.0 },
    Score { ease: 36.0 },
];

/// The lowest layout found, and what is proved of it.
///
/// Depth first and beams take turns, round by round, with twice the effort in each. The exact search asks the bound itself first, then
/// bisects what lies between; a question that is not answered within the round's share counts as "no" until the next round, and
/// a proved "no" raises the bound for good. Beams only find: each asks the bound, and then halves what lies between while that succeeds.
pub(crate) fn smallest(problem: &Problem, rules: Rules, meter: &mut Meter) -> (Layout, Proof) {
    let mut descent = Descent {
        problem,
        rules,
        step: bound::granularity(problem),
        lower: bound::height(problem).height,
        best: greedy::lowest(problem),
    };
    let reason = match Sections::of(problem) {
        Some(sections) => descent
            .rounds(&sections, meter)
            .unwrap_or_else(|reason| reason),
        None => StopReason::NodeLimit,
    };
    let (lower, upper) = (descent.lower, descent.best.height);
    (descent.best, proof(lower, upper, reason))
}

struct Descent<'a> {
    problem: &'a Problem,
    rules: Rules,
    /// All heights are multiples of this.
    step: Bytes,
    /// No layout is below.
    lower: Bytes,
    best: Layout,
}

impl Descent<'_> {
    /// Goes on until nothing is open.
    fn rounds(&mut self, sections: &Sections, meter: &mut Meter) -> Result<StopReason, StopReason> {
        let instance = Instance::new(self.problem, sections);
        let (mut first, mut share, mut width) = (FIRST_QUESTION, FIRST_ROUND, FIRST_WIDTH);
        loop {
            if meter.close_enough(self.lower.get(), self.best.height.get()) {
                return Ok(StopReason::Gap);
            }
            self.depth_first(sections, first.max(share), share, meter)?;
            // What canonical layouts rest on does not hold with windows.
            let beams: &[Score] = if self.problem.has_windows() {
                &[]
            } else {
                &SCORES
            };
            let mut hopeful = self.lower;
            for &score in beams {
                self.beam(&instance, score, width, &mut hopeful, meter)?;
            }
            (first, share, width) = (0, share.saturating_mul(2), width.saturating_mul(2));
        }
    }

    fn depth_first(
        &mut self,
        sections: &Sections,
        first: u64,
        others: u64,
        meter: &mut Meter,
    ) -> Result<(), StopReason> {
        // Nothing is known of `hopeful` and above; below it this round found nothing.
        let (mut hopeful, mut ask, mut share) = (self.lower, self.lower, first);
        while hopeful < self.best.height {
            match exact::feasible(self.problem, sections, ask, self.rules, share, meter)? {
                Answer::Fits(layout) => self.best = layout,
                Answer::Infeasible => {
                    self.lower = next_height(ask, self.step);
                    hopeful = hopeful.max(self.lower);
                }
                Answer::Open => hopeful = next_height(ask, self.step),
            }
            ask = self.between(hopeful);
            share = others;
        }
        Ok(())
    }

    /// Asks one beam for the bound, and then for heights half-way from `hopeful`, below which this round's beams found nothing, to the best
    /// layout while it finds them.
    fn beam(
        &mut self,
        instance: &Instance,
        score: Score,
        width: usize,
        hopeful: &mut Bytes,
        meter: &mut Meter,
    ) -> Result<(), StopReason> {
        let beam = Beam {
            instance,
            // Costs more than it cuts off where states are compared anyway.
            rules: Rules {
                one_machine: false,
                ..self.rules
            },
            score,
            width,
            step: self.step.get(),
        };
        let mut ask = self.lower;
        while *hopeful < self.best.height {
            match beam.run(ask.get(), meter)? {
                Some(offsets) => self.best = instance.layout(self.problem, &offsets),
                None => {
                    *hopeful = next_height(ask, self.step).max(*hopeful);
                    if ask > self.lower {
                        break;
                    }
                }
            }
            ask = self.between(*hopeful);
        }
        Ok(())
    }

    /// A height in the middle of what is below the best layout and not below `hopeful`.
    fn between(&self, hopeful: Bytes) -> Bytes {
        let half = self.best.height.saturating_sub(hopeful).get() / 2;
        Bytes(hopeful.get() + half / self.step.get() * self.step.get())
    }
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
