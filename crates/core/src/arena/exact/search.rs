//! Depth first over canonical placements, on an explicit stack so that searches can take turns.

use crate::arena::exact::instance::{Instance, NONE};
use crate::arena::exact::parts::Part;
use crate::arena::exact::preorder::Preorder;
use crate::arena::exact::state::{Position, State};
use crate::arena::rules::Rules;
use crate::limits::{Meter, StopReason};

/// How a search ended, or that it has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The offsets by rank.
    Found(Vec<u64>),
    /// No layout fits.
    Refuted,
    /// The slice is used up.
    Paused,
}

/// One step of the search that can be taken back.
#[derive(Debug)]
pub(crate) enum Frame {
    /// A placement: what there was to undo before it.
    Place { buffer: u32, mark: usize },
    /// Parts solved one after another.
    Split {
        parts: Vec<Part>,
        /// The part after the current one.
        next: usize,
        /// How many frames there were when the current part began.
        base: usize,
        /// What was searched before.
        outer: Context,
    },
}

/// What is searched now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub(crate) part: Part,
    pub(crate) position: Position,
    /// The frame of the split that the part belongs to, or none.
    pub(crate) split: Option<usize>,
}

/// A search that can be run in slices.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    pub(crate) instance: &'a Instance,
    pub(crate) preorder: Preorder,
    pub(crate) state: State,
    pub(crate) members: Vec<u32>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) now: Context,
    /// Whether the state already contradicts itself.
    dead: bool,
}

impl<'a> Search<'a> {
    /// A search for a layout of at most `capacity` bytes.
    pub(crate) fn new(
        instance: &'a Instance,
        capacity: u64,
        rules: Rules,
        preorder: Preorder,
    ) -> Option<Self> {
        let mut state = State::new(instance, capacity, rules)?;
        let part = Part {
            members: (0, instance.len()),
            sections: (0, instance.members.len()),
        };
        for section in 0..instance.members.len() {
            state.touch_section(section);
        }
        let now = Context {
            part,
            position: (0, 0),
            split: None,
        };
        let mut search = Self {
            instance,
            preorder,
            state,
            members: (0..instance.len() as u32).collect(),
            frames: Vec::new(),
            now,
            dead: false,
        };
        search.rank(part.members);
        search.dead = !search.state.propagate(instance, (0, 0));
        search.split();
        Some(search)
    }

    /// Goes on for at most `slice` placements.
    ///
    /// # Errors
    /// The reason to stop, once the meter has one.
    pub(crate) fn run(&mut self, slice: u64, meter: &mut Meter) -> Result<Outcome, StopReason> {
        let mut left = slice;
        loop {
            if self.dead && !self.backtrack() {
                return Ok(Outcome::Refuted);
            }
            match self.next() {
                Next::Dead => self.dead = true,
                Next::Done if self.next_part() => {}
                Next::Done => return Ok(Outcome::Found(self.state.rest.clone())),
                Next::Place(_) if left == 0 => return Ok(Outcome::Paused),
                Next::Place(buffer) => {
                    meter.tick()?;
                    left -= 1;
                    self.descend(buffer);
                }
            }
        }
    }

    /// Places `buffer` at its rest.
    fn descend(&mut self, buffer: u32) {
        self.frames.push(Frame::Place {
            buffer,
            mark: self.state.mark(),
        });
        let place = self.place_of(buffer);
        let fits = self.state.place(self.instance, buffer as usize);
        self.dead = !fits || !self.move_to(place);
        if !self.dead && self.state.rules.decomposition {
            self.split();
        }
    }

    fn place_of(&self, buffer: u32) -> Position {
        let buffer = buffer as usize;
        (self.state.rest[buffer], self.state.rank[buffer] + 1)
    }

    /// Sorts and numbers the members of a part by what is now unplaced.
    pub(crate) fn rank(&mut self, (from, to): (usize, usize)) {
        let members = &mut self.members[from..to];
        self.preorder
            .sort(self.instance, &self.state.latest, members);
        self.renumber((from, to));
    }

    fn renumber(&mut self, (from, to): (usize, usize)) {
        for (rank, &member) in self.members[from..to].iter().enumerate() {
            self.state.rank[member as usize] = rank as u32;
        }
    }

    /// Makes `position` the last place decided on. False if that is a dead end.
    fn move_to(&mut self, position: Position) -> bool {
        self.now.position = position;
        let (from, to) = self.now.part.members;
        let members = &self.members[from..to];
        self.state.move_to(self.instance, members, position)
    }

    fn next(&self) -> Next {
        let (from, to) = self.now.part.members;
        let members = &self.members[from..to];
        next_candidate(
            self.instance,
            &self.state,
            members,
            self.now.part.sections,
            self.now.position,
        )
    }

    /// Goes back to the last placement and passes it over. False if there is none left.
    fn backtrack(&mut self) -> bool {
        self.state.clean();
        loop {
            let base = match self.now.split {
                Some(split) => self.base_of(split),
                None => 0,
            };
            if self.frames.len() > base {
                let place = self.take_back();
                self.dead = !self.move_to(place);
                if !self.dead {
                    return true;
                }
            } else if let Some(split) = self.now.split {
                while self.frames.len() > split {
                    self.take_back();
                }
            } else {
                return false;
            }
        }
    }

    fn base_of(&self, split: usize) -> usize {
        match &self.frames[split] {
            Frame::Split { base, .. } => *base,
            Frame::Place { .. } => 0,
        }
    }

    /// Takes the top frame back and gives the place it decided on.
    fn take_back(&mut self) -> Position {
        match self.frames.pop() {
            Some(Frame::Place { buffer, mark }) => {
                self.state.undo(mark);
                self.state.unplace(self.instance, buffer as usize);
                self.place_of(buffer)
            }
            Some(Frame::Split { parts, outer, .. }) => {
                self.members.truncate(parts[0].members.0);
                self.now = outer;
                self.renumber(outer.part.members);
                outer.position
            }
            None => (0, 0),
        }
    }
}

/// The next buffer to place among `members`, in canonical order.
pub(crate) fn next_candidate(
    instance: &Instance,
    state: &State,
    members: &[u32],
    sections: (usize, usize),
    position: Position,
) -> Next {
    let mut best = (u64::MAX, NONE);
    let mut limit = u64::MAX;
    let mut done = true;
    for &member in members {
        let buffer = member as usize;
        if state.placed[buffer] {
            continue;
        }
        done = false;
        let rest = state.rest[buffer];
        if state.rules.dominance && instance.free[buffer] {
            limit = limit.min(rest + instance.foot[buffer]);
        }
        if rest < best.0 && !state.waits(buffer, position) && is_turn_of(instance, state, buffer) {
            best = (rest, member);
        }
    }
    if done {
        return Next::Done;
    }
    if best.1 == NONE || best.0 >= limit || best.0 > ceiling(state, sections) {
        return Next::Dead;
    }
    Next::Place(best.1)
}

/// Whether the twin of the next lower rank is placed.
fn is_turn_of(instance: &Instance, state: &State, buffer: usize) -> bool {
    let twin = instance.twin[buffer];
    !state.rules.twins || twin == NONE || state.placed[twin as usize]
}

/// The highest offset at which the next buffer may start.
fn ceiling(state: &State, (from, to): (usize, usize)) -> u64 {
    if !state.rules.ceiling {
        return u64::MAX;
    }
    (from..to)
        .filter(|&section| state.open[section] > 0)
        .map(|section| state.latest[section])
        .min()
        .unwrap_or(u64::MAX)
}

/// What the search does next.
pub(crate) enum Next {
    Place(u32),
    Dead,
    Done,
}
