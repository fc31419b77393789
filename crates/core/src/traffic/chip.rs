//! On-chip memory during a run: one walk for every rule of replacement.

use crate::ids::{Id, OpId, TensorId};
use crate::plan::{Eviction, Order};
use crate::units::Bytes;

use super::{Problem, Traffic};

/// On-chip memory between two steps.
pub(super) struct Chip<'p> {
    pub(super) problem: &'p Problem<'p>,
    /// The steps that read each tensor, last first; those that are over are gone.
    pub(super) uses: Vec<Vec<u32>>,
    /// Whether a valid copy is off chip.
    pub(super) copied: Vec<bool>,
    /// What is on chip; all of it is read later.
    pub(super) held: Vec<u32>,
    moved: Traffic,
    evicted: Vec<Eviction>,
}

/// Who says what leaves, until nothing is named.
pub(super) type Rule<'r> = &'r mut dyn FnMut(&Chip<'_>, &Step<'_>) -> Option<usize>;

/// What a rule looks at beside the memory.
pub(super) struct Step<'s> {
    /// Which, from 0.
    pub(super) number: u32,
    /// What it needs on chip.
    pub(super) needs: &'s [u32],
    /// Whether there is no room for that yet.
    pub(super) lacks_room: bool,
}

impl<'p> Chip<'p> {
    /// Runs `order`, in which `rule` names what leaves by its place in [`Chip::held`].
    pub(super) fn run(
        problem: &'p Problem<'p>,
        order: &Order,
        rule: Rule<'_>,
    ) -> (Traffic, Vec<Eviction>) {
        let mut chip = Self::new(problem, order);
        for (&op, step) in order.ops().iter().zip(0..) {
            if problem.streams(op) {
                chip.stream(op);
            } else {
                chip.step(op, step, rule);
            }
        }
        let moved = Traffic {
            compulsory: problem.compulsory(),
            ..chip.moved
        };
        (moved, chip.evicted)
    }

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
            evicted: Vec::new(),
        }
    }

    fn step(&mut self, op: OpId, step: u32, rule: Rule<'_>) {
        let needs: Vec<u32> = self.problem.needs(op).collect();
        let absent: Vec<u32> = needs
            .iter()
            .copied()
            .filter(|t| !self.held.contains(t))
            .collect();
        let room = self.problem.capacity - self.problem.bytes(absent.iter().copied());
        let mut held = self.problem.bytes(self.held.iter().copied());
        while let Some(at) = {
            let lacks_room = held > room;
            let (number, needs) = (step, &needs);
            rule(
                self,
                &Step {
                    number,
                    needs,
                    lacks_room,
                },
            )
        } {
            let out = self.held.swap_remove(at);
            held -= self.problem.size[out as usize];
            let tensor = TensorId(out);
            self.evicted.push(Eviction { step, tensor });
            self.evict(out);
        }
        for &t in &absent {
            if self.problem.reads[op.index()].contains(&t) {
                self.moved.read += Bytes(self.problem.size[t as usize]);
            }
        }
        self.held.extend(absent);
        self.finish(op);
    }

    fn evict(&mut self, tensor: u32) {
        let size = Bytes(self.problem.size[tensor as usize]);
        match self.copied[tensor as usize] {
            true => self.moved.clean += size,
            false => self.moved.dirty += size,
        }
        self.write(tensor);
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
            self.evict(t);
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
