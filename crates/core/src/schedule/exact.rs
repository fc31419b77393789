//! Exact search: best first over downsets on the level, the smallest peak still possible.

mod gears;
mod search;
mod store;
mod table;

pub(super) use gears::Gears;
pub(super) use search::{Outcome, Search};
