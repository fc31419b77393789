//! Off-chip traffic: what an order moves between an on-chip memory of a given size and the memory behind it.
//!
//! The model, which [`simulate`] and [`search`] share:
//! - Tensors move whole. An operator needs what it reads and writes on chip together; what is not needed by it may stay,
//!   as far as there is room. Sizes are exact: neither alignment nor fragmentation is counted, as in figure 11 of Ahn et
//!   al., MLSys 2020.
//! - Graph inputs begin off chip and graph outputs end there. Each is moved once whatever the order: that is the
//!   *compulsory* traffic. A graph output that nobody reads any more leaves at once.
//! - Evicting a tensor that has a copy off chip is *clean* and moves nothing; otherwise it is *dirty* and moves its bytes.
//!   Reading it again moves them once more. What nobody reads any more is dropped.
//! - Constants (weights) are not counted: they are read once each, whatever the order. Variables stay on chip always, and leave
//!   less for the rest.
//! - An operator that does not fit with its inputs and outputs *streams*: all on chip that is read later is evicted first,
//!   each input is read from off chip and each output written there once, and nothing of it stays on chip.
//!
//! Where every operator fits alone, traffic beyond the compulsory is zero exactly if the [`working_set`] of the order fits:
//! what is live and has been read or written already cannot all be on chip otherwise, and what is not, is read again.
//!
//! Belady's rule, to evict what is read furthest in the future, moves least where all sizes are equal and all evictions are
//! clean. With sizes that differ or dirty evictions it is a heuristic, the paper's; [`search`] is exact there.

mod belady;
mod bound;
mod chip;
mod improve;
mod problem;
mod search;
#[cfg(test)]
mod tests;

pub use belady::{belady, replay, simulate};
pub use bound::{Parts, whatever_the_order};
pub use improve::{improve, polish};
pub use problem::{Problem, detached, working_set};
pub use search::{Best, Found, search};

use crate::units::Bytes;

/// What a run moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes from off chip.
    pub read: Bytes,
    /// Bytes to off chip.
    pub written: Bytes,
    /// What any order moves on any memory: inputs in, outputs out. A part of the above.
    pub compulsory: Bytes,
    /// Bytes evicted of which a copy was off chip: moves nothing.
    pub clean: Bytes,
    /// Bytes evicted of which none was: a part of [`Self::written`].
    pub dirty: Bytes,
    /// Operators that did not fit with their inputs and outputs.
    pub streamed: u32,
}

impl Traffic {
    /// All bytes moved.
    #[must_use]
    pub fn total(&self) -> Bytes {
        self.read + self.written
    }

    /// What is moved because the memory is small.
    #[must_use]
    pub fn beyond_compulsory(&self) -> Bytes {
        self.total().saturating_sub(self.compulsory)
    }
}
