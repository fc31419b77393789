//! Parts searched on several threads, ahead of their turn.
//!
//! Parts share nothing but the bound: what one of them is proved to need at least is the level at which the next one begins, and where
//! that is above the next one's order nothing is left to do. That keeps the states of one thread down, but makes a chain of the parts: so on
//! other threads the next ones are searched *ahead*, each on a copy of what is known, as if those before it will not raise the bound. The
//! first part mostly does, the others mostly do not, so nothing is taken ahead before something was spent.
//!
//! Statement. Whatever the number of threads, the run takes the same steps with the same outcome and counts the same states.
//! Proof. Whose turn it is depends on the peaks of the parts alone. A step reads its part and the part's order, the bound, the bytes of
//! tables that stand, the file's peak, where a gap is asked for the worst peak elsewhere, and the limits; it changes what [`Ahead`] holds.
//! What was taken ahead counts only in its turn, with all of these as it took them for granted, or else it is dropped and the step
//! taken now. Of the limits it may have known more to be left: more nodes, of which it then has to have spent less than there are left,
//! so that neither it nor a piece of work of its own would have met the limit; and it was granted less memory, which it then must not
//! have run out of. So it is the step that one thread takes. How many threads work inside a step changes nothing (`threads`).
//!
//! Only where the clock or an interrupt ends the run, which may end anywhere, what was found ahead counts as it stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::limits::{Meter, StopReason};
use crate::schedule::Switch;
use crate::schedule::options::Options;
use crate::schedule::reduce::Part;
use crate::threads::beside;

use super::Reason;
use super::run::{Piece, Run};

/// States that are spent before anything is taken ahead: some milliseconds, in which most networks are solved.
const ALONE: u64 = 250;

/// A step to be taken ahead.
struct Fork {
    options: Options<'static>,
    meter: Meter,
    piece: Piece,
    elsewhere: u64,
    file: u64,
    lower: u64,
    reason: Reason,
    tables: u64,
    /// Set once the step will not be needed.
    vain: Arc<AtomicBool>,
}

/// A step that was taken ahead: what it took for granted, and what came of it.
pub(super) struct Ahead {
    part: Arc<Part>,
    from: u64,
    tables: [u64; 2],
    elsewhere: u64,
    pieces: Vec<Piece>,
    lower: u64,
    reason: Reason,
    memory: u64,
    spent: u64,
    ended: Result<(), StopReason>,
}

