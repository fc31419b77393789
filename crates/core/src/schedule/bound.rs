//! Lower bounds: what no order can avoid.

mod around;
mod closure;
mod floor;
mod lowest;

pub(super) use around::around;
pub(super) use closure::Closure;
pub use floor::Floor;
pub(super) use lowest::Valleys;
