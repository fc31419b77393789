//! How the parts of the tree are written: children first, then the table or vector that points to them.

use std::sync::Arc;

use super::super::error::Result;
use super::super::facts::{Field, Table};
use super::super::tree::{Blob, List, Node, Shared, Value};
use super::{Key, Slot, Slots, Writer, form_of};

/// A table of the tree.
pub(crate) trait WriteTable {
    /// Writes the children, and returns what stands in the table itself.
    fn write_slots(&self, writer: &mut Writer) -> Result<Slots>;
}

/// A field of a typed table.
pub(crate) trait WritePart {
    /// Writes what the field points to, unless it is absent, and returns where.
    fn write_part(&self, writer: &mut Writer, field: &Field) -> Result<Option<usize>>;
}

impl WriteTable for Node {
    fn write_slots(&self, writer: &mut Writer) -> Result<Slots> {
        let mut slots = Vec::with_capacity(self.fields().len());
        for (number, value) in self.fields() {
            let field = &self.table().fields[usize::from(*number)];
            let slot = match value {
                Value::Scalar(bits) => Slot::Scalar {
                    bits: *bits,
                    width: field.kind.inline_width(),
                },
                Value::Bytes(blob) => Slot::Offset(writer.put_blob(blob, field)?),
                Value::Table(table) => Slot::Offset(writer.table(table)?),
                Value::Tables(tables) => match tables.write_part(writer, field)? {
                    Some(place) => Slot::Offset(place),
                    None => continue,
                },
            };
            slots.push((*number, slot));
        }
        Ok(slots)
    }
}

impl Writer {
    /// Writes the field of this name, unless it is absent, and adds it to the slots of its table.
    pub(crate) fn part(
        &mut self,
        slots: &mut Slots,
        facts: &'static Table,
        name: &str,
        part: &impl WritePart,
    ) -> Result<()> {
        let Some(number) = facts.number(name) else {
            return Ok(());
        };
        if let Some(place) = part.write_part(self, &facts.fields[usize::from(number)])? {
            slots.retain(|slot| slot.0 != number);
            slots.push((number, Slot::Offset(place)));
        }
        Ok(())
    }

    fn table<T: WriteTable>(&mut self, table: &Shared<T>) -> Result<usize> {
        self.once(Key::Object(table.identity()), |writer| {
            let slots = table.write_slots(writer)?;
            writer.put_table(slots)
        })
    }

    /// Writes a vector of numbers.
    fn numbers<T: Copy, const N: usize>(
        &mut self,
        list: &List<T>,
        field: &Field,
        bytes: fn(T) -> [u8; N],
    ) -> Result<Option<usize>> {
        let Some(numbers) = &list.0 else {
            return Ok(None);
        };
        let place = self.once(Key::Object(Arc::as_ptr(numbers).addr()), |writer| {
            let bytes: Vec<u8> = numbers.iter().flat_map(|number| bytes(*number)).collect();
            writer.put_run(&bytes, form_of(&field.kind))
        })?;
        Ok(Some(place))
    }
}

impl WritePart for List<i32> {
    fn write_part(&self, writer: &mut Writer, field: &Field) -> Result<Option<usize>> {
        writer.numbers(self, field, i32::to_le_bytes)
    }
}

impl WritePart for List<i64> {
    fn write_part(&self, writer: &mut Writer, field: &Field) -> Result<Option<usize>> {
        writer.numbers(self, field, i64::to_le_bytes)
    }
}

impl WritePart for Option<Blob> {
    fn write_part(&self, writer: &mut Writer, field: &Field) -> Result<Option<usize>> {
        self.as_ref()
            .map(|blob| writer.put_blob(blob, field))
            .transpose()
    }
}

impl<T: WriteTable> WritePart for Option<Shared<T>> {
    fn write_part(&self, writer: &mut Writer, _: &Field) -> Result<Option<usize>> {
        self.as_ref().map(|table| writer.table(table)).transpose()
    }
}

impl<T: WriteTable> WritePart for List<Shared<T>> {
    fn write_part(&self, writer: &mut Writer, _: &Field) -> Result<Option<usize>> {
        let Some(tables) = &self.0 else {
            return Ok(None);
        };
        let place = writer.once(Key::Object(Arc::as_ptr(tables).addr()), |writer| {
            // From the last to the first, so that they stand in the file in their order.
            let places = tables
                .iter()
                .rev()
                .map(|table| writer.table(table))
                .collect::<Result<Vec<_>>>()?;
            let places: Vec<usize> = places.into_iter().rev().collect();
            writer.put_offsets(&places)
        })?;
        Ok(Some(place))
    }
}
