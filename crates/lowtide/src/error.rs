//! The one public error. It is opaque: its kind is for programs, its text for people.

use std::fmt;

/// What went wrong. The text names the file, the operator or tensor where there is one, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: Box<str>,
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What an [`Error`] is about, broadly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file could not be read or written.
    Io,
    /// The bytes are no valid model: damaged, cut off, or contradicting themselves.
    Malformed,
    /// The model is valid but uses something that lowtide does not do.
    Unsupported,
    /// What was asked does not fit this model: a conversion that would lose something.
    Refused,
    /// What was asked makes no sense: an unknown name, options that exclude each other.
    Usage,
    /// A referee refused lowtide's own answer: a bug.
    Internal,
}

impl ErrorKind {
    /// The name used in JSON; stable.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Io => "io",
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
            Self::Refused => "refused",
            Self::Usage => "usage",
            Self::Internal => "internal",
        }
    }
}

impl Error {
    /// An error of this kind with this text.
    pub fn new(kind: ErrorKind, message: impl fmt::Display) -> Self {
        let message = message.to_string().into();
        Self { kind, message }
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// What `lowtide-core` refuses once a model is read is its own work.
impl From<lowtide_core::error::Error> for Error {
    fn from(error: lowtide_core::error::Error) -> Self {
        Self::new(ErrorKind::Internal, error)
    }
}

/// A reader's or writer's complaint about the model called `name`.
pub(crate) fn of_format(name: &str, error: &lowtide_formats::Error) -> Error {
    let kind = match error.kind() {
        lowtide_formats::ErrorKind::Malformed => ErrorKind::Malformed,
        lowtide_formats::ErrorKind::Unsupported => ErrorKind::Unsupported,
        lowtide_formats::ErrorKind::Refused => ErrorKind::Refused,
    };
    Error::new(kind, format_args!("{name}: {error}"))
}
