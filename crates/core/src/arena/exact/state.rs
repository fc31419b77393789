//! What is placed so far, what follows from it, and how to take it back.

use std::hash::Hasher;

use crate::arena::exact::instance::{Instance, NONE};
use crate::arena::rules::Rules;

/// The last place decided on: (offset, rank + 1), see [`Rules`]. (0, 0) comes before all.
pub(crate) type Position = (u64, u32);

/// One change to take back: what was there before.
#[derive(Clone, Copy, Debug)]
enum Change {
    Lift { buffer: u32, rest: u64, floor: u64 },
    Support { buffer: u32, was: u32 },
    Leader { section: u32, was: u32 },
}

/// A partial layout. All vectors are indexed by rank or by section.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) rules: Rules,
    /// No buffer may end above this.
    pub(crate) capacity: u64,
    /// The capacity rounded up to the instance's unit: what the rounded sizes of a section may add up to.
    pub(crate) room: u64,
    /// Where the buffer would lie if placed now; once placed, its offset.
    pub(crate) rest: Vec<u64>,
    /// At or below every offset it can still have; never below `rest`.
    pub(crate) floor: Vec<u64>,
    /// Where the buffer stands in the preorder of the part it belongs to.
    pub(crate) rank: Vec<u32>,
    pub(crate) placed: Vec<bool>,
    /// The highest offset at which the lowest unplaced buffer of each section can start: `room` less the unplaced bytes, rounded up.
    pub(crate) latest: Vec<u64>,
    /// Unplaced buffers of each section.
    pub(crate) open: Vec<u32>,
    /// Unplaced buffers live on both sides of the border between each section and the next.
    pub(crate) crossing: Vec<u32>,
    /// The neighbour that each waiting buffer's floor was last justified by.
    pub(crate) support: Vec<u32>,
    /// How many buffers each is the support of.
    pub(crate) supported: Vec<u32>,
    /// The candidate of each section that ends lowest, when it was last looked at.
    pub(crate) leader: Vec<u32>,
    pub(crate) dirty_buffers: Vec<u32>,
    pub(crate) dirty_sections: Vec<u32>,
    pub(crate) buffer_is_dirty: Vec<bool>,
    pub(crate) section_is_dirty: Vec<bool>,
    /// Scratch of the one-machine rule.
    pub(crate) jobs: Vec<(u64, u64)>,
    changes: Vec<Change>,
}

impl State {
    /// Nothing placed; none if a section's load alone is above the capacity.
    pub(crate) fn new(instance: &Instance, capacity: u64, rules: Rules) -> Option<Self> {
        let buffers = instance.len();
        let count = instance.members.len();
        let room = capacity.next_multiple_of(instance.unit);
        let load = |row: &[u32]| row.iter().map(|&b| instance.foot[b as usize]).sum::<u64>();
        let latest =
            (0..count).map(|section| room.checked_sub(load(instance.members.row(section))));
        let latest: Vec<u64> = latest.collect::<Option<_>>()?;
        let mut state = Self {
            rules,
            capacity,
            room,
            rest: instance.start.clone(),
            floor: instance.start.clone(),
            rank: (0..buffers as u32).collect(),
            placed: vec![false; buffers],
            latest,
            open: (0..count)
                .map(|s| instance.members.row(s).len() as u32)
                .collect(),
            crossing: vec![0; count],
            support: vec![NONE; buffers],
            supported: vec![0; buffers],
            leader: vec![NONE; count],
            dirty_buffers: Vec::new(),
            dirty_sections: Vec::new(),
            buffer_is_dirty: vec![false; buffers],
            section_is_dirty: vec![false; count],
            jobs: Vec::new(),
            changes: Vec::new(),
        };
        for buffer in 0..buffers {
            for border in instance.borders(buffer) {
                state.crossing[border] += 1;
            }
        }
        Some(state)
    }

    /// A copy in which what is so far cannot be taken back any more.
    pub(crate) fn copy(&mut self) -> Self {
        let changes = std::mem::take(&mut self.changes);
        let copy = self.clone();
        self.changes = changes;
        copy
    }

    /// A number that states with the same rests of the same unplaced buffers share.
    pub(crate) fn hash(&self) -> u64 {
        let mut hasher = rustc_hash::FxHasher::default();
        for (&rest, &placed) in self.rest.iter().zip(&self.placed) {
            hasher.write_u64(if placed { u64::MAX } else { rest });
        }
        hasher.finish()
    }

    /// How many changes there are to take back.
    pub(crate) fn mark(&self) -> usize {
        self.changes.len()
    }

    /// The buffers whose floors may have risen after `mark`, with what these were.
    pub(crate) fn lifted_after(&self, mark: usize) -> impl Iterator<Item = (usize, u64)> {
        (self.changes[mark..].iter()).filter_map(|change| match *change {
            Change::Lift { buffer, floor, .. } => Some((buffer as usize, floor)),
            _ => None,
        })
    }

