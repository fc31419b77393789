//! One run of the solver: parts, the order of each, and the interval that closes.

use crate::ids::OpId;
use crate::limits::{Meter, StopReason};
use crate::memory::{Instance, profile};
use crate::plan::{Order, Proof};
use crate::schedule::bound::{Floor, Valleys, around};
use crate::schedule::exact::{Gears, Outcome};
use crate::schedule::net::Draft;
use crate::schedule::options::{Options, Progress};
use crate::schedule::reduce::{Part, linearise, split};
use crate::units::Bytes;

use super::beam::beam;
use super::greedy::greedy;
use super::{Reason, Schedule};

/// A part with the best order known for it.
struct Piece {
    part: Part,
    order: Vec<u32>,
    peak: u64,
    /// Whether its modules, if it has any, are lines.
    in_lines: bool,
}

impl Piece {
    fn new(part: Part, in_lines: bool) -> Self {
        let (order, peak) = greedy(&part.net, 0);
        Self {
            part,
            order,
            peak,
            in_lines,
        }
    }
}

/// Bytes of states at which a search ends as if its nodes were used up.
const MOST_MEMORY: u64 = 4 << 30;
/// How wide a beam looks for better orders once the search has taken so many states, and half of what the beam takes.
const BEAMS: [(u64, u64); 4] = [
    (20_000, 64),
    (100_000, 512),
    (500_000, 4_096),
    (2_000_000, 16_384),
];

/// A run of the solver.
pub(super) struct Run<'a> {
    options: &'a Options<'a>,
    meter: Meter,
    pieces: Vec<Piece>,
    /// What the file's order needs: no need to do worse.
    file: u64,
    lower: u64,
    reason: Reason,
    tables: u64,
    memory: u64,
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
        let pieces = parts
            .into_iter()
            .map(|part| Piece::new(part, !options.switches.modules));
        Self {
            options,
            meter,
            pieces: pieces.collect(),
            file: file.get(),
            lower,
            reason: Reason::Operator(floor),
            tables,
            memory: tables,
        }
    }

    /// The best peak known.
    fn upper(&self) -> u64 {
        self.pieces
            .iter()
            .map(|piece| piece.peak)
            .max()
            .unwrap_or(0)
            .min(self.file)
    }

    fn raise(&mut self, lower: u64, reason: Reason) {
        if lower > self.lower {
            (self.lower, self.reason) = (lower, reason);
            self.tell();
        }
    }

    fn tell(&self) {
        if let Some(observer) = self.options.observer {
            observer(Progress {
                lower: Bytes(self.lower),
                upper: Bytes(self.upper()),
                states: self.meter.spent(),
            });
        }
    }

    fn check(&self) -> Result<(), StopReason> {
        self.meter.look()?;
        if self.memory > MOST_MEMORY {
            return Err(StopReason::NodeLimit);
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
            if self.options.switches.around {
                self.look_around(worst)?;
            }
            let at_once = !self.options.switches.forward_first && !self.pieces[worst].in_lines;
            if !at_once || !self.linearise(worst) {
                self.exhaust(worst)?;
            }
        }
        Ok(())
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
            let bytes = around(&part.net, &part.reach, &mut valleys, op);
            if bytes > lower {
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
    fn linearise(&mut self, piece: usize) -> bool {
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

    /// Searches a part to the end, or until its modules are in lines and it is another problem.
    fn exhaust(&mut self, piece: usize) -> Result<(), StopReason> {
        let Piece { part, peak, .. } = &self.pieces[piece];
        // A net of its own, so that orders and bounds of the run can change meanwhile.
        let (net, mut bar) = (part.net.clone(), (*peak).min(self.file));
        let reversed = net.reversed();
        let mut beams = BEAMS.iter().copied().peekable();
        let mut search = Gears::new(&net, &reversed, self.lower, self.options.switches);
        loop {
            let outcome = search.turn(bar, &mut self.meter);
            self.memory = self.memory.max(self.tables + search.memory());
            self.raise(search.level().min(bar), Reason::Search);
            match outcome? {
                Outcome::Found(order) => {
                    self.improve(piece, Some((order, search.level())), false);
                    return Ok(());
                }
                Outcome::Hopeless => return Ok(()),
                Outcome::Paused => self.check()?,
            }
            let in_lines = self.pieces[piece].in_lines;
            if !in_lines && search.is_past_first_gear() && self.linearise(piece) {
                return Ok(());
            }
            let due = |states: u64, width: u64| states.max(width * u64::from(net.len()) / 2);
            if let Some((_, width)) = beams.next_if(|&(n, w)| search.taken() >= due(n, w)) {
                for (net, back) in [(&net, false), (&reversed, true)] {
                    let found = beam(net, width as usize, bar, search.level(), &mut self.meter)?;
                    bar = self.improve(piece, found, back);
                }
            }
        }
    }

    /// Takes over a better order of a part; the peak to beat is returned.
    fn improve(&mut self, piece: usize, found: Option<(Vec<u32>, u64)>, reversed: bool) -> u64 {
        let piece = &mut self.pieces[piece];
        if let Some((mut order, peak)) = found.filter(|&(_, peak)| peak < piece.peak) {
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
