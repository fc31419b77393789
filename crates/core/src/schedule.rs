//! Finding the order that needs least.

pub mod baseline;
pub mod serenity;

use crate::limits::{Limits, StopReason};
use crate::memory::{Instance, profile};
use crate::plan::{Order, Proof};
use crate::units::Bytes;

/// Parts of the exact search that may be switched off.
#[derive(Clone, Debug, Default)]
pub struct Switches;

/// How far a search is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// No order needs less.
    pub lower: Bytes,
    /// The best order so far.
    pub upper: Bytes,
    /// States expanded.
    pub states: u64,
}

/// Options of [`solve`].
#[derive(Clone, Default)]
pub struct Options<'a> {
    /// What may be spent.
    pub limits: Limits,
    /// What is switched off.
    pub switches: Switches,
    /// Who watches.
    pub observer: Option<&'a (dyn Fn(Progress) + Sync)>,
}

/// Result of [`solve`].
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The order.
    pub order: Order,
    /// Its peak.
    pub peak: Bytes,
    /// No order needs less.
    pub bound: Bytes,
    /// What is proved.
    pub proof: Proof,
    /// States expanded.
    pub states: u64,
}

/// Stub.
#[must_use]
pub fn solve(instance: &Instance<'_>, _options: &Options<'_>) -> Schedule {
    let order = Order::new(instance.graph().file_order());
    let peak = profile(instance, &order).peak;
    let proof = Proof::Bounded {
        lower: Bytes::ZERO,
        upper: peak,
        stopped_by: StopReason::NodeLimit,
    };
    Schedule {
        order,
        peak,
        bound: Bytes::ZERO,
        proof,
        states: 0,
    }
}
