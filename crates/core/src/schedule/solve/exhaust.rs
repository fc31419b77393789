//! One part searched to the end, from below and from above.
//!
//! From below, the level rises from bound to bound: a bound at every moment, but the states of all levels together, and
//! those of low levels without the commits and free moves of higher ones. So once beams have found a good order, a second search
//! *leaps*: it begins at the highest level below that order. It finds a better order, or it runs out of open states and
//! thereby proves the order; what it takes for granted of lower levels is never reported as a bound before that.

use std::sync::Arc;

use crate::limits::StopReason;
use crate::schedule::Switch;
use crate::schedule::exact::{Gears, Outcome};
use crate::schedule::net::Net;
use crate::threads::each;

use super::Reason;
use super::beam::beam;
use super::neighbours::{Better, Windows, improve};
use super::run::{Piece, Run};
use super::windows::{Bound, bound};

/// How wide a beam looks for better orders once the search has taken so many states, and half of what the beam takes.
const BEAMS: [(u64, u64); 4] = [
    (8_000, 64),
    (50_000, 512),
    (400_000, 4_096),
    (2_000_000, 16_384),
];
/// States after which windows are looked at for the first time.
const WINDOWS: u64 = 2_000;
/// Orders of so many operators are long: the widest windows are no more than half of them. Of what was spent until then half may be
/// spent on better orders, and as much on bounds.
const LONG: u32 = 256;
const HALF: u64 = 2;
/// Short orders have no windows that are much easier than the whole. There it is a sixteenth at first, twice as much where that helped, up
/// to half, and half as much where not, down to this part.
const SHORT: u64 = 16;
const LEAST: u64 = 64;
/// Where windows helped, they have to wait until so many times as much was spent, and where not.
const SOON: u64 = 2;
const LATER: u64 = 4;
/// Turns of the search from above for every one from below.
const LEAPS: usize = 3;

/// A search from above, and the peak that it is below of.
struct Leap<'n> {
    gears: Gears<'n>,
    below: u64,
}

/// What is going on in one part.
struct Hunt<'n> {
    piece: usize,
    net: &'n Net,
    reversed: &'n Net,
    from_below: Gears<'n>,
    from_above: Option<Leap<'n>>,
    /// Beams so far.
    beams: usize,
    /// States spent before.
    begun: u64,
    /// States to be spent before windows are looked at.
    windows: u64,
    /// The part of what was spent that they may take, inverse.
    share: u64,
    /// The peak to beat.
    bar: u64,
}