    /// Places `buffer` at its rest. False if that leaves a neighbour no room.
    pub(crate) fn place(&mut self, instance: &Instance, buffer: usize) -> bool {
        let end = self.rest[buffer] + instance.foot[buffer];
        self.placed[buffer] = true;
        for &section in instance.sections.row(buffer) {
            self.latest[section as usize] += instance.foot[buffer];
            self.open[section as usize] -= 1;
            if self.leader[section as usize] == buffer as u32 {
                self.touch_section(section as usize);
            }
        }
        for border in instance.borders(buffer) {
            self.crossing[border] -= 1;
        }
        let mut fits = self.rest[buffer] + instance.size[buffer] <= self.capacity;
        for &neighbour in instance.neighbours.row(buffer) {
            let neighbour = neighbour as usize;
            if self.placed[neighbour] {
                continue;
            }
            if self.support[neighbour] == buffer as u32 {
                self.touch_buffer(neighbour);
            }
            let rest = instance.rounded(neighbour, end);
            if rest > self.rest[neighbour] {
                fits &= self.lift(instance, neighbour, rest, true);
            }
        }
        fits
    }

    /// Raises the floor of an unplaced buffer, and its rest too if `resting`. False if it then has no room.
    pub(crate) fn lift(
        &mut self,
        instance: &Instance,
        buffer: usize,
        to: u64,
        resting: bool,
    ) -> bool {
        let floor = self.floor[buffer];
        self.changes.push(Change::Lift {
            buffer: buffer as u32,
            rest: self.rest[buffer],
            floor,
        });
        if resting {
            self.rest[buffer] = to;
        }
        if to > floor {
            self.floor[buffer] = to;
            self.touch_crossed(instance, buffer, floor, to);
            self.touch_buffer(buffer);
            if self.supported[buffer] > 0 {
                for &neighbour in instance.neighbours.row(buffer) {
                    if self.support[neighbour as usize] == buffer as u32 {
                        self.touch_buffer(neighbour as usize);
                    }
                }
            }
        }
        to + instance.size[buffer] <= self.capacity
            && (instance.free[buffer] || to <= instance.start[buffer])
    }

    /// Touches the sections that the lift of `buffer` from `floor` to `to` can have changed something in: those it leads, and those it is no
    /// candidate of any more unless it starts above the leader.
    fn touch_crossed(&mut self, instance: &Instance, buffer: usize, floor: u64, to: u64) {
        let (from, end) = instance.span[buffer];
        for section in from as usize..end as usize {
            let leader = self.leader[section];
            let latest = self.latest[section];
            if leader == buffer as u32
                || (floor <= latest
                    && latest < to
                    && (leader == NONE
                        || to < self.floor[leader as usize] + instance.foot[leader as usize]))
            {
                self.touch_section(section);
            }
        }
    }

    /// Notes which neighbour justifies the floor of a waiting buffer.
    pub(crate) fn rest_on(&mut self, buffer: usize, support: u32) {
        let was = self.support[buffer];
        self.swap_support(buffer, support);
        self.changes.push(Change::Support {
            buffer: buffer as u32,
            was,
        });
    }

    fn swap_support(&mut self, buffer: usize, support: u32) {
        if let Some(count) = self.supported.get_mut(self.support[buffer] as usize) {
            *count -= 1;
        }
        if let Some(count) = self.supported.get_mut(support as usize) {
            *count += 1;
        }
        self.support[buffer] = support;
    }

    /// Notes which candidate of a section ends lowest.
    pub(crate) fn lead(&mut self, section: usize, leader: u32) {
        let was = std::mem::replace(&mut self.leader[section], leader);
        self.changes.push(Change::Leader {
            section: section as u32,
            was,
        });
    }

    /// Takes back everything after `mark`, except placements.
    pub(crate) fn undo(&mut self, mark: usize) {
        while self.changes.len() > mark {
            let Some(change) = self.changes.pop() else {
                break;
            };
            match change {
                Change::Lift {
                    buffer,
                    rest,
                    floor,
                } => {
                    self.rest[buffer as usize] = rest;
                    self.floor[buffer as usize] = floor;
                }
                Change::Support { buffer, was } => self.swap_support(buffer as usize, was),
                Change::Leader { section, was } => self.leader[section as usize] = was,
            }
        }
        self.clean();
    }

    /// Takes back the placement of `buffer`; what it lifted must be taken back too.
    pub(crate) fn unplace(&mut self, instance: &Instance, buffer: usize) {
        self.placed[buffer] = false;
        for &section in instance.sections.row(buffer) {
            self.latest[section as usize] -= instance.foot[buffer];
            self.open[section as usize] += 1;
        }
        for border in instance.borders(buffer) {
            self.crossing[border] += 1;
        }
    }

    /// Forgets what was still to be propagated.
    pub(crate) fn clean(&mut self) {
        while let Some(buffer) = self.dirty_buffers.pop() {
            self.buffer_is_dirty[buffer as usize] = false;
        }
        while let Some(section) = self.dirty_sections.pop() {
            self.section_is_dirty[section as usize] = false;
        }
    }

    /// Whether the buffer cannot be placed at its rest any more, or not yet.
    pub(crate) fn waits(&self, buffer: usize, position: Position) -> bool {
        self.floor[buffer] > self.rest[buffer]
            || (self.rest[buffer], self.rank[buffer] + 1) <= position
    }

    pub(crate) fn touch_buffer(&mut self, buffer: usize) {
        if !self.buffer_is_dirty[buffer] {
            self.buffer_is_dirty[buffer] = true;
            self.dirty_buffers.push(buffer as u32);
        }
    }

    pub(crate) fn touch_section(&mut self, section: usize) {
        if !self.section_is_dirty[section] {
            self.section_is_dirty[section] = true;
            self.dirty_sections.push(section as u32);
        }
    }
}
