//! One run of the solver: parts, the order of each, and the interval that closes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::ids::OpId;
use crate::limits::{Meter, StopReason};
use crate::memory::{Instance, profile};
use crate::plan::{Order, Proof};
use crate::schedule::Switch;
use crate::schedule::bound::{Floor, Valleys, around};
use crate::schedule::net::Draft;
use crate::schedule::options::{Options, Progress};
use crate::schedule::reduce::{Part, linearise, split};
use crate::units::Bytes;

use super::ahead::Ahead;
use super::greedy::greedy;
use super::{Reason, Schedule};

/// A part with the best order known for it.
#[derive(Clone)]
pub(super) struct Piece {
    pub(super) part: Arc<Part>,
    pub(super) order: Vec<u32>,
    pub(super) peak: u64,
    /// Whether its modules, if it has any, are lines.
    pub(super) in_lines: bool,
}

impl Piece {
    fn new(part: Part, in_lines: bool) -> Self {
        let (order, peak) = greedy(&part.net, 0);
        Self {
            part: Arc::new(part),
            order,
            peak,
            in_lines,
        }
    }
}

/// A run of the solver.
pub(super) struct Run<'a> {
    pub(super) options: &'a Options<'a>,
    pub(super) meter: Meter,
    pub(super) pieces: Vec<Piece>,
    /// What parts need that are not among the pieces, where this is a step ahead of its turn.
    pub(super) elsewhere: u64,
    /// Steps that were taken ahead of their turn.
    pub(super) ahead: Vec<Ahead>,
    /// Threads that others use at the moment.
    pub(super) busy: Arc<AtomicUsize>,
    /// What the file's order needs: no need to do worse.
    pub(super) file: u64,
    pub(super) lower: u64,
    pub(super) reason: Reason,
    pub(super) tables: u64,
    pub(super) memory: u64,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        instance: &Instance<'_>,
        options: &'a Options<'a>,
        floor: Floor,
        file: Bytes,
    ) -> Self {
        let meter = Meter::start(&options.limits);
        let (parts, tables) = split(Draft::from_instance(instance), options.switches);
        let lower = floor.bytes.get();
        let pieces = parts.into_iter().map(|part| Piece::new(part, false));
        Self {
            options,
            meter,
            pieces: pieces.collect(),
            elsewhere: 0,
            ahead: Vec::new(),
            busy: Arc::default(),
            file: file.get(),
            lower,
            reason: Reason::Operator(floor),
            tables,
            memory: tables,
        }
    }

    /// The best peak known.
    fn upper(&self) -> u64 {
        let peaks = self.pieces.iter().map(|piece| piece.peak);
        peaks.fold(self.elsewhere, u64::max).min(self.file)
    }

    /// Threads to be used at the moment.
    pub(super) fn threads(&self) -> usize {
        let busy = self.busy.load(Ordering::Relaxed);
        self.options.limits.threads.saturating_sub(busy).max(1)
    }

    pub(super) fn raise(&mut self, lower: u64, reason: Reason) {
        if lower > self.lower {
            (self.lower, self.reason) = (lower, reason);
            self.tell();
        }
    }

    pub(super) fn tell(&self) {
        if let Some(observer) = self.options.observer {
            observer(Progress {
                lower: Bytes(self.lower),
                upper: Bytes(self.upper()),
                states: self.meter.spent(),
            });
        }
    }

    pub(super) fn check(&self) -> Result<(), StopReason> {
        self.meter.look()?;
        if self.memory > self.meter.limits().memory {
            return Err(StopReason::MemoryLimit);
        }
        let gap = self.meter.limits().gap;
        if gap > 0.0
            && self.lower < self.upper()
            && self.meter.close_enough(self.lower, self.upper())
        {
            return Err(StopReason::Gap);
        }
        Ok(())
    }

    /// Works on the part whose order is worst until no part is above the bound.
    pub(super) fn search(&mut self) -> Result<(), StopReason> {
        self.tell();
        while self.lower < self.upper() {
            let worst =
                (0..self.pieces.len()).max_by_key(|&i| (self.pieces[i].peak, usize::MAX - i));
            let Some(worst) = worst else { break };
            self.check()?;
            self.turn(worst)?;
        }
        Ok(())
    }

    /// Works on one part until it is solved, or its modules are in lines and it is another problem.
    pub(super) fn step(&mut self, piece: usize) -> Result<(), StopReason> {
        let switches = self.options.switches;
        if switches.ask(Switch::Around) {
            self.look_around(piece)?;
        }
        let at_once = !self.pieces[piece].in_lines && !switches.ask(Switch::ForwardFirst);
        if at_once && self.linearise(piece) {
            return Ok(());
        }
        self.exhaust(piece)
    }

    /// Raises the bound by what must be live around the dearest steps of the part's order.
    fn look_around(&mut self, piece: usize) -> Result<(), StopReason> {
        const MOST: usize = 64;
        let Piece { part, order, .. } = &self.pieces[piece];
        if !part.reach.is_known() {
            return Ok(());
        }
        let mut valleys = Valleys::new(&part.net);
        let costs = part.net.costs(order);
        let mut steps: Vec<(u64, u32)> = costs.into_iter().zip(order.iter().copied()).collect();
        steps.sort_unstable_by_key(|&(cost, op)| (std::cmp::Reverse(cost), op));
        let mut best: Option<Floor> = None;
        for (cost, op) in steps.into_iter().take(MOST) {
            self.meter.look()?;
            let lower = best.map_or(self.lower, |floor| floor.bytes.get());
            if cost <= lower {
                break;
            }
            let bar = lower + 1;
            if let Some(bytes) = around(&part.net, &part.reach, &mut valleys, op, bar) {
                let op = OpId(part.a_member(op));
                best = Some(Floor {
                    op,
                    bytes: Bytes(bytes),
                });
            }
        }
        if let Some(floor) = best {
            self.raise(floor.bytes.get(), Reason::Around(floor));
        }
        Ok(())
    }

    /// Puts the modules of a part into lines, which may split it further. Whether there were any.
    pub(super) fn linearise(&mut self, piece: usize) -> bool {
        self.pieces[piece].in_lines = true;
        let switches = self.options.switches;
        let Some(draft) = linearise(&self.pieces[piece].part, switches) else {
            return false;
        };
        let (parts, tables) = split(draft, switches);
        self.tables = self.tables.max(tables);
        let pieces = parts.into_iter().map(|part| Piece::new(part, true));
        self.pieces.splice(piece..=piece, pieces);
        true
    }

    /// Puts the parts together and measures the whole with the ruler.
    pub(super) fn finish(
        self,
        instance: &Instance<'_>,
        file: Order,
        stopped: Option<StopReason>,
    ) -> Schedule {
        let lifted = self
            .pieces
            .iter()
            .flat_map(|piece| piece.part.lift(&piece.order))
            .map(OpId);
        let mut order = Order::new(lifted.collect());
        let mut peak = profile(instance, &order).peak;
        if peak.get() >= self.file {
            (order, peak) = (file, Bytes(self.file));
        }
        let bound = Bytes(self.lower).min(peak);
        let proof = match stopped {
            Some(stopped_by) if bound < peak => Proof::Bounded {
                lower: bound,
                upper: peak,
                stopped_by,
            },
            _ => Proof::Optimal,
        };
        let (states, memory) = (self.meter.spent(), Bytes(self.memory));
        Schedule {
            order,
            proof,
            peak,
            bound,
            states,
            memory,
            reason: self.reason,
        }
    }
}
