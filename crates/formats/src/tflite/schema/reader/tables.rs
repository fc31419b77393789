//! The checked access to tables: where the fields are, and the generic ones.

use super::super::error::Result;
use super::super::facts::{Field, Kind, Table, Union};
use super::super::tree::{Node, Value};
use super::Reader;

/// A table in the file, its frame checked.
pub(crate) struct TableAt {
    facts: &'static Table,
    position: usize,
    /// The bytes of the table itself: the offset to its vtable, then the fields in place.
    size: usize,
    /// Where the vtable has its entries, one of two bytes for each field: its place in the table, or 0.
    entries: usize,
    /// How many entries there are.
    count: usize,
}

/// A type of the tree that a table is read into.
pub(crate) trait ReadTable: Sized + Send + Sync + 'static {
    /// Takes the fields.
    fn read_table(reader: &mut Reader, at: &TableAt) -> Result<Self>;
}

impl ReadTable for Node {
    fn read_table(reader: &mut Reader, at: &TableAt) -> Result<Self> {
        reader.rest(at, &[])
    }
}

impl Reader {
    /// Checks the frame of a table: that it and its vtable lie in the file, and that all its fields are known.
    pub(super) fn open(&mut self, position: usize, facts: &'static Table) -> Result<TableAt> {
        let back = i64::from(i32::from_le_bytes(self.number(position)?));
        // The offset to the vtable is signed and counts backwards.
        let vtable = i64::try_from(position)
            .ok()
            .and_then(|position| position.checked_sub(back));
        let vtable = vtable
            .and_then(|vtable| usize::try_from(vtable).ok())
            .ok_or_else(|| self.outside())?;
        let length = usize::from(u16::from_le_bytes(self.number(vtable)?));
        self.bytes(vtable, length)?;
        let size = usize::from(u16::from_le_bytes(self.number(vtable + 2)?));
        self.bytes(position, size)?;
        if length < 4 || !length.is_multiple_of(2) || size < 4 {
            return Err(self.malformed(
                "has an impossible table of fields; the file is damaged, export it again",
            ));
        }
        let at = TableAt {
            facts,
            position,
            size,
            entries: vtable + 4,
            count: (length - 4) / 2,
        };
        self.refuse_unknown_fields(&at)?;
        Ok(at)
    }

    /// A field that the facts do not list may be an offset, and would point astray in a new file.
    fn refuse_unknown_fields(&mut self, at: &TableAt) -> Result<()> {
        for number in at.facts.fields.len()..at.count {
            if self.entry(at, number)? != 0 {
                return Err(self.unsupported(format!(
                    "table {} has a field {number}: written for a newer TFLite schema than this lowtide knows; \
                     update lowtide",
                    at.facts.name
                )));
            }
        }
        Ok(())
    }

    fn entry(&mut self, at: &TableAt, number: usize) -> Result<usize> {
        if number >= at.count {
            return Ok(0);
        }
        Ok(usize::from(u16::from_le_bytes(
            self.number(at.entries + 2 * number)?,
        )))
    }

    /// Where a known field is in the file, if it is present.
    fn slot(&mut self, at: &TableAt, number: usize, field: &Field) -> Result<Option<usize>> {
        let entry = self.entry(at, number)?;
        if entry == 0 {
            return Ok(None);
        }
        let width = field.kind.inline_width();
        let slot = at.position + entry;
        if entry < 4 || entry + width > at.size || !slot.is_multiple_of(width) {
            let text = format!(
                "field `{}` does not lie within its table; the file is damaged, export it again",
                field.name
            );
            return Err(self.malformed(text));
        }
        Ok(Some(slot))
    }

    /// Where the field of this name is in the file, if it is present, and what it holds.
    pub(super) fn find(
        &mut self,
        at: &TableAt,
        name: &str,
    ) -> Result<Option<(usize, &'static Field)>> {
        let found = at
            .facts
            .fields
            .iter()
            .enumerate()
            .find(|(_, field)| field.name == name);
        let Some((number, field)) = found else {
            return Ok(None);
        };
        Ok(self.slot(at, number, field)?.map(|slot| (slot, field)))
    }

    /// The present fields but those of these names.
    pub(crate) fn rest(&mut self, at: &TableAt, but: &[&str]) -> Result<Node> {
        let facts = at.facts;
        let mut present = Vec::new();
        for (number, field) in (0_u16..).zip(facts.fields) {
            if !but.contains(&field.name)
                && let Some(slot) = self.slot(at, number.into(), field)?
            {
                present.push((number, field, slot));
            }
        }
        self.own(present.len() * size_of::<(u16, Value)>())?;
        let mut fields = Vec::with_capacity(present.len());
        for (number, field, slot) in present {
            self.path.enter(field.name);
            fields.push((number, self.value(at, number, field, slot)?));
            self.path.leave();
        }
        Ok(Node::from_fields(facts, fields))
    }

    fn value(&mut self, at: &TableAt, number: u16, field: &Field, slot: usize) -> Result<Value> {
        if let Kind::Scalar(scalar) = field.kind {
            return Ok(Value::Scalar(self.scalar(slot, scalar)?));
        }
        let target = self.follow(slot)?;
        Ok(match field.kind {
            Kind::Table(facts) => Value::Table(self.table(target, facts)?),
            Kind::Tables(facts) => Value::Tables(self.tables(target, facts)?),
            Kind::Union(union) => {
                let member = self.member(at, number, union)?;
                Value::Table(self.table(target, member)?)
            }
            Kind::Scalar(_) | Kind::Text | Kind::Vector { .. } => {
                Value::Bytes(self.blob(target, &field.kind)?)
            }
        })
    }

    /// The type of the table in a union, from the field before it.
    fn member(&mut self, at: &TableAt, number: u16, union: &Union) -> Result<&'static Table> {
        let choice = usize::from(number).saturating_sub(1);
        let slot = self.slot(at, choice, &at.facts.fields[choice])?;
        let choice = match slot {
            Some(slot) => self.bytes(slot, 1)?[0],
            None => 0,
        };
        union.member(choice).ok_or_else(|| match choice {
            0 => self.malformed("is there, but its type says that it is not; the file is damaged, export it again"),
            _ => self.unsupported(format!(
                "is member {choice} of {}: written for a newer TFLite schema than this lowtide knows; update lowtide",
                union.name
            )),
        })
    }
}
