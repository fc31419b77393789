//! What follows from a partial layout: the rules of [`Rules`](crate::arena::rules::Rules) to their fixed point.

use crate::arena::exact::instance::{Instance, NONE};
use crate::arena::exact::state::{Position, State};

impl State {
    /// Applies all rules until nothing changes. False if no canonical layout extends this state.
    pub(crate) fn propagate(&mut self, instance: &Instance, position: Position) -> bool {
        loop {
            if let Some(section) = self.dirty_sections.pop() {
                self.section_is_dirty[section as usize] = false;
                if self.open[section as usize] > 0 && !self.look_at(instance, section as usize) {
                    return false;
                }
            } else if let Some(buffer) = self.dirty_buffers.pop() {
                self.buffer_is_dirty[buffer as usize] = false;
                if !self.settle(instance, buffer as usize, position) {
                    return false;
                }
            } else {
                return true;
            }
        }
    }

    /// The rules on one buffer: waiting and blocking.
    fn settle(&mut self, instance: &Instance, buffer: usize, position: Position) -> bool {
        if self.placed[buffer] || !self.waits(buffer, position) {
            return true;
        }
        if !instance.free[buffer] {
            return false;
        }
        if !self.rules.waiting {
            return true;
        }
        let hint = self.support[buffer];
        if hint != NONE
            && !self.placed[hint as usize]
            && self.support_end(instance, buffer, hint as usize, position) <= self.floor[buffer]
        {
            return true;
        }
        let (mut least, mut support) = (u64::MAX, NONE);
        for &neighbour in instance.neighbours.row(buffer) {
            if self.placed[neighbour as usize] {
                continue;
            }
            let end = self.support_end(instance, buffer, neighbour as usize, position);
            if end < least {
                (least, support) = (end, neighbour);
                if end <= self.floor[buffer] {
                    break;
                }
            }
        }
        if support != hint && support != NONE {
            self.rest_on(buffer, support);
        }
        match least {
            u64::MAX => false,
            end if end > self.floor[buffer] => self.lift(instance, buffer, end, false),
            _ => true,
        }
    }

    /// The least offset at which `buffer` can rest on the unplaced `neighbour`, `u64::MAX` if it cannot.
    fn support_end(
        &self,
        instance: &Instance,
        buffer: usize,
        neighbour: usize,
        position: Position,
    ) -> u64 {
        let start = self.floor[neighbour].max(position.0);
        if self.rules.blocking && start >= self.rest[buffer] + instance.foot[buffer] {
            return u64::MAX;
        }
        instance.rounded(buffer, start + instance.foot[neighbour])
    }

    /// The rules on one open section: room, first in section, one machine.
    fn look_at(&mut self, instance: &Instance, section: usize) -> bool {
        let latest = self.latest[section];
        let (mut first_end, mut leader, mut second) = (u64::MAX, NONE, u64::MAX);
        for &member in instance.members.row(section) {
            let member = member as usize;
            if self.placed[member] {
                continue;
            }
            if self.floor[member] > latest {
                second = second.min(self.floor[member]);
            } else {
                let end = self.floor[member] + instance.foot[member];
                if end < first_end {
                    (first_end, leader) = (end, member as u32);
                }
            }
        }
        if !self.rules.first_in_section {
            return true;
        }
        if first_end == u64::MAX {
            return false;
        }
        if leader != self.leader[section] {
            self.lead(section, leader);
        }
        if self.rules.one_machine && !self.one_machine(instance, section) {
            return false;
        }
        if second >= first_end {
            return true;
        }
        for &member in instance.members.row(section) {
            let member = member as usize;
            let floor = self.floor[member];
            if !self.placed[member] && floor > latest && floor < first_end {
                let end = instance.rounded(member, first_end);
                if end > floor && !self.lift(instance, member, end, false) {
                    return false;
                }
            }
        }
        true
    }

    /// The rule of that name on one section.
    fn one_machine(&mut self, instance: &Instance, section: usize) -> bool {
        let mut jobs = std::mem::take(&mut self.jobs);
        jobs.clear();
        for &member in instance.members.row(section) {
            let member = member as usize;
            if !self.placed[member] {
                jobs.push((self.floor[member], instance.foot[member]));
            }
        }
        jobs.sort_unstable();
        let end = (jobs.iter()).fold(0, |end: u64, &(floor, foot)| end.max(floor) + foot);
        self.jobs = jobs;
        end <= self.room
    }

    /// What follows once `position` is the last place decided on. False if that is a dead end.
    pub(crate) fn move_to(
        &mut self,
        instance: &Instance,
        members: &[u32],
        position: Position,
    ) -> bool {
        self.advance(members, position);
        self.propagate(instance, position)
    }

    /// Notes that the position has moved: whoever waits is to be looked at again.
    fn advance(&mut self, members: &[u32], position: Position) {
        for &member in members {
            let buffer = member as usize;
            if !self.placed[buffer] && self.waits(buffer, position) {
                self.touch_buffer(buffer);
            }
        }
    }
}
