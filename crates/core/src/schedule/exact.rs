//! Exact search: best first over downsets on the level, the smallest peak still possible.

mod child;
mod commit;
mod gears;
mod jump;
mod meet;
mod queue;
mod search;
mod store;

pub(super) use gears::Gears;
pub(super) use search::{Outcome, Search};
