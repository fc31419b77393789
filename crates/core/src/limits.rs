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
    /// Stop once `(upper - lower) / upper` is at most this share; 0 asks for the proof.
    pub gap: f64,
    /// Bytes that the states of a scheduling search may take.
    pub memory: u64,
    /// Set from outside to stop early.
    pub interrupt: Option<Arc<AtomicBool>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nodes: 20_000_000,
            time: None,
            gap: 0.0,
            memory: 4 << 30,
            interrupt: None,
        }
    }
}

/// Counts what a search spends against its [`Limits`].
#[derive(Clone, Debug)]
pub struct Meter {
    limits: Limits,
    deadline: Option<Instant>,
    spent: u64,
}

/// How many nodes pass between two looks at the clock.
const CLOCK_EVERY: u64 = 256;

impl Meter {
    /// Starts the clock.
    #[must_use]
    pub fn start(limits: &Limits) -> Self {
        let deadline = limits
            .time
            .and_then(|time| Instant::now().checked_add(time));
        Self {
            limits: limits.clone(),
            deadline,
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
        if self
            .limits
            .interrupt
            .as_ref()
            .is_some_and(|flag| flag.load(Ordering::Relaxed))
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
