//! The crate's one public error. It is opaque: its text names the operator or tensor and the remedy.

use std::fmt;

/// What went wrong in `lowtide-core`.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<str>);

impl Error {
    /// An error with this text, which should name what is concerned and what to do.
    pub fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string().into())
    }
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
