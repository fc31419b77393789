//! The errors of this room. Their texts name the part of the file and the remedy.

/// Whose fault an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The bytes are not a valid model.
    Malformed,
    /// The model may be valid, but lowtide cannot carry it without loss.
    Unsupported,
}

/// Why a file could not be read, or a tree not be written.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{part}: {text}")]
pub struct Error {
    kind: ErrorKind,
    part: String,
    text: String,
}

impl Error {
    /// An error about a part of a file, such as `subgraph 0, operator 12, inputs`.
    #[must_use]
    pub fn new(kind: ErrorKind, part: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            kind,
            part: part.into(),
            text: text.into(),
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The part of the file that is concerned.
    #[must_use]
    pub fn part(&self) -> &str {
        &self.part
    }
}

/// Results of this room.
pub type Result<T, E = Error> = std::result::Result<T, E>;
