//! How much a search could prove about its answer.

use crate::limits::StopReason;
use crate::units::Bytes;

/// What is proved about an answer's figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// No answer has a smaller figure.
    Optimal,
    /// The smallest figure lies in `lower..=upper`; the answer has `upper`.
    Bounded {
        /// No answer has less.
        lower: Bytes,
        /// The figure of the answer.
        upper: Bytes,
        /// Why the search ended before both met.
        stopped_by: StopReason,
    },
}
