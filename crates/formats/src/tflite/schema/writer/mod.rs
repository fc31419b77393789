//! From the tree to bytes. A flatbuffer is built from its end: offsets point forward only, so what is pointed to,
//! however often, must come before all that point to it. Places are therefore counted as bytes from the end.

mod downward;
mod parts;

use std::cmp::Reverse;
use std::collections::HashMap;

use self::downward::Downward;
pub(crate) use self::parts::WriteTable;
use super::error::{Error, ErrorKind, Result};
use super::facts::{Field, Kind};
use super::tree::{Blob, Model};
use super::{GREATEST_LENGTH, IDENTIFIER};

/// The present fields of a table and their numbers.
pub(crate) type Slots = Vec<(u16, Slot)>;

/// What stands in a table itself.
#[derive(Clone, Copy)]
pub(crate) enum Slot {
    /// A number: its bits, and how many bytes it takes.
    Scalar { bits: u64, width: usize },
    /// An offset to what begins so many bytes before the end.
    Offset(usize),
}

impl Slot {
    fn width(self) -> usize {
        match self {
            Self::Scalar { width, .. } => width,
            Self::Offset(_) => 4,
        }
    }
}

/// The bytes so far and what is in them.
pub(crate) struct Writer {
    out: Downward,
    /// The vtables, each written once. Tables of one type mostly have the same fields present.
    vtables: HashMap<Vec<u8>, usize>,
    /// The objects written, so that one with several owners is written once.
    done: HashMap<Key, usize>,
}

/// What tells an object from the others. The tree is borrowed while it is written, so no address is used twice.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    /// A table or vector with this address.
    Object(usize),
    /// A run of bytes, and as what it is written.
    Run {
        run: (usize, usize, usize),
        form: Form,
    },
}

/// How a run of bytes is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Form {
    width: usize,
    align: usize,
    text: bool,
}

/// Writes a model, and behind it the bytes of `trailer`.
pub(crate) fn write(model: &Model, trailer: &[u8]) -> Result<Vec<u8>> {
    let mut writer = Writer {
        out: Downward::default(),
        vtables: HashMap::new(),
        done: HashMap::new(),
    };
    let slots = model.write_slots(&mut writer)?;
    let root = writer.put_table(slots)?;
    // The length becomes a multiple of the greatest alignment, so that places count the same from either end.
    writer.out.pad(8, 16);
    writer.out.put(IDENTIFIER);
    let from = writer.out.len() + 4;
    writer.put_u32(from - root)?;
    let mut bytes = writer.out.finish();
    bytes.extend_from_slice(trailer);
    Ok(bytes)
}

impl Writer {
    /// Puts what `make` writes in front, or finds it where it was put before.
    fn once(&mut self, key: Key, make: impl FnOnce(&mut Self) -> Result<usize>) -> Result<usize> {
        if let Some(place) = self.done.get(&key) {
            return Ok(*place);
        }
        let place = make(self)?;
        self.done.insert(key, place);
        Ok(place)
    }

    /// Puts a table whose children are written, and its vtable if none has the same entries.
    fn put_table(&mut self, mut slots: Slots) -> Result<usize> {
        // Widest first leaves no gaps: the fields begin 4 bytes into the table, where the widest is aligned.
        slots.sort_by_key(|(number, slot)| (Reverse(slot.width()), *number));
        let align = slots.first().map_or(4, |(_, slot)| slot.width().max(4));
        let fields: usize = slots.iter().map(|(_, slot)| slot.width()).sum();
        self.out.pad(fields, align);
        let place = self.out.len() + fields + 4;
        let mut entries = Vec::with_capacity(slots.len());
        let mut body = Vec::with_capacity(fields);
        for (number, slot) in slots {
            let entry = body.len() + 4;
            entries.push((usize::from(number), entry));
            match slot {
                Slot::Scalar { bits, width } => {
                    body.extend_from_slice(&bits.to_le_bytes()[..width]);
                }
                Slot::Offset(target) => {
                    body.extend_from_slice(&u32_of(place - entry - target)?.to_le_bytes());
                }
            }
        }
        let vtable = vtable(&entries, fields + 4)?;
        let known = self.vtables.get(&vtable).copied();
        let at = known.unwrap_or(place + vtable.len());
        self.out.put(&body);
        // Signed and backwards: positive where the vtable stands in front.
        self.put_u32(at.wrapping_sub(place))?;
        if known.is_none() {
            self.out.put(&vtable);
            self.vtables.insert(vtable, at);
        }
        Ok(place)
    }

    /// Puts a string or a vector of numbers.
    fn put_blob(&mut self, blob: &Blob, field: &Field) -> Result<usize> {
        let form = form_of(&field.kind);
        if !blob.len().is_multiple_of(form.width) {
            let text = format!(
                "{} bytes are not whole elements of {} bytes",
                blob.len(),
                form.width
            );
            return Err(Error::new(
                ErrorKind::Malformed,
                format!("field `{}`", field.name),
                text,
            ));
        }
        self.once(
            Key::Run {
                run: blob.identity(),
                form,
            },
            |writer| writer.put_run(blob, form),
        )
    }

    /// Puts the elements, aligned, and their number before them.
    fn put_run(&mut self, bytes: &[u8], form: Form) -> Result<usize> {
        let end = usize::from(form.text);
        self.out.pad(bytes.len() + end, form.align.max(4));
        self.out.put(&[0][..end]);
        self.out.put(bytes);
        self.put_u32(bytes.len() / form.width)?;
        Ok(self.out.len())
    }

    /// Puts a vector of offsets to tables that are written.
    fn put_offsets(&mut self, targets: &[usize]) -> Result<usize> {
        self.out.pad(0, 4);
        for target in targets.iter().rev() {
            let from = self.out.len() + 4;
            self.put_u32(from - target)?;
        }
        self.put_u32(targets.len())?;
        Ok(self.out.len())
    }

    /// Puts the low 32 bits of a number that is less than 2 GiB either way.
    fn put_u32(&mut self, number: usize) -> Result<()> {
        let low = number.cast_signed();
        let number = i32::try_from(low).map_err(|_| too_large())?;
        self.out.put(&number.to_le_bytes());
        if self.out.len() > GREATEST_LENGTH {
            return Err(too_large());
        }
        Ok(())
    }
}

fn form_of(kind: &Kind) -> Form {
    match kind {
        Kind::Vector { element, align } => Form {
            width: element.width(),
            align: element.width().max(usize::from(*align)),
            text: false,
        },
        _ => Form {
            width: 1,
            align: 1,
            text: true,
        },
    }
}

/// A vtable: its length, the size of the table, and for each field number its place in the table, or 0.
fn vtable(present: &[(usize, usize)], size: usize) -> Result<Vec<u8>> {
    let count = present.iter().map(|(number, _)| number + 1).max();
    let mut places = vec![0; count.unwrap_or(0)];
    for (number, place) in present {
        places[*number] = *place;
    }
    let mut vtable = Vec::with_capacity(2 * places.len() + 4);
    for half in [2 * places.len() + 4, size].into_iter().chain(places) {
        vtable.extend_from_slice(&u16::try_from(half).map_err(|_| too_large())?.to_le_bytes());
    }
    Ok(vtable)
}

fn u32_of(number: usize) -> Result<u32> {
    u32::try_from(number).map_err(|_| too_large())
}

fn too_large() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "the file",
        "would be larger than 2 GiB, more than the schema's offsets reach",
    )
}
