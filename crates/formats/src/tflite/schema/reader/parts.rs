//! The fields of the typed tables.

use super::super::error::Result;
use super::super::facts::{Kind, Table};
use super::super::tree::{Blob, List, Shared};
use super::{Form, ReadTable, Reader, TableAt};

/// A type of the tree that a present field is read into; its default stands for an absent one.
pub(crate) trait ReadPart: Default {
    /// Reads what the offset of the field points to. The typed tables are declared to match the facts; a field that
    /// did not would not survive the round trip of a real model.
    fn read_part(reader: &mut Reader, target: usize, kind: &'static Kind) -> Result<Self>;
}

impl Reader {
    /// The field of this name.
    pub(crate) fn part<T: ReadPart>(&mut self, at: &TableAt, name: &str) -> Result<T> {
        let Some((slot, field)) = self.find(at, name)? else {
            return Ok(T::default());
        };
        self.path.enter(field.name);
        let target = self.follow(slot)?;
        let part = T::read_part(self, target, &field.kind)?;
        self.path.leave();
        Ok(part)
    }

    /// The table in this place.
    pub(super) fn table<T: ReadTable>(
        &mut self,
        position: usize,
        facts: &'static Table,
    ) -> Result<Shared<T>> {
        let table = self.once(position, Form::Table, Some(facts), |reader| {
            let at = reader.open(position, facts)?;
            T::read_table(reader, &at)
        })?;
        Ok(Shared(table))
    }

    /// The vector of tables in this place.
    pub(super) fn tables<T: ReadTable>(
        &mut self,
        position: usize,
        facts: &'static Table,
    ) -> Result<List<Shared<T>>> {
        let tables = self.once(position, Form::Tables, Some(facts), |reader| {
            let (start, count) = reader.vector(position, 4)?;
            reader.own(count.saturating_mul(size_of::<Shared<T>>()))?;
            let mut tables = Vec::with_capacity(count);
            for index in 0..count {
                reader.path.at(index);
                let target = reader.follow(start + 4 * index)?;
                tables.push(reader.table(target, facts)?);
            }
            Ok(tables)
        })?;
        Ok(List(Some(tables)))
    }

    /// The vector of numbers of `N` bytes in this place.
    fn numbers<T, const N: usize>(
        &mut self,
        position: usize,
        form: Form,
        number: fn([u8; N]) -> T,
    ) -> Result<List<T>>
    where
        T: Send + Sync + 'static,
    {
        let numbers = self.once(position, form, None, |reader| {
            let (start, count) = reader.vector(position, N)?;
            reader.own(count.saturating_mul(N))?;
            reader.reach(count as u64)?;
            let (chunks, _) = reader.bytes(start, count * N)?.as_chunks();
            Ok(chunks
                .iter()
                .map(|bytes| number(*bytes))
                .collect::<Vec<T>>())
        })?;
        Ok(List(Some(numbers)))
    }
}

impl ReadPart for List<i32> {
    fn read_part(reader: &mut Reader, target: usize, _: &'static Kind) -> Result<Self> {
        reader.numbers(target, Form::Numbers32, i32::from_le_bytes)
    }
}

impl ReadPart for List<i64> {
    fn read_part(reader: &mut Reader, target: usize, _: &'static Kind) -> Result<Self> {
        reader.numbers(target, Form::Numbers64, i64::from_le_bytes)
    }
}

impl ReadPart for Option<Blob> {
    fn read_part(reader: &mut Reader, target: usize, kind: &'static Kind) -> Result<Self> {
        Ok(Some(reader.blob(target, kind)?))
    }
}

impl<T: ReadTable> ReadPart for Option<Shared<T>> {
    fn read_part(reader: &mut Reader, target: usize, kind: &'static Kind) -> Result<Self> {
        match kind {
            Kind::Table(facts) => Ok(Some(reader.table(target, facts)?)),
            _ => Ok(None),
        }
    }
}

impl<T: ReadTable> ReadPart for List<Shared<T>> {
    fn read_part(reader: &mut Reader, target: usize, kind: &'static Kind) -> Result<Self> {
        match kind {
            Kind::Tables(facts) => reader.tables(target, facts),
            _ => Ok(Self::absent()),
        }
    }
}
