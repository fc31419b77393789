//! Adaptive soft budgeting: algorithm 2.

use crate::ids::OpId;
use crate::limits::{Meter, StopReason};
use crate::units::Bytes;

use super::dynamic::{Verdict, schedule};
use super::level::Level;
use super::segment::Segment;
use super::{Attempt, Outcome, Switches};

/// Memory that one level may take, whatever the switches say.
const LEVEL_BYTES: usize = 128 << 20;

/// The search for the best order of one part.
pub(super) struct Search<'s> {
    segment: &'s Segment,
    switches: Switches,
    /// What Kahn's order needs: an order that fits is known.
    hard: Bytes,
    /// No order needs less.
    floor: Bytes,
    attempts: Vec<Attempt>,
}

impl<'s> Search<'s> {
    pub(super) fn new(segment: &'s Segment, switches: Switches, hard: Bytes) -> Self {
        Self {
            segment,
            switches,
            hard,
            floor: segment.carried,
            attempts: Vec::new(),
        }
    }

    /// No order of the part needs less than this.
    pub(super) fn lower(&self) -> Bytes {
        self.floor
    }

    /// Every attempt so far; they do not know the number of their part.
    pub(super) fn attempts(self) -> impl Iterator<Item = Attempt> {
        self.attempts.into_iter()
    }

    /// The best order of the part.
    pub(super) fn run(&mut self, meter: &mut Meter) -> Result<Vec<OpId>, StopReason> {
        let most_states = Level::capacity(self.segment.nodes.len(), LEVEL_BYTES);
        let solution = match self.switches.soft_budget {
            true => self.adapt(most_states, meter)?,
            // Without a budget a timeout is the end: the memory is used up.
            false => match self.attempt(None, most_states, meter)? {
                Verdict::Solution(order, _) => order,
                Verdict::NoSolution(_) | Verdict::Timeout => return Err(StopReason::NodeLimit),
            },
        };
        Ok(solution.iter().map(|&op| self.segment.op(op)).collect())
    }

    /// Moves the budget until an attempt ends in a solution.
    fn adapt(&mut self, most_states: usize, meter: &mut Meter) -> Result<Vec<u32>, StopReason> {
        let mut step_states = self.switches.step_states.clamp(1, most_states);
        let mut tau = self.hard;
        let mut timed_out: Option<Bytes> = None;
        loop {
            match self.attempt(Some(tau), step_states, meter)? {
                Verdict::Solution(order, _) => return Ok(order),
                Verdict::Timeout => {
                    timed_out = Some(tau);
                    let half = Bytes(tau.get() / 2);
                    tau = if half >= self.floor {
                        half
                    } else {
                        midpoint(self.floor, tau)
                    };
                }
                Verdict::NoSolution(_) => {
                    let back_up = midpoint(tau, timed_out.unwrap_or(self.hard));
                    tau = back_up.max(self.floor);
                }
            }
            if timed_out.is_some_and(|known| tau >= known) {
                // Every smaller budget is known to be too small, and this one to be too slow.
                if step_states == most_states {
                    return Err(StopReason::NodeLimit);
                }
                step_states = step_states.saturating_mul(2).min(most_states);
                timed_out = None;
            }
        }
    }

    fn attempt(
        &mut self,
        tau: Option<Bytes>,
        step_states: usize,
        meter: &mut Meter,
    ) -> Result<Verdict, StopReason> {
        let before = meter.spent();
        let budget = tau.unwrap_or(Bytes(u64::MAX));
        let verdict = schedule(self.segment, budget, step_states, meter)?;
        let outcome = match &verdict {
            Verdict::Solution(_, peak) => {
                self.floor = *peak;
                Outcome::Solution
            }
            Verdict::NoSolution(least) => {
                self.floor = self.floor.max(*least);
                Outcome::NoSolution
            }
            Verdict::Timeout => Outcome::Timeout,
        };
        self.attempts.push(Attempt {
            part: 0,
            tau,
            step_states,
            outcome,
            states: meter.spent() - before,
        });
        Ok(verdict)
    }
}

/// Half-way between two budgets, rounded down.
fn midpoint(a: Bytes, b: Bytes) -> Bytes {
    Bytes(a.get().midpoint(b.get()))
}
