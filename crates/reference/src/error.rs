//! Why a model was not run.

use std::fmt;

/// Why a model cannot be run here: an operator or element type that the engine does not have, or weights that are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannotRun(Box<str>);

impl CannotRun {
    /// With this reason.
    pub(crate) fn new(reason: impl fmt::Display) -> Self {
        Self(reason.to_string().into())
    }
}

impl fmt::Display for CannotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CannotRun {}