impl Run<'_> {
    /// Searches a part to the end, or until its modules are in lines and it is another problem.
    pub(super) fn exhaust(&mut self, piece: usize) -> Result<(), StopReason> {
        let Piece { part, peak, .. } = &self.pieces[piece];
        // Held, so that orders and bounds of the run can change meanwhile.
        let (part, bar) = (Arc::clone(part), (*peak).min(self.file));
        let (net, reversed) = (&part.net, part.net.reversed());
        let from_below = Gears::new(net, &reversed, self.lower, self.options.switches);
        let mut hunt = Hunt {
            piece,
            net,
            reversed: &reversed,
            from_below,
            from_above: None,
            beams: 0,
            begun: self.meter.spent(),
            windows: WINDOWS,
            share: if net.len() < LONG { SHORT } else { HALF },
            bar,
        };
        while !self.climb(&mut hunt)? {
            let in_lines = self.pieces[piece].in_lines;
            if !in_lines && hunt.from_below.is_past_first_gear() && self.linearise(piece) {
                return Ok(());
            }
            if self.look_through_windows(&mut hunt)? {
                return Ok(());
            }
            self.widen(&mut hunt)?;
            if self.leap(&mut hunt)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// One turn from below. Whether the part is solved.
    fn climb(&mut self, hunt: &mut Hunt<'_>) -> Result<bool, StopReason> {
        let outcome = hunt
            .from_below
            .turn(hunt.bar, self.threads(), &mut self.meter);
        self.memory = self.memory.max(self.taken(hunt));
        let level = hunt.from_below.level();
        self.raise(level.min(hunt.bar), Reason::Search);
        match outcome? {
            Outcome::Found(order) => {
                self.improve(hunt.piece, order, level, false);
                return Ok(true);
            }
            Outcome::Hopeless => return Ok(true),
            Outcome::Paused => self.check()?,
        }
        Ok(false)
    }

    /// Better orders and bounds from windows, if they are due. Whether the part is solved.
    fn look_through_windows(&mut self, hunt: &mut Hunt<'_>) -> Result<bool, StopReason> {
        let switches = self.options.switches;
        let spent = self.meter.spent() - hunt.begun;
        // Without a first gear, small problems are to see windows too.
        if spent < hunt.windows && (hunt.windows > WINDOWS || switches.ask(Switch::ForwardFirst)) {
            return Ok(false);
        }
        let most = spent.max(WINDOWS) / hunt.share;
        let before = (self.lower, hunt.bar);
        if switches.ask(Switch::Neighbours) {
            self.look_for_better(hunt, most)?;
        }
        if self.lower < hunt.bar && switches.ask(Switch::Windows) {
            self.look_for_bounds(hunt, most)?;
        }
        let spent = (self.meter.spent() - hunt.begun).max(WINDOWS);
        let helped = before != (self.lower, hunt.bar);
        hunt.windows = spent * if helped { SOON } else { LATER };
        hunt.share = match helped {
            true => (hunt.share / 2).max(HALF),
            false if hunt.net.len() < LONG => (hunt.share * 2).min(LEAST),
            false => hunt.share,
        };
        Ok(self.lower >= hunt.bar)
    }

    /// How windows are solved that may take `most` states together.
    fn how(&self, most: u64) -> Windows {
        Windows {
            switches: self.options.switches,
            lower: self.lower,
            states: most / 2,
            threads: self.threads(),
        }
    }

    /// A better order by better windows.
    fn look_for_better(&mut self, hunt: &mut Hunt<'_>, most: u64) -> Result<(), StopReason> {
        let Piece { order, peak, .. } = &self.pieces[hunt.piece];
        let (mut better, how) = (Better::new(order.clone(), *peak), self.how(most));
        let ended = improve(hunt.net, &mut better, most, how, &mut self.meter);
        self.memory = self.memory.max(self.taken(hunt) + better.memory);
        hunt.bar = self.improve(hunt.piece, better.order, better.peak, false);
        ended
    }

    /// A bound from what windows need alone.
    fn look_for_bounds(&mut self, hunt: &mut Hunt<'_>, most: u64) -> Result<(), StopReason> {
        let Piece { part, order, .. } = &self.pieces[hunt.piece];
        if !part.reach.is_known() {
            return Ok(());
        }
        let (mut found, how) = (Bound::new(self.lower), self.how(most));
        let problem = (&part.net, &part.reach);
        let ended = bound(problem, order, &mut found, most, how, &mut self.meter);
        self.memory = self.memory.max(self.taken(hunt) + found.memory);
        self.raise(found.lower.min(hunt.bar), Reason::Search);
        hunt.from_below.raise(self.lower);
        ended
    }

    /// Bytes that tables and states take.
    fn taken(&self, hunt: &Hunt<'_>) -> u64 {
        let above = hunt.from_above.as_ref();
        let above = above.map_or(0, |leap| leap.gears.memory());
        self.tables + hunt.from_below.memory() + above
    }

    /// A beam each way, if one is due.
    fn widen(&mut self, hunt: &mut Hunt<'_>) -> Result<(), StopReason> {
        let Some(&(states, width)) = BEAMS.get(hunt.beams) else {
            return Ok(());
        };
        // Without a first gear, small problems are to see beams and leaps too.
        let due = if hunt.beams > 0 || self.options.switches.ask(Switch::ForwardFirst) {
            states.max(width * u64::from(hunt.net.len()) / 2)
        } else {
            0
        };
        if hunt.from_below.taken() < due {
            return Ok(());
        }
        hunt.beams += 1;
        let level = hunt.from_below.level();
        let (left, bar) = (self.meter.share(u64::MAX), hunt.bar);
        let ways = [(hunt.net, false), (hunt.reversed, true)];
        let found = each(self.threads(), &ways, |&(net, _)| {
            let mut own = left.clone();
            let found = beam(net, width as usize, bar, level, &mut own);
            (found, own.spent())
        });
        for ((_, back), (found, spent)) in ways.into_iter().zip(found) {
            let spent = self.meter.spend(spent);
            if let Some((order, peak)) = found? {
                hunt.bar = self.improve(hunt.piece, order, peak, back);
            }
            spent?;
        }
        Ok(())
    }

    /// Some turns from above, once there was a beam. Whether the part is solved.
    fn leap(&mut self, hunt: &mut Hunt<'_>) -> Result<bool, StopReason> {
        for _ in 0..LEAPS {
            if hunt.beams == 0
                || hunt.bar <= self.lower
                || !self.options.switches.ask(Switch::Leaps)
            {
                break;
            }
            let leap = hunt.from_above.take().filter(|leap| leap.below == hunt.bar);
            let mut leap = leap.unwrap_or_else(|| Leap {
                gears: Gears::new(hunt.net, hunt.reversed, hunt.bar - 1, self.options.switches),
                below: hunt.bar,
            });
            match leap.gears.turn(hunt.bar, self.threads(), &mut self.meter)? {
                Outcome::Found(order) => {
                    let peak = hunt.net.costs(&order).into_iter().max().unwrap_or(0);
                    let peak = peak.max(self.lower);
                    hunt.bar = self.improve(hunt.piece, order, peak, false);
                }
                Outcome::Hopeless => {
                    self.raise(hunt.bar, Reason::Search);
                    return Ok(true);
                }
                Outcome::Paused => hunt.from_above = Some(leap),
            }
        }
        Ok(false)
    }

    /// Takes over an order of a part if it is better; the peak to beat is returned.
    fn improve(&mut self, piece: usize, mut order: Vec<u32>, peak: u64, reversed: bool) -> u64 {
        let piece = &mut self.pieces[piece];
        if peak < piece.peak {
            if reversed {
                let last = order.len() as u32;
                order = order.iter().rev().map(|&op| last - 1 - op).collect();
            }
            (piece.order, piece.peak) = (order, peak);
        }
        let bar = piece.peak.min(self.file);
        self.tell();
        bar
    }
}
