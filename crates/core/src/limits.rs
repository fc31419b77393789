//! How long a search may go on, and why it stopped. The only clock of the crate is here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Why a search ended before it had a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// The node limit: repeatable, the same on every machine.
    NodeLimit,
    /// The states no longer fit into the memory that a search may take: repeatable, as nodes are.
    MemoryLimit,
    /// The time limit: the one reason that may vary from run to run.
    TimeLimit,
    /// The gap asked for was reached.
    Gap,
    /// The caller asked to stop (Ctrl-C).
    Interrupted,
    /// A smaller peak is known, but its arena is larger.
    Arena,
}

impl StopReason {
    /// The name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NodeLimit => "node-limit",
            Self::MemoryLimit => "memory-limit",
            Self::TimeLimit => "time-limit",
            Self::Gap => "gap",
            Self::Interrupted => "interrupted",
            Self::Arena => "arena",
        }
    }
}

/// What a search may spend. The default spends nodes, not time, so that results repeat.
#[derive(Clone, Debug)]
pub struct Limits {
    /// States a search may expand, all phases together.
    pub nodes: u64,
    /// Wall-clock time, or none.
    pub time: Option<Duration>,
    /// The moment at which time is up, whatever `time` allows; see [`Limits::running`].
    pub deadline: Option<Instant>,
    /// Stop once `(upper - lower) / upper` is at most this share; 0 asks for the proof.
    pub gap: f64,
    /// Bytes that the states of a scheduling search may take. What other threads search ahead takes less than that again.
    pub memory: u64,
    /// Threads that a search may use where several are of use, at least one. No result depends on it but where time runs out.
    pub threads: usize,
    /// Set from outside to stop early.
    pub interrupt: Option<Arc<AtomicBool>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nodes: 20_000_000,
            time: None,
            deadline: None,
            gap: 0.0,
            memory: 4 << 30,
            threads: 1,
            interrupt: None,
        }
    }
}

impl Limits {
    /// The same with the clock running: all searches that are given these limits end when `time` from now is over.
    #[must_use]
    pub fn running(&self) -> Self {
        Self {
            deadline: self.end(),
            ..self.clone()
        }
    }

    /// Limits for the first of `parts` pieces of work: its share of the nodes, and of the time left from now on.
    #[must_use]
    pub fn part(&self, parts: u32) -> Self {
        let parts = parts.max(1);
        let share = self.left().map(|left| left / parts);
        Self {
            nodes: self.nodes / u64::from(parts),
            deadline: share.and_then(|share| Instant::now().checked_add(share)),
            ..self.clone()
        }
    }

    /// The time left from now on, if it is limited.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        let end = self.end()?;
        Some(end.saturating_duration_since(Instant::now()))
    }

    /// When a search that starts now has to end.
    fn end(&self) -> Option<Instant> {
        let own = self.time.and_then(|time| Instant::now().checked_add(time));
        own.into_iter().chain(self.deadline).min()
    }
}

/// Counts what a search spends against its [`Limits`].
#[derive(Clone, Debug)]
pub struct Meter {
    limits: Limits,
    deadline: Option<Instant>,
    /// Set where the work turns out to be of no use.
    vain: Option<Arc<AtomicBool>>,
    spent: u64,
}

/// How many nodes pass between two looks at the clock.
const CLOCK_EVERY: u64 = 256;

impl Meter {
    /// Starts the clock.
    #[must_use]
    pub fn start(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            deadline: limits.end(),
            vain: None,
            spent: 0,
        }
    }

    /// Nodes spent so far.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// The limits this meter was started with.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A meter for a piece of work of up to `nodes` nodes; what it spends is to be told by [`Meter::spend`].
    #[must_use]
    pub fn share(&self, nodes: u64) -> Self {
        let mut share = self.clone();
        share.limits.nodes = nodes.min(self.limits.nodes - self.spent);
        share.spent = 0;
        share
    }

    /// A meter for work that may turn out to be in vain: its states may take `memory` bytes, and it stops, as if interrupted, once
    /// `vain` is set too.
    pub(crate) fn ahead(&self, memory: u64, vain: &Arc<AtomicBool>) -> Self {
        let mut ahead = self.clone();
        ahead.limits.memory = memory.min(self.limits.memory);
        ahead.vain = Some(Arc::clone(vain));
        ahead
    }

    /// Counts nodes that were spent on another meter.
    ///
    /// # Errors
    /// The reason to stop, once the limit of nodes is reached.
    pub fn spend(&mut self, nodes: u64) -> Result<(), StopReason> {
        self.spent = self.spent.saturating_add(nodes).min(self.limits.nodes);
        if self.spent < self.limits.nodes {
            Ok(())
        } else {
            Err(StopReason::NodeLimit)
        }
    }

    /// Counts one node.
    ///
    /// # Errors
    /// The reason to stop, once a limit is reached; the same again on every later call.
    pub fn tick(&mut self) -> Result<(), StopReason> {
        if self.spent >= self.limits.nodes {
            return Err(StopReason::NodeLimit);
        }
        self.spent += 1;
        if self.spent.is_multiple_of(CLOCK_EVERY) {
            self.look()
        } else {
            Ok(())
        }
    }

    /// Looks at the clock and the interrupt flag without counting a node.
    ///
    /// # Errors
    /// The reason to stop.
    pub fn look(&self) -> Result<(), StopReason> {
        let flags = [&self.limits.interrupt, &self.vain];
        if flags
            .into_iter()
            .flatten()
            .any(|flag| flag.load(Ordering::Relaxed))
        {
            return Err(StopReason::Interrupted);
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(StopReason::TimeLimit),
            _ => Ok(()),
        }
    }

    /// Whether `[lower, upper]` is close enough to stop for the gap asked for.
    #[must_use]
    pub fn close_enough(&self, lower: u64, upper: u64) -> bool {
        lower >= upper || (upper - lower) as f64 <= self.limits.gap * upper as f64
    }
}

/// A running clock, for reports of elapsed time.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
