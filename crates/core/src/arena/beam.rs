//! Beams: the tree of the exact search, level by level, of each level the most promising states only.
//!
//! A level holds states with as many buffers placed. Their children are the placements that survive propagation; of states that
//! leave the same rests to the same buffers one is kept, and of all the `width` with the lowest [`Score`]. A beam proves nothing. It finds low layouts
//! where there is waste to be shared out between the sections, and depth first finds them where there is none.

mod score;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashSet;

use crate::arena::exact::instance::Instance;
use crate::arena::exact::preorder::Preorder;
use crate::arena::exact::search::{Next, next_candidate};
use crate::arena::exact::state::{Position, State};
use crate::arena::rules::Rules;
use crate::limits::{Meter, StopReason};

pub(crate) use score::{Score, Tally};

/// One state of a level.
struct Node {
    state: State,
    position: Position,
    score: f64,
    hash: u64,
}

/// What a beam looks for, and how.
pub(crate) struct Beam<'a> {
    pub(crate) instance: &'a Instance,
    pub(crate) rules: Rules,
    pub(crate) score: Score,
    /// States that a level keeps.
    pub(crate) width: usize,
    /// What all heights are multiples of: the unit in which waste is counted.
    pub(crate) step: u64,
}

impl Beam<'_> {
    /// The offsets by rank of a layout of at most `capacity` bytes, if the beam meets one.
    ///
    /// # Errors
    /// The reason to stop, once the meter has one.
    pub(crate) fn run(
        &self,
        capacity: u64,
        meter: &mut Meter,
    ) -> Result<Option<Vec<u64>>, StopReason> {
        let instance = self.instance;
        let Some(mut state) = State::new(instance, capacity, self.rules) else {
            return Ok(None);
        };
        let mut members: Vec<u32> = (0..instance.len() as u32).collect();
        Preorder::PORTFOLIO[0].sort(instance, &state.latest, &mut members);
        for (rank, &member) in members.iter().enumerate() {
            state.rank[member as usize] = rank as u32;
        }
        for section in 0..instance.members.len() {
            state.touch_section(section);
        }
        if !state.propagate(instance, (0, 0)) {
            return Ok(None);
        }
        let mut level = vec![Node {
            state,
            position: (0, 0),
            score: 0.0,
            hash: 0,
        }];
        let mut tally = Tally::new(self.score, self.step, instance);
        for _ in 0..instance.len() {
            let mut next = Level::new(self.width);
            for node in level {
                self.expand(node, &members, &mut tally, &mut next, meter)?;
            }
            level = next.best();
            members.retain(|&member| level.iter().any(|node| !node.state.placed[member as usize]));
        }
        Ok(level.into_iter().next().map(|node| node.state.rest))
    }

    /// Adds the children of `node` to `next`: each placement in canonical order, those before it passed over.
    fn expand(
        &self,
        node: Node,
        members: &[u32],
        tally: &mut Tally,
        next: &mut Level,
        meter: &mut Meter,
    ) -> Result<(), StopReason> {
        let instance = self.instance;
        let sections = (0, instance.members.len());
        let (mut state, mut position) = (node.state, node.position);
        tally.take(instance, &state);
        while let Next::Place(buffer) =
            next_candidate(instance, &state, members, sections, position)
        {
            meter.tick()?;
            let buffer = buffer as usize;
            let mark = state.mark();
            position = (state.rest[buffer], state.rank[buffer] + 1);
            // What follows from a placement only lifts, and lifting only makes a score worse.
            if state.place(instance, buffer)
                && next.takes(tally.beside(instance, &state, buffer, mark))
                && state.move_to(instance, members, position)
            {
                let score = tally.beside(instance, &state, buffer, mark);
                next.offer(&mut state, position, score);
            }
            state.undo(mark);
            state.unplace(instance, buffer);
            if !state.move_to(instance, members, position) {
                break;
            }
            tally.follow(instance, &state, mark);
        }
        Ok(())
    }
}

/// The level in the making: never more than twice as many states as it will keep.
struct Level {
    width: usize,
    nodes: Vec<Node>,
    seen: FxHashSet<u64>,
    /// Nothing that scores as much is kept.
    limit: f64,
}

impl Level {
    fn new(width: usize) -> Self {
        Self {
            width,
            nodes: Vec::new(),
            seen: FxHashSet::default(),
            limit: f64::INFINITY,
        }
    }

    fn takes(&self, score: f64) -> bool {
        score < self.limit
    }

    fn offer(&mut self, state: &mut State, position: Position, score: f64) {
        if !self.takes(score) {
            return;
        }
        let hash = state.hash();
        if !self.seen.insert(hash) {
            return;
        }
        self.nodes.push(Node {
            state: state.copy(),
            position,
            score,
            hash,
        });
        if self.nodes.len() >= 2 * self.width {
            self.trim();
        }
    }

    /// Keeps the best. Ties are broken by the hash, so that the outcome does not depend on what was trimmed when.
    fn trim(&mut self) {
        let order = |a: &Node, b: &Node| a.score.total_cmp(&b.score).then(a.hash.cmp(&b.hash));
        self.nodes.sort_unstable_by(order);
        self.nodes.truncate(self.width);
        if self.nodes.len() == self.width {
            self.limit = self.nodes.last().map_or(f64::INFINITY, |node| node.score);
        }
    }

    fn best(mut self) -> Vec<Node> {
        self.trim();
        self.nodes
    }
}
