//! First forward alone, then from both ends with one shared level.
//!
//! Both searches prove the same thing, so whichever runs out of open states raises the level of both, and an order
//! through a downset that both have reached has a peak of at most that level. Forward alone needs fewer states on
//! networks, whose live bytes fall along the way; from both ends is decisive where they swell and shrink.

use crate::limits::{Meter, StopReason};
use crate::schedule::net::Net;
use crate::schedule::{Switch, Switches};
use crate::threads::both;

use super::search::{Outcome, Search};

/// States that the first gear may take.
const FIRST: u64 = 2_000;
/// Bytes that the first gear may take: wide problems have few, large states.
const FIRST_BYTES: u64 = 2 << 20;
/// Bytes past which the other end is taken up as soon as the first gear has not been enough.
const SECOND_BYTES: u64 = 3 << 18;
/// States that a direction takes at its turn.
const TURN: u64 = 256;
/// The same without a first gear, where small problems are to see both directions too.
const SHORT_TURN: u64 = 8;

/// The two directions.
pub(in crate::schedule) struct Gears<'n> {
    forward: Search<'n>,
    reversed: &'n Net,
    backward: Option<Search<'n>>,
    switches: Switches,
    first: u64,
    turn: u64,
    taken: u64,
}

impl<'n> Gears<'n> {
    /// Searches `net`, of which `reversed` is the mirror image, from `level` on.
    pub(in crate::schedule) fn new(
        net: &'n Net,
        reversed: &'n Net,
        level: u64,
        switches: Switches,
    ) -> Self {
        let (first, turn) = match switches.ask(Switch::ForwardFirst) {
            true => (FIRST, TURN),
            false => (0, SHORT_TURN),
        };
        Self {
            forward: Search::new(net, level, switches),
            reversed,
            backward: None,
            switches,
            first,
            turn,
            taken: 0,
        }
    }

    /// The lower bound so far.
    pub(in crate::schedule) fn level(&self) -> u64 {
        self.forward.level()
    }

    /// Raises the level to a bound proved elsewhere.
    pub(in crate::schedule) fn raise(&mut self, level: u64) {
        self.forward.raise(level);
    }

    /// Bytes taken.
    pub(in crate::schedule) fn memory(&self) -> u64 {
        self.forward.memory() + self.backward.as_ref().map_or(0, Search::memory)
    }

    /// States that one direction was granted so far.
    pub(in crate::schedule) fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether the other end is taken up. Both at once cost twice as much, so one has twice the states of the first gear, unless
    /// they are large.
    fn needs_both_ends(&self) -> bool {
        let is_large = self.forward.memory() > SECOND_BYTES;
        self.taken >= 2 * self.first || (is_large && self.is_past_first_gear())
    }

    /// Whether the first gear has not been enough.
    pub(in crate::schedule) fn is_past_first_gear(&self) -> bool {
        self.taken >= self.first || self.forward.memory() > FIRST_BYTES
    }

    /// Goes on for one turn, in both directions at once if there are two threads.
    ///
    /// # Errors
    /// The reason to stop, once the meter says so.
    pub(in crate::schedule) fn turn(
        &mut self,
        bar: u64,
        threads: usize,
        meter: &mut Meter,
    ) -> Result<Outcome, StopReason> {
        self.taken += self.turn;
        if !self.needs_both_ends() || !self.switches.ask(Switch::BothEnds) {
            return self.forward.run(bar, self.turn, meter);
        }
        let (forward, reversed) = (&mut self.forward, self.reversed);
        let backward = self
            .backward
            .get_or_insert_with(|| forward.facing(reversed));
        backward.raise(forward.level());
        forward.raise(backward.level());
        let (turn, mut near, mut far) = (self.turn, meter.share(u64::MAX), meter.share(u64::MAX));
        let (ahead, behind) = both(
            threads,
            || forward.run(bar, turn, &mut near),
            || backward.run(bar, turn, &mut far),
        );
        let spent = meter.spend(near.spent() + far.spent());
        forward.raise(backward.level());
        backward.raise(forward.level());
        let last = reversed.len();
        let mirrored = |order: Vec<u32>| order.iter().rev().map(|&op| last - 1 - op).collect();
        match (ahead?, behind?) {
            (Outcome::Paused, Outcome::Found(order)) => Ok(Outcome::Found(mirrored(order))),
            (Outcome::Paused, Outcome::Paused) => {
                let met = forward.meet(backward);
                let met = met.or_else(|| backward.meet(forward).map(mirrored));
                spent?;
                Ok(met.map_or(Outcome::Paused, Outcome::Found))
            }
            (Outcome::Paused, outcome) | (outcome, _) => Ok(outcome),
        }
    }
}
