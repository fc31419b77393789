//! What an order moves under Belady's clairvoyant rule: evict what is read furthest in the future (IBM Systems Journal 5(2),
//! 1966).

use std::cmp::Reverse;

use crate::ids::{Id, OpId};
use crate::plan::Order;
use crate::units::Bytes;

use super::{Problem, Traffic};

/// The traffic of `order`, which must hold every operator once. Of tensors that are read equally late, those with a copy off chip
/// go first, then the larger.
#[must_use]
pub fn simulate(problem: &Problem<'_>, order: &Order) -> Traffic {
    let mut chip = Chip::new(problem, order);
    for (&op, step) in order.ops().iter().zip(0..) {
        if problem.streams(op) {
            chip.stream(op);
        } else {
            chip.run(op, step);
        }
    }
    Traffic {
        compulsory: problem.compulsory(),
        ..chip.moved
    }
}

/// On-chip memory between two steps.
struct Chip<'p> {
    problem: &'p Problem<'p>,
    /// The steps that read each tensor, last first; those that are over are gone.
    uses: Vec<Vec<u32>>,
    /// Whether a valid copy is off chip.
    copied: Vec<bool>,
    /// What is on chip; all of it is read later.
    held: Vec<u32>,
    moved: Traffic,
}

impl<'p> Chip<'p> {
    fn new(problem: &'p Problem<'p>, order: &Order) -> Self {
        let mut uses = vec![Vec::new(); problem.size.len()];
        for (step, op) in (0..order.len() as u32).zip(order.ops()).rev() {
            let reads = &problem.reads[op.index()];
            reads.iter().for_each(|&t| uses[t as usize].push(step));
        }
        Self {
            problem,
            uses,
            copied: problem.fed.clone(),
            held: Vec::new(),
            moved: Traffic::default(),
        }
    }

    fn run(&mut self, op: OpId, step: u32) {
        let needs: Vec<u32> = self.problem.needs(op).collect();
        let absent: Vec<u32> = needs
            .iter()
            .copied()
            .filter(|t| !self.held.contains(t))
            .collect();
        let room = self.problem.capacity - self.problem.bytes(absent.iter().copied());
        self.make_room(room, &needs, step);
        for &t in &absent {
            if self.problem.reads[op.index()].contains(&t) {
                self.moved.read += Bytes(self.problem.size[t as usize]);
            }
        }
        self.held.extend(absent);
        self.finish(op);
    }

    /// Evicts until what is on chip takes at most `room` bytes.
    fn make_room(&mut self, room: u64, needs: &[u32], step: u32) {
        let mut held = self.problem.bytes(self.held.iter().copied());
        while held > room {
            let free = self
                .held
                .iter()
                .enumerate()
                .filter(|(_, t)| !needs.contains(t));
            let rank = |&(_, &t): &(usize, &u32)| {
                let i = t as usize;
                let next = self.uses[i].iter().rev().find(|&&at| at >= step).copied();
                (next, self.copied[i], self.problem.size[i], Reverse(t))
            };
            let Some((at, _)) = free.max_by_key(rank) else {
                return;
            };
            let out = self.held.swap_remove(at);
            held -= self.problem.size[out as usize];
            self.write(out);
        }
    }

    /// Brings a copy off chip where there is none.
    fn write(&mut self, tensor: u32) {
        let i = tensor as usize;
        if !std::mem::replace(&mut self.copied[i], true) {
            self.moved.written += Bytes(self.problem.size[i]);
        }
    }

    /// The step is over: outputs of the graph leave, what nobody reads any more is dropped.
    fn finish(&mut self, op: OpId) {
        for &t in &self.problem.writes[op.index()] {
            if self.problem.wanted[t as usize] {
                self.write(t);
            }
        }
        for &t in &self.problem.reads[op.index()] {
            self.uses[t as usize].pop();
        }
        let uses = &self.uses;
        self.held.retain(|&t| !uses[t as usize].is_empty());
    }

    fn stream(&mut self, op: OpId) {
        for t in std::mem::take(&mut self.held) {
            self.write(t);
        }
        let problem = self.problem;
        let (reads, writes) = (&problem.reads[op.index()], &problem.writes[op.index()]);
        self.moved.read += Bytes(problem.bytes(reads.iter().copied()));
        self.moved.streamed += 1;
        for &t in writes.iter().filter(|&&t| problem.readers[t as usize] > 0) {
            self.write(t);
        }
        self.finish(op);
    }
}
