//! The order with the smallest peak, and the proof that no order has a smaller one.
//!
//! [`solve`] reduces the problem, splits it where every order must pass, searches each part, and lifts the result to an
//! order of the original operators. Each step that makes the problem smaller or cuts the search is stated and proved
//! where it is made, and a [`Switch`] turns it off.

pub mod baseline;
mod bound;
pub mod census;
mod certify;
mod exact;
mod net;
mod options;
mod reduce;
pub mod serenity;
mod solve;
#[cfg(test)]
mod tests;

pub use bound::Floor;
pub use certify::certify;
#[cfg(any(test, feature = "testing"))]
pub use options::asking;
pub use options::{Options, Progress, Switch, Switches};
pub use solve::{Reason, Schedule, settle, solve};
