//! Any table, by the facts of the schema: operators' options, and whatever the typed tables do not hold themselves.

use super::blob::Blob;
use super::shared::{List, Shared};
use crate::tflite::schema::error::{Error, ErrorKind, Result};
use crate::tflite::schema::facts::{Field, Kind, Scalar, Table};

/// The fields of a table that are present. An absent scalar reads as the schema's default and stays absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    table: &'static Table,
    /// Ascending by field number.
    fields: Vec<(u16, Value)>,
}

/// The content of one present field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The bits of a number, in the low bytes.
    Scalar(u64),
    /// A string, or a vector of numbers as little-endian bytes.
    Bytes(Blob),
    /// A table, of a union too.
    Table(Shared<Node>),
    /// A vector of tables.
    Tables(List<Shared<Node>>),
}

impl Node {
    /// A table of this type without any field.
    #[must_use]
    pub fn new(table: &'static Table) -> Self {
        Self {
            table,
            fields: Vec::new(),
        }
    }

    /// A table with these fields, which the reader has taken in the order of their numbers.
    pub(crate) fn from_fields(table: &'static Table, fields: Vec<(u16, Value)>) -> Self {
        Self { table, fields }
    }

    /// The type of the table.
    #[must_use]
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// The present fields and their numbers, ascending.
    #[must_use]
    pub fn fields(&self) -> &[(u16, Value)] {
        &self.fields
    }

    /// The field of this name, if it is present.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let number = self.table.number(name)?;
        let place = self
            .fields
            .binary_search_by_key(&number, |field| field.0)
            .ok()?;
        Some(&self.fields[place].1)
    }

    /// An integer or boolean field, or its default; nothing if this type of table has no such field. Numbers above
    /// `i64::MAX` are cut to it.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        let field = self.field(name)?;
        let Kind::Scalar(scalar) = field.kind else {
            return None;
        };
        let Some(Value::Scalar(bits)) = self.get(name) else {
            return Some(field.default);
        };
        scalar.integer(*bits)
    }

    /// A float field, or its default; nothing if this type of table has no such field.
    #[must_use]
    pub fn float(&self, name: &str) -> Option<f32> {
        match (&self.field(name)?.kind, self.get(name)) {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "the low bytes hold the number"
            )]
            (Kind::Scalar(Scalar::F32), Some(Value::Scalar(bits))) => {
                Some(f32::from_bits(*bits as u32))
            }
            (Kind::Scalar(Scalar::F32), _) => Some(0.0),
            _ => None,
        }
    }

    /// A string, or a vector of numbers as little-endian bytes, if it is present.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<&Blob> {
        match self.get(name)? {
            Value::Bytes(blob) => Some(blob),
            _ => None,
        }
    }

    /// A table or the table of a union, if it is present.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Shared<Self>> {
        match self.get(name)? {
            Value::Table(child) => Some(child),
            _ => None,
        }
    }

    /// Takes the field out of the table: it is absent from here on.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let number = self.table.number(name)?;
        let place = self
            .fields
            .binary_search_by_key(&number, |field| field.0)
            .ok()?;
        Some(self.fields.remove(place).1)
    }

    /// Writes an integer or boolean field, explicitly even where it is the default.
    ///
    /// # Errors
    /// If this type of table has no such field, or the number does not fit.
    pub fn set_int(&mut self, name: &str, value: i64) -> Result<()> {
        let Some(Kind::Scalar(scalar)) = self.field(name).map(|field| &field.kind) else {
            return Err(self.no_field(name, "an integer"));
        };
        let Some(bits) = scalar.bits(value) else {
            return Err(self.no_field(name, &format!("an integer with room for {value}")));
        };
        self.put(name, Value::Scalar(bits));
        Ok(())
    }

    /// Writes a float field, explicitly even where it is the default.
    ///
    /// # Errors
    /// If this type of table has no such field.
    pub fn set_float(&mut self, name: &str, value: f32) -> Result<()> {
        match self.field(name).map(|field| &field.kind) {
            Some(Kind::Scalar(Scalar::F32)) => {
                self.put(name, Value::Scalar(value.to_bits().into()));
            }
            _ => return Err(self.no_field(name, "a float")),
        }
        Ok(())
    }

    /// Writes a string, or a vector of numbers given as little-endian bytes.
    ///
    /// # Errors
    /// If this type of table has no such field.
    pub fn set_bytes(&mut self, name: &str, value: impl Into<Blob>) -> Result<()> {
        match self.field(name).map(|field| &field.kind) {
            Some(Kind::Text | Kind::Vector { .. }) => self.put(name, Value::Bytes(value.into())),
            _ => return Err(self.no_field(name, "a string or a vector")),
        }
        Ok(())
    }

    /// Writes a union: the table, and its number in the field before. Without a table both become absent.
    ///
    /// # Errors
    /// If this type of table has no such union, or the union no such member.
    pub fn set_union(&mut self, name: &str, child: Option<Shared<Self>>) -> Result<()> {
        let Some(Kind::Union(union)) = self.field(name).map(|field| &field.kind) else {
            return Err(self.no_field(name, "a union"));
        };
        let choice = format!("{name}_type");
        let Some(child) = child else {
            self.remove(name);
            self.remove(&choice);
            return Ok(());
        };
        let Some(number) = union.number(child.table) else {
            return Err(self.no_field(name, &format!("a union with {}", child.table.name)));
        };
        self.put(&choice, Value::Scalar(number.into()));
        self.put(name, Value::Table(child));
        Ok(())
    }

    fn field(&self, name: &str) -> Option<&'static Field> {
        self.table.fields.get(usize::from(self.table.number(name)?))
    }

    /// Writes a field that the table has, with a value of its kind.
    pub(crate) fn put(&mut self, name: &str, value: Value) {
        let Some(number) = self.table.number(name) else {
            return;
        };
        match self.fields.binary_search_by_key(&number, |field| field.0) {
            Ok(place) => self.fields[place].1 = value,
            Err(place) => self.fields.insert(place, (number, value)),
        }
    }

    fn no_field(&self, name: &str, wanted: &str) -> Error {
        let text = format!("the schema has no field `{name}` that is {wanted}");
        Error::new(ErrorKind::Unsupported, self.table.name, text)
    }
}
