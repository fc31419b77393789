//! Depth first over canonical placements, on an explicit stack so that searches can take turns.

use crate::arena::exact::instance::{Instance, NONE};
use crate::arena::exact::preorder::Preorder;
use crate::arena::exact::state::{Position, State};
use crate::arena::rules::Rules;
use crate::limits::{Meter, StopReason};

/// How a search ended, or that it has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The offsets by rank.
    Found(Vec<u64>),
    /// No layout fits.
    Refuted,
    /// The slice is used up.
    Paused,
}

/// Unplaced buffers that only see each other, and the sections they are in.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Where the members are in [`Search::members`].
    members: (usize, usize),
    sections: (usize, usize),
}

#[derive(Debug)]
enum Frame {
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
struct Context {
    part: Part,
    position: Position,
    /// The frame of the split that the part belongs to, or none.
    split: Option<usize>,
}

/// A search that can be run in slices.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    instance: &'a Instance,
    preorder: Preorder,
    state: State,
    members: Vec<u32>,
    frames: Vec<Frame>,
    now: Context,
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
    pub(crate) fn run(&mut self, slice: u64, meter: &mut Meter) -> Result<Verdict, StopReason> {
        let mut left = slice;
        loop {
            if self.dead && !self.backtrack() {
                return Ok(Verdict::Refuted);
            }
            match self.next() {
                Next::Dead => self.dead = true,
                Next::Done if self.next_part() => {}
                Next::Done => return Ok(Verdict::Found(self.state.rest.clone())),
                Next::Place(_) if left == 0 => return Ok(Verdict::Paused),
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
    fn rank(&mut self, (from, to): (usize, usize)) {
        let members = &mut self.members[from..to];
        self.preorder.sort(self.instance, &self.state.latest, members);
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
        self.state.advance(&self.members[from..to], position);
        self.state.propagate(self.instance, position)
    }

    fn next(&self) -> Next {
        let (from, to) = self.now.part.members;
        let members = &self.members[from..to];
        next_candidate(self.instance, &self.state, members, self.now.part.sections, self.now.position)
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

    /// Begins the next part of the innermost split that has one. False if everything is placed.
    fn next_part(&mut self) -> bool {
        let count = self.frames.len();
        while let Some(split) = self.now.split {
            let Frame::Split {
                parts,
                next,
                base,
                outer,
            } = &mut self.frames[split]
            else {
                return false;
            };
            if let Some(&part) = parts.get(*next) {
                *next += 1;
                *base = count;
                self.now.part = part;
                // The ranks are new, so at the same offset every buffer has its turn again.
                self.now.position = (outer.position.0, 0);
                return true;
            }
            self.now.split = outer.split;
        }
        false
    }

    /// Splits the current part where no unplaced buffer crosses.
    fn split(&mut self) {
        let (from, to) = self.now.part.sections;
        let state = &self.state;
        let mut parts: Vec<Part> = Vec::new();
        let (mut start, mut open) = (from, false);
        for section in from..to {
            open |= state.open[section] > 0;
            if section + 1 == to || state.crossing[section] == 0 {
                if open {
                    parts.push(Part {
                        members: (0, 0),
                        sections: (start, section + 1),
                    });
                }
                (start, open) = (section + 1, false);
            }
        }
        if parts.len() < 2 {
            return;
        }
        for part in &mut parts {
            part.members = self.gather(part.sections);
            self.rank(part.members);
        }
        self.frames.push(Frame::Split {
            next: 0,
            base: 0,
            outer: self.now,
            parts,
        });
        self.now.split = Some(self.frames.len() - 1);
        self.next_part();
    }

    /// Copies the unplaced members within `sections` to the end of the member list.
    fn gather(&mut self, sections: (usize, usize)) -> (usize, usize) {
        let (from, to) = self.now.part.members;
        let start = self.members.len();
        for index in from..to {
            let member = self.members[index];
            let first = self.instance.sections.row(member as usize)[0] as usize;
            if !self.state.placed[member as usize] && sections.0 <= first && first < sections.1 {
                self.members.push(member);
            }
        }
        (start, self.members.len())
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

pub(crate) enum Next {
    Place(u32),
    Dead,
    Done,
}
