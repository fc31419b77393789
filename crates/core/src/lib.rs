//! The pure part of lowtide: what a network is, what an order of its operators costs, the order that costs least, where
//! its tensors go in the arena, what it moves off chip, and the referees that recount every answer.
//!
//! Nothing here knows a file format, does IO, prints, or reads a clock other than the one in [`limits`].
//! Read [`graph`], [`plan`], [`memory`], [`check`], then `compile`; no algorithm is needed until then.

pub mod arena;
pub mod check;
pub mod compile;
pub mod error;
pub mod graph;
pub mod ids;
pub mod joint;
pub mod limits;
pub mod memory;
pub mod packing;
pub mod plan;
pub mod rewrite;
pub mod schedule;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod threads;
pub mod traffic;
pub mod units;
