//! How sure an answer is.

use crate::limits::StopReason;
use crate::units::Bytes;

/// What is proved of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// No answer can be smaller.
    Optimal,
    /// The optimum lies in `[lower, upper]`; the answer given reaches `upper`.
    Bounded {
        /// No answer can be smaller than this.
        lower: Bytes,
        /// What the answer needs.
        upper: Bytes,
        /// Why the search ended here.
        stopped_by: StopReason,
    },
}

impl Proof {
    /// `optimal` or `bounded`, the words of the JSON output.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Bounded { .. } => "bounded",
        }
    }

    /// Why the search ended without a proof, if it did.
    #[must_use]
    pub const fn stopped_by(&self) -> Option<StopReason> {
        match self {
            Self::Optimal => None,
            Self::Bounded { stopped_by, .. } => Some(*stopped_by),
        }
    }
}
