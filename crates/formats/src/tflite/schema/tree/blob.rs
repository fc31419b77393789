//! Bytes that are not copied before they are written: names, weights, and every vector that nobody looks into.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// A run of bytes within the bytes of a file, or of its own. Cloning it copies nothing.
///
/// Two blobs are equal when their bytes are; where they lie does not count.
#[derive(Clone, Default)]
pub struct Blob {
    owner: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Blob {
    /// The run `range` of `owner`, if it lies within.
    pub(crate) fn within(owner: &Arc<Vec<u8>>, range: Range<usize>) -> Option<Self> {
        owner.get(range.clone())?;
        Some(Self {
            owner: Arc::clone(owner),
            range,
        })
    }

    /// What tells this run from all others that are alive: the writer writes each run once.
    pub(crate) fn identity(&self) -> (usize, usize, usize) {
        (
            Arc::as_ptr(&self.owner).addr(),
            self.range.start,
            self.range.end,
        )
    }

    /// The bytes as text, with replacement characters where they are not UTF-8.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }
}

impl Deref for Blob {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.owner[self.range.clone()]
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self {
            owner: Arc::new(bytes),
            range,
        }
    }
}

impl From<&str> for Blob {
    fn from(text: &str) -> Self {
        text.as_bytes().to_vec().into()
    }
}

impl PartialEq for Blob {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity() || **self == **other
    }
}

impl Eq for Blob {}

impl fmt::Debug for Blob {
    /// The text where it is a short one, as names are, else the number of bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match std::str::from_utf8(self) {
            Ok(text) if text.len() <= 80 && !text.contains('\0') => fmt::Debug::fmt(text, f),
            _ => write!(f, "<{} bytes>", self.len()),
        }
    }
}
