//! Copying a message field by field, with exceptions.

use super::super::wire::{Field, Message, put_bytes};
use crate::error::Result;

/// What becomes of a field.
pub(super) enum Edit<T> {
    /// Copied, tag and length included.
    Keep,
    /// Left out.
    Drop,
    /// Written anew with this value, which may be what it was.
    Replace(T),
}

/// Copies `message` with what `edit` makes of its fields; also says whether anything changed.
pub(super) fn splice<'a, T: AsRef<[u8]>>(
    message: Message<'a>,
    mut edit: impl FnMut(&Field<'a>) -> Result<Edit<T>>,
) -> Result<(Vec<u8>, bool)> {
    let mut out = Vec::with_capacity(message.bytes().len());
    for field in message.fields() {
        match edit(&field)? {
            Edit::Keep => out.extend_from_slice(field.raw),
            Edit::Drop => {}
            Edit::Replace(value) => put_bytes(&mut out, field.number, value.as_ref()),
        }
    }
    let changed = out != message.bytes();
    Ok((out, changed))
}
