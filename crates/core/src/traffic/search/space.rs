//! A traffic problem as bits, and what one step does to a state.

use crate::ids::Id;
use crate::limits::StopReason;
use crate::traffic::Problem;

/// The largest graph that is searched, in operators and in tensors.
const MOST: usize = 128;

/// The problem as bits.
pub(super) struct Space {
    capacity: u64,
    /// The tensor behind each bit.
    tensors: Vec<u32>,
    pub(super) size: Vec<u64>,
    pub(super) fed: u128,
    pub(super) wanted: u128,
    /// The operators that read a tensor.
    pub(super) readers: Vec<u128>,
    pub(super) before: Vec<u128>,
    reads: Vec<u128>,
    pub(super) writes: Vec<u128>,
    pub(super) streams: Vec<bool>,
}

/// What has run, what is on chip, what of it has a copy off chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct State {
    pub(super) done: u128,
    pub(super) held: u128,
    pub(super) copied: u128,
}

pub(super) fn bits(mut set: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(lowest)
    })
}

impl Space {
    pub(super) fn new(problem: &Problem<'_>) -> Option<Self> {
        let graph = problem.graph;
        let counted: Vec<usize> = (0..problem.size.len())
            .filter(|&t| problem.size[t] > 0)
            .collect();
        if graph.ops().len() > MOST || counted.len() > MOST {
            return None;
        }
        let mut place = vec![0; problem.size.len()];
        counted.iter().zip(0..).for_each(|(&t, at)| place[t] = at);
        let set = |list: &[u32]| {
            list.iter()
                .fold(0, |set, &t| set | 1u128 << place[t as usize])
        };
        let flags = |of: &[bool]| {
            let marked = counted.iter().filter(|&&t| of[t]);
            marked.fold(0, |set, &t| set | 1u128 << place[t])
        };
        let reads: Vec<u128> = problem.reads.iter().map(|list| set(list)).collect();
        let reads_it = |t: usize| {
            let ops = (0..reads.len()).filter(|&op| reads[op] >> t & 1 == 1);
            ops.fold(0, |set, op| set | 1u128 << op)
        };
        let before = |op| {
            let ops = graph.topology().predecessors(op).iter();
            ops.fold(0, |set, p| set | 1u128 << p.index())
        };
        Some(Self {
            capacity: problem.capacity,
            size: counted.iter().map(|&t| problem.size[t]).collect(),
            fed: flags(&problem.fed),
            wanted: flags(&problem.wanted),
            readers: (0..counted.len()).map(reads_it).collect(),
            before: graph.ops().ids().map(before).collect(),
            writes: problem.writes.iter().map(|list| set(list)).collect(),
            streams: graph.ops().ids().map(|op| problem.streams(op)).collect(),
            tensors: counted.iter().map(|&t| t as u32).collect(),
            reads,
        })
    }

    fn bytes(&self, set: u128) -> u64 {
        bits(set).map(|t| self.size[t]).fold(0, u64::saturating_add)
    }

    /// What of `set` is read after `done`.
    fn alive(&self, set: u128, done: u128) -> u128 {
        let read = bits(set).filter(|&t| self.readers[t] & !done != 0);
        read.fold(0, |set, t| set | 1u128 << t)
    }

    /// Bytes beyond the compulsory to read `set`: the first time an input is read is compulsory.
    fn loading(&self, set: u128, done: u128) -> u64 {
        let again = bits(set).filter(|&t| self.fed >> t & 1 == 0 || self.readers[t] & done != 0);
        again.map(|t| self.size[t]).fold(0, u64::saturating_add)
    }

    /// Calls `next` with each state after `op`, and with what the step moves beyond the compulsory, until it says that this is
    /// enough, by an error.
    pub(super) fn step(
        &self,
        state: State,
        op: usize,
        next: &mut dyn FnMut(State, u64) -> Result<(), StopReason>,
    ) -> Result<(), StopReason> {
        let done = state.done | 1u128 << op;
        let (reads, writes) = (self.reads[op], self.writes[op]);
        let free = self.fed | self.wanted;
        if self.streams[op] {
            let out = state.held & !state.copied & !free;
            let written = self.alive(writes, done) & !free;
            let moved = self.bytes(out) + self.loading(reads, state.done) + self.bytes(written);
            let (held, copied) = (0, 0);
            return next(State { done, held, copied }, moved);
        }
        let absent = (reads | writes) & !state.held;
        let loading = self.loading(reads & absent, state.done);
        let over = (self.bytes(state.held) + self.bytes(absent)).saturating_sub(self.capacity);
        let candidates: Vec<usize> = bits(state.held & !reads).collect();
        let first = Chosen {
            out: 0,
            freed: 0,
            least: u64::MAX,
            left: candidates.iter().map(|&t| self.size[t]).sum(),
        };
        self.evictions(&candidates, over, first, &mut |out| {
            let moved = loading + self.bytes(out & !state.copied & !free);
            let held = self.alive(state.held & !out | absent, done);
            let copied = (state.copied | reads & absent) & held & !free;
            next(State { done, held, copied }, moved)
        })
    }

    /// What was evicted between two states by `op`, unless that streams.
    pub(super) fn evicted(&self, from: State, to: State, op: u32) -> impl Iterator<Item = u32> {
        let out = match self.streams[op as usize] {
            true => 0,
            false => self.alive(from.held & !to.held, to.done),
        };
        bits(out).map(|bit| self.tensors[bit])
    }

    /// Calls `visit` with each set of candidates that frees at least `over` bytes, and fewer without any one of them.
    fn evictions(
        &self,
        candidates: &[usize],
        over: u64,
        chosen: Chosen,
        visit: &mut dyn FnMut(u128) -> Result<(), StopReason>,
    ) -> Result<(), StopReason> {
        let Chosen {
            out,
            freed,
            least,
            left,
        } = chosen;
        if freed >= over {
            let is_minimal = out == 0 || freed - least < over;
            return if is_minimal { visit(out) } else { Ok(()) };
        }
        let Some((&t, rest)) = candidates.split_first() else {
            return Ok(());
        };
        // So every branch that is taken ends in a set that frees enough.
        if freed + left < over {
            return Ok(());
        }
        let size = self.size[t];
        let left = left - size;
        let with = Chosen {
            out: out | 1u128 << t,
            freed: freed + size,
            least: least.min(size),
            left,
        };
        self.evictions(rest, over, with, visit)?;
        self.evictions(rest, over, Chosen { left, ..chosen }, visit)
    }
}

/// Tensors chosen to leave.
#[derive(Clone, Copy)]
struct Chosen {
    out: u128,
    /// Bytes that they free.
    freed: u64,
    /// The smallest of them.
    least: u64,
    /// Bytes of the candidates that are not decided yet.
    left: u64,
}
