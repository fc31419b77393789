//! From bytes to the tree. Nothing here trusts the bytes: every position, length and alignment is checked before it is
//! used, and what the tree may own is bounded by the length of the file.

mod ledger;
mod parts;
mod path;
mod source;
mod tables;

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use self::ledger::Ledger;
use self::path::Path;
pub(crate) use self::tables::{ReadTable, TableAt};
use super::error::{Error, ErrorKind, Result};
use super::facts::{Table, tables as facts};
use super::tree::{Blob, Model, Shared};
use super::{GREATEST_LENGTH, IDENTIFIER};

/// The bytes of a file and what has been taken from them so far.
///
/// After an error a reader is of no further use: its path still names the part that failed.
pub(crate) struct Reader {
    source: Arc<Vec<u8>>,
    /// The end of the last byte that belongs to the flatbuffer, as far as it has been followed.
    end: usize,
    path: Path,
    ledger: Ledger,
    /// The objects read before, so that one that is pointed to from many places is read once and stays one.
    known: HashMap<Key, Known>,
}

/// A position, and as what it was read: hostile files may point to the same bytes as different things.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    position: u32,
    form: Form,
    /// The address of the facts, where the form is of tables.
    table: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Table,
    Tables,
    Numbers32,
    Numbers64,
}

struct Known {
    value: Arc<dyn Any + Send + Sync>,
    /// What a walk over it meets, shared parts counted each time.
    reach: u64,
}

/// Reads a model, and whatever follows the flatbuffer in the file.
pub(crate) fn read(bytes: Vec<u8>) -> Result<(Model, Blob)> {
    let mut reader = Reader::new(bytes);
    if reader.source.len() > GREATEST_LENGTH {
        return Err(reader.unsupported(
            "is larger than 2 GiB, more than the schema's offsets reach; split the model",
        ));
    }
    if reader.source.get(4..8) != Some(IDENTIFIER) {
        return Err(reader.malformed(
            "is not a TensorFlow Lite model: bytes 4 to 7 are not `TFL3`; check the path",
        ));
    }
    let root = reader.follow(0)?;
    let model: Shared<Model> = reader.table(root, &facts::Model)?;
    let trailer = reader.trailer();
    // The reader's memory of shared objects also holds the model.
    drop(reader);
    Ok((Arc::unwrap_or_clone(model.0), trailer))
}

impl Reader {
    fn new(bytes: Vec<u8>) -> Self {
        Self {
            ledger: Ledger::new(bytes.len()),
            source: Arc::new(bytes),
            end: 0,
            path: Path::default(),
            known: HashMap::new(),
        }
    }

    /// What `make` reads, or what it read before in the same place and form.
    fn once<T, F>(
        &mut self,
        position: usize,
        form: Form,
        table: Option<&Table>,
        make: F,
    ) -> Result<Arc<T>>
    where
        T: Any + Send + Sync,
        F: FnOnce(&mut Self) -> Result<T>,
    {
        let position = u32::try_from(position).map_err(|_| self.outside())?;
        let table = table.map_or(0, |facts| std::ptr::from_ref(facts).addr());
        let key = Key {
            position,
            form,
            table,
        };
        if let Some(Known { value, reach }) = self.known.get(&key)
            && let Ok(value) = Arc::clone(value).downcast()
        {
            let reach = *reach;
            self.reach(reach)?;
            return Ok(value);
        }
        let before = self.ledger.reached();
        self.reach(1)?;
        self.own(size_of::<T>() + ledger::OBJECT)?;
        let value = Arc::new(make(self)?);
        let reach = self.ledger.reached() - before;
        self.known.insert(
            key,
            Known {
                value: value.clone(),
                reach,
            },
        );
        Ok(value)
    }

    /// What lies behind the flatbuffer and the zeros that fill it up to a multiple of 16, which is what the writer
    /// fills it up to.
    fn trailer(&self) -> Blob {
        let rest = &self.source[self.end..];
        let most = self.end.next_multiple_of(16) - self.end;
        let zeros = rest
            .iter()
            .take(most)
            .take_while(|byte| **byte == 0)
            .count();
        Blob::within(&self.source, self.end + zeros..self.source.len()).unwrap_or_default()
    }

    fn own(&mut self, bytes: usize) -> Result<()> {
        if self.ledger.own(bytes) {
            return Ok(());
        }
        Err(self.malformed(
            "would need far more memory than the file is long; its parts overlap, so it is damaged",
        ))
    }

    fn reach(&mut self, parts: u64) -> Result<()> {
        if self.ledger.reach(parts) {
            return Ok(());
        }
        Err(self.malformed(
            "points to the same parts over and over, more than any converter writes; it is damaged",
        ))
    }

    fn outside(&self) -> Error {
        self.malformed(
            "lies outside the file, which is cut off or damaged; fetch or export it again",
        )
    }

    fn malformed(&self, text: impl Into<String>) -> Error {
        Error::new(ErrorKind::Malformed, self.path.to_string(), text)
    }

    fn unsupported(&self, text: impl Into<String>) -> Error {
        Error::new(ErrorKind::Unsupported, self.path.to_string(), text)
    }
}
