//! What tests need, of this crate and of those above: graphs from a seed, slow and direct oracles, fuzz bodies.

pub mod agreement;
pub mod families;
pub mod fuzz;
pub mod generate;
pub mod joined;
pub mod oracle;
pub mod packing;
pub mod sums;
