//! The answers, plain data: an order, a patch, a layout, and how sure we are of each.

mod certificate;
mod eviction;
mod layout;
mod order;
mod patch;
mod proof;
mod rewriting;

pub use certificate::{Around, Certificate, Evidence, Family, Flow, MOST_STATES, State};
pub use eviction::Eviction;
pub use layout::Layout;
pub use order::Order;
pub use patch::{Edit, Exactness, OpOrigin, Patch, TensorOrigin};
pub use proof::Proof;
pub use rewriting::{Applied, Rewriting};
