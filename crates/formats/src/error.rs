//! The crate's one public error.

use std::fmt;

/// What kind of trouble a file makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The bytes are no valid file of the format.
    Malformed,
    /// The file is valid, as far as can be told, but holds what lowtide cannot carry or judge.
    Unsupported,
    /// What was asked for does not fit the file.
    Refused,
}

/// Why a file could not be read, converted or written. The text names the part of the file and the remedy.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    text: String,
}

impl Error {
    /// An error with this text.
    pub fn new(kind: ErrorKind, text: impl fmt::Display) -> Self {
        Self {
            kind,
            text: text.to_string(),
        }
    }

    /// The bytes are no valid file of the format.
    pub(crate) fn malformed(text: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Malformed, text)
    }

    /// The file holds what lowtide cannot carry or judge.
    pub(crate) fn unsupported(text: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Unsupported, text)
    }

    /// What was asked for does not fit the file.
    pub(crate) fn refused(text: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Refused, text)
    }

    /// What kind of trouble.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}

impl From<lowtide_core::error::Error> for Error {
    /// A graph that does not hold together comes from a file that does not.
    fn from(error: lowtide_core::error::Error) -> Self {
        Self::new(ErrorKind::Malformed, error)
    }
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
