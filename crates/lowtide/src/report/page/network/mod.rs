//! How the network is drawn: columns for its operators, cells that can be folded.

mod cells;
mod lanes;

pub use cells::CellPart;
pub(super) use cells::cells;
pub(super) use lanes::lanes;
