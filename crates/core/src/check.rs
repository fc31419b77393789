//! Referees: they recount every answer by a walk of their own. They share types with the solvers and the ruler, no code,
//! and they run in release builds too.

mod certificate;
mod layout;
mod order;
mod rewriting;
mod sharing;
mod traffic;

#[cfg(test)]
mod tests;

pub use certificate::{CertificateFault, Certified, check_certificate};
pub(crate) use certificate::{Costs, Moment, Set};
pub use layout::{LayoutFault, check_layout};
pub use order::{OrderFault, check_order};
pub use rewriting::{RewritingFault, check_rewriting};
pub use traffic::{TrafficFault, check_traffic};
