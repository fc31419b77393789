//! How promising a partial layout is.

use crate::arena::exact::instance::Instance;
use crate::arena::exact::state::State;

/// The sum of one over affordable waste, over the sections that are still open; lower is better. The waste that a section can still
/// afford are the bytes, in steps of the problem, between where its lowest unplaced buffer can start and where it must; the score
/// grows as it runs out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Score {
    /// Added to the waste, so that none left is bad and not all that counts: the more, the more evenly all sections count.
    pub(crate) ease: f64,
}

impl Score {
    /// What a section adds whose lowest unplaced buffer can start at `lowest` and must at `latest`, `step` being the unit of waste.
    fn of_section(self, lowest: u64, latest: u64, step: u64) -> f64 {
        let waste = latest.saturating_sub(lowest) as f64 / step as f64;
        1.0 / (waste + self.ease)
    }
}

/// The score of a state, kept section by section, so that a neighbour of the state costs only the sections that differ.
#[derive(Debug)]
pub(crate) struct Tally {
    score: Score,
    step: u64,
    /// What each section adds; nothing once all is placed.
    added: Vec<f64>,
    /// The lowest floor of the unplaced buffers of each section.
    lowest: Vec<u64>,
    sum: f64,
    /// Scratch: the sections that differ, and whether each is among them.
    changed: Vec<u32>,
    is_changed: Vec<bool>,
}

impl Tally {
    /// An empty tally for [`Self::take`].
    pub(crate) fn new(score: Score, step: u64, instance: &Instance) -> Self {
        let sections = instance.members.len();
        Self {
            score,
            step,
            added: vec![0.0; sections],
            lowest: vec![0; sections],
            sum: 0.0,
            changed: Vec::new(),
            is_changed: vec![false; sections],
        }
    }

    /// The score taken down.
    #[cfg(test)]
    pub(crate) fn sum(&self) -> f64 {
        self.sum
    }

    /// Takes the score of `state` down.
    pub(crate) fn take(&mut self, instance: &Instance, state: &State) {
        for section in 0..self.added.len() {
            (self.lowest[section], self.added[section]) = self.look_at(instance, state, section, 0);
        }
        self.sum = self.added.iter().sum();
    }

    /// The score of `state`, which differs from the one taken down by the placement of `placed` and by what was lifted after `mark`.
    pub(crate) fn beside(
        &mut self,
        instance: &Instance,
        state: &State,
        placed: usize,
        mark: usize,
    ) -> f64 {
        for &section in instance.sections.row(placed) {
            self.note(section);
        }
        self.note_lifted(instance, state, mark);
        let mut sum = self.sum;
        while let Some(section) = self.changed.pop() {
            let section = section as usize;
            self.is_changed[section] = false;
            let least = self.lowest[section];
            sum += self.look_at(instance, state, section, least).1 - self.added[section];
        }
        sum
    }

    /// Takes down what was lifted after `mark`.
    pub(crate) fn follow(&mut self, instance: &Instance, state: &State, mark: usize) {
        self.note_lifted(instance, state, mark);
        while let Some(section) = self.changed.pop() {
            let section = section as usize;
            self.is_changed[section] = false;
            let least = self.lowest[section];
            let (lowest, added) = self.look_at(instance, state, section, least);
            self.sum += added - self.added[section];
            (self.lowest[section], self.added[section]) = (lowest, added);
        }
    }

    /// A lift concerns the sections in which nothing was lower.
    fn note_lifted(&mut self, instance: &Instance, state: &State, mark: usize) {
        for (buffer, floor) in state.lifted_after(mark) {
            for &section in instance.sections.row(buffer) {
                if floor <= self.lowest[section as usize] {
                    self.note(section);
                }
            }
        }
    }

    fn note(&mut self, section: u32) {
        if !std::mem::replace(&mut self.is_changed[section as usize], true) {
            self.changed.push(section);
        }
    }

    /// The lowest floor of the section, which is known to be at least `least`, and what it adds.
    fn look_at(
        &self,
        instance: &Instance,
        state: &State,
        section: usize,
        least: u64,
    ) -> (u64, f64) {
        if state.open[section] == 0 {
            return (u64::MAX, 0.0);
        }
        let mut lowest = u64::MAX;
        for &member in instance.members.row(section) {
            if !state.placed[member as usize] {
                lowest = lowest.min(state.floor[member as usize]);
                if lowest <= least {
                    break;
                }
            }
        }
        let latest = state.latest[section];
        (lowest, self.score.of_section(lowest, latest, self.step))
    }
}
