//! The dynamic programming over zero-indegree signatures: algorithm 1.

use crate::limits::{Meter, StopReason};
use crate::units::Bytes;

use super::level::{Level, State, contains, members, toggle};
use super::segment::Segment;

/// How a run ended, unless the meter ended it.
pub(super) enum Verdict {
    /// The best order of the part, and its peak.
    Solution(Vec<u32>, Bytes),
    /// No order fits; the cheapest step that was pruned costs this much, and every order has a step that costs as much.
    NoSolution(Bytes),
    /// A level held more states than allowed.
    Timeout,
}

/// Parent and operator of each state, level by level: all that tracing a schedule back needs.
type History = Vec<Vec<(u32, u32)>>;

/// Schedules `segment`, leaving out steps that cost more than `tau`, with at most `step_states` states in a level.
pub(super) fn schedule(
    segment: &Segment,
    tau: Bytes,
    step_states: usize,
    meter: &mut Meter,
) -> Result<Verdict, StopReason> {
    let mut step = Step::new(segment, tau);
    let mut level = first_level(segment);
    let mut history = History::new();
    for _ in &segment.nodes {
        let next = match step.expand(&level, step_states, meter)? {
            Some(next) if next.len() == 0 => return Ok(Verdict::NoSolution(step.least_pruned)),
            Some(next) => next,
            None => return Ok(Verdict::Timeout),
        };
        let links = next.states().iter().map(|state| (state.parent, state.op));
        history.push(links.collect());
        level = next;
    }
    // All operators have run: there is one signature, the empty one.
    let peak = level.states()[0].peak;
    Ok(Verdict::Solution(trace(&history), peak))
}

/// The level of the empty schedule.
fn first_level(segment: &Segment) -> Level {
    let ops = segment.nodes.len();
    let mut level = Level::new(ops);
    let mut ready = vec![0; ops.div_ceil(64)];
    let done = ready.clone();
    for (node, number) in segment.nodes.iter().zip(0..) {
        if node.before.is_empty() {
            toggle(&mut ready, number);
        }
    }
    let start = State {
        live: segment.carried,
        peak: Bytes::ZERO,
        parent: 0,
        op: 0,
    };
    level.offer(&ready, &done, start);
    level
}

fn trace(history: &History) -> Vec<u32> {
    let mut state = 0;
    let mut order: Vec<u32> = history
        .iter()
        .rev()
        .map(|links| {
            let (parent, op) = links[state as usize];
            state = parent;
            op
        })
        .collect();
    order.reverse();
    order
}

/// From one level to the next, with room for the sets of the state in the making.
struct Step<'s> {
    segment: &'s Segment,
    tau: Bytes,
    least_pruned: Bytes,
    ready: Vec<u64>,
    done: Vec<u64>,
}

/// How many states are made between two looks at the clock.
const CLOCK_EVERY: usize = 1 << 14;

impl<'s> Step<'s> {
    fn new(segment: &'s Segment, tau: Bytes) -> Self {
        let words = segment.nodes.len().div_ceil(64);
        Self {
            segment,
            tau,
            least_pruned: Bytes(u64::MAX),
            ready: vec![0; words],
            done: vec![0; words],
        }
    }

    /// All states one operator further; `None` on timeout.
    fn expand(
        &mut self,
        level: &Level,
        step_states: usize,
        meter: &mut Meter,
    ) -> Result<Option<Level>, StopReason> {
        let mut next = Level::new(self.segment.nodes.len());
        let mut made = 0;
        for (state, parent) in level.states().iter().zip(0..) {
            meter.tick()?;
            let (ready, done) = level.sets(parent as usize);
            for op in members(ready) {
                let cost = state.live + self.rise(done, op);
                if cost > self.tau {
                    self.least_pruned = self.least_pruned.min(cost);
                    continue;
                }
                let freed = self.run(ready, done, op);
                let extended = State {
                    live: state.live + self.segment.nodes[op as usize].written - freed,
                    peak: state.peak.max(cost),
                    parent,
                    op,
                };
                next.offer(&self.ready, &self.done, extended);
                made += 1;
                if made % CLOCK_EVERY == 0 {
                    meter.look()?;
                }
                if next.len() > step_states {
                    return Ok(None);
                }
            }
        }
        Ok(Some(next))
    }

    /// Bytes that running `op` behind `done` adds during its step: nothing where it writes over an input that dies.
    fn rise(&self, done: &[u64], op: u32) -> Bytes {
        let node = &self.segment.nodes[op as usize];
        let dies = |&row: &u32| {
            let readers = &self.segment.tensors[row as usize].readers;
            readers.iter().all(|&r| r == op || contains(done, r))
        };
        match node.over.iter().any(dies) {
            true => Bytes::ZERO,
            false => node.written,
        }
    }

    /// Puts the sets behind `op` into `self` and returns the bytes that die with its step.
    fn run(&mut self, ready: &[u64], done: &[u64], op: u32) -> Bytes {
        let node = &self.segment.nodes[op as usize];
        self.ready.copy_from_slice(ready);
        self.done.copy_from_slice(done);
        toggle(&mut self.ready, op);
        toggle(&mut self.done, op);
        let done = &self.done;
        let all_done = |ops: &[u32]| ops.iter().all(|&op| contains(done, op));
        for &next in &node.after {
            if all_done(&self.segment.nodes[next as usize].before) {
                toggle(&mut self.ready, next);
            }
        }
        let rows = node
            .reads
            .iter()
            .map(|&row| &self.segment.tensors[row as usize]);
        let dead = rows.filter(|row| all_done(&row.readers));
        node.dropped + dead.map(|row| row.bytes).sum::<Bytes>()
    }
}
