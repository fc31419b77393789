//! What a caller may ask of the search.

#[cfg(any(test, feature = "testing"))]
mod asked;
mod switches;

use std::fmt;

use crate::limits::Limits;
use crate::units::Bytes;

#[cfg(any(test, feature = "testing"))]
pub use asked::asking;
pub use switches::{Switch, Switches};

/// How far a running search is: the optimum lies between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// No order needs less.
    pub lower: Bytes,
    /// The best order so far needs this.
    pub upper: Bytes,
    /// States expanded so far.
    pub states: u64,
}

/// What a caller asks.
#[derive(Clone)]
pub struct Options<'a> {
    /// When to stop.
    pub limits: Limits,
    /// Which steps to use.
    pub switches: Switches,
    /// Told whenever the interval narrows.
    pub observer: Option<&'a (dyn Fn(Progress) + Sync)>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            switches: Switches::ALL,
            observer: None,
        }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("limits", &self.limits)
            .field("switches", &self.switches)
            .finish_non_exhaustive()
    }
}