impl Run<'_> {
    /// The step of the piece whose turn it is: as it was taken ahead, or now, with others ahead.
    pub(super) fn turn(&mut self, piece: usize) -> Result<(), StopReason> {
        let part = &self.pieces[piece].part;
        let known = |ahead: &Ahead| Arc::ptr_eq(&ahead.part, part);
        if let Some(at) = self.ahead.iter().position(known) {
            let ahead = self.ahead.swap_remove(at);
            if self.is_as_granted(piece, &ahead) {
                return self.take_over(piece, ahead);
            }
        }
        // Without a first gear, small problems are to see this too.
        let threads = self.options.limits.threads;
        let early = |run: &Self| {
            run.meter.spent() < ALONE && run.options.switches.ask(Switch::ForwardFirst)
        };
        if threads < 2 || early(self) {
            return self.step(piece);
        }
        let forks = self.forks(piece);
        self.step_beside(piece, &forks)
    }

    /// The steps that come next if none raises the bound, in their order.
    fn forks(&mut self, piece: usize) -> Vec<Fork> {
        let of_use = |ahead: &Ahead| ahead.from == self.lower && ahead.is_done();
        self.ahead.retain(of_use);
        let above = |&i: &usize| self.pieces[i].peak > self.lower && i != piece;
        let mut turns: Vec<usize> = (0..self.pieces.len()).filter(above).collect();
        turns.sort_by_key(|&i| std::cmp::Reverse(self.pieces[i].peak));
        let peaks = turns.iter().map(|&i| self.pieces[i].peak);
        let behind: Vec<u64> = peaks.skip(1).chain([self.lower]).collect();
        let limits = &self.options.limits;
        let memory = limits.memory / limits.threads as u64;
        let mut forks = Vec::new();
        for (turn, elsewhere) in turns.into_iter().zip(behind) {
            let piece = &self.pieces[turn];
            if self.ahead.iter().any(|a| Arc::ptr_eq(&a.part, &piece.part)) {
                continue;
            }
            let mut limits = limits.clone();
            limits.threads = 1;
            let vain = Arc::default();
            forks.push(Fork {
                options: Options {
                    limits,
                    switches: self.options.switches,
                    observer: None,
                },
                meter: self.meter.ahead(memory, &vain),
                piece: piece.clone(),
                elsewhere,
                file: self.file,
                lower: self.lower,
                reason: self.reason,
                tables: self.tables,
                vain,
            });
        }
        forks
    }

    /// Takes the step of a piece, and on other threads those of `forks`, until one of them raises the bound.
    fn step_beside(&mut self, piece: usize, forks: &[Fork]) -> Result<(), StopReason> {
        let others = forks.len().min(self.options.limits.threads - 1);
        let left = Arc::clone(&self.busy);
        left.store(forks.len(), Ordering::Relaxed);
        let call_off = |forks: &[Fork]| {
            let each = forks.iter();
            each.for_each(|fork| fork.vain.store(true, Ordering::Relaxed));
        };
        let places: Vec<usize> = (0..forks.len()).collect();
        let take = |&at: &usize| {
            let ahead = forks[at].take();
            if ahead.as_ref().is_none_or(Ahead::is_last) {
                call_off(&forks[at + 1..]);
            }
            left.fetch_sub(1, Ordering::Relaxed);
            ahead
        };
        let before = self.lower;
        let (ended, taken) = beside(others, &places, take, || {
            let ended = self.step(piece);
            if ended.is_err() || self.lower > before {
                call_off(forks);
            }
            ended
        });
        self.ahead.extend(taken.into_iter().flatten());
        ended
    }

    /// Whether a step taken ahead is the one that would be taken now.
    fn is_as_granted(&self, piece: usize, ahead: &Ahead) -> bool {
        let others = (0..self.pieces.len()).filter(|&i| i != piece);
        let peaks = others.map(|i| self.pieces[i].peak);
        let elsewhere = peaks.fold(self.lower, u64::max);
        let limits = self.meter.limits();
        ahead.from == self.lower
            && ahead.tables[0] == self.tables
            && (ahead.elsewhere == elsewhere || limits.gap == 0.0)
            && ahead.spent < limits.nodes - self.meter.spent()
            && ahead.is_done()
    }

    /// Makes a step taken ahead the one of its turn.
    fn take_over(&mut self, piece: usize, ahead: Ahead) -> Result<(), StopReason> {
        self.meter.spend(ahead.spent)?;
        self.memory = self.memory.max(ahead.memory);
        self.tables = ahead.tables[1];
        self.pieces.splice(piece..=piece, ahead.pieces);
        self.raise(ahead.lower, ahead.reason);
        self.tell();
        ahead.ended
    }

    /// Takes over what was found ahead, where the run may end anywhere.
    pub(super) fn salvage(&mut self) {
        for ahead in std::mem::take(&mut self.ahead) {
            let mut pieces = self.pieces.iter();
            let place = pieces.position(|piece| Arc::ptr_eq(&piece.part, &ahead.part));
            let peak = ahead.pieces.iter().map(|piece| piece.peak).max();
            if let (Some(at), Some(peak)) = (place, peak)
                && peak < self.pieces[at].peak
            {
                self.pieces.splice(at..=at, ahead.pieces);
            }
            self.raise(ahead.lower, ahead.reason);
        }
    }
}

impl Ahead {
    /// Whether it went as far as a step goes; a gap is reached wherever it is taken.
    fn is_done(&self) -> bool {
        matches!(self.ended, Ok(()) | Err(StopReason::Gap))
    }

    /// Whether steps behind this one will not be as they took for granted.
    fn is_last(&self) -> bool {
        self.ended.is_err() || self.lower > self.from
    }
}

impl Fork {
    /// Takes the step; nothing if it is not needed any more.
    fn take(&self) -> Option<Ahead> {
        if self.vain.load(Ordering::Relaxed) {
            return None;
        }
        let mut run = Run {
            options: &self.options,
            meter: self.meter.clone(),
            pieces: vec![self.piece.clone()],
            elsewhere: self.elsewhere,
            ahead: Vec::new(),
            busy: Arc::default(),
            file: self.file,
            lower: self.lower,
            reason: self.reason,
            tables: self.tables,
            memory: self.tables,
        };
        let ended = run.step(0);
        Some(Ahead {
            part: Arc::clone(&self.piece.part),
            from: self.lower,
            tables: [self.tables, run.tables],
            elsewhere: self.elsewhere,
            pieces: run.pieces,
            lower: run.lower,
            reason: run.reason,
            memory: run.memory,
            spent: run.meter.spent() - self.meter.spent(),
            ended,
        })
    }
}
