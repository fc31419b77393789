//! What the reader and the writer know of the TensorFlow Lite schema: for every table its fields in the order of their
//! numbers, the members of the unions, the operator codes and the tensor types.
//!
//! These are facts, kept as data: `tests/runtimes/test_schema_facts.py` compares each of them with the schema that the
//! current runtimes ship and fails when that has grown.

/// The declaration of a group of tables: `Name { field: kind = default, .. }`.
macro_rules! tables {
    ($($name:ident { $($field:ident: $kind:ident $(($($of:tt)*))? $(= $default:literal)?),* $(,)? })*) => {
        $(
            #[allow(non_upper_case_globals, reason = "the names of the schema can be searched for")]
            #[doc = concat!("The facts of the table `", stringify!($name), "`.")]
            pub static $name: crate::tflite::schema::facts::Table = crate::tflite::schema::facts::Table {
                name: stringify!($name),
                fields: &[$(crate::tflite::schema::facts::Field {
                    name: stringify!($field),
                    kind: crate::tflite::schema::facts::kind!($kind $(($($of)*))?),
                    default: 0 $(+ $default)?,
                    deprecated: crate::tflite::schema::facts::retired!($kind),
                }),*],
            };
        )*

        /// Every table of this group.
        pub(super) static GROUP: &[&crate::tflite::schema::facts::Table] = &[$(&$name),*];
    };
}

/// The [`Kind`] that a declaration in `tables!` means.
macro_rules! kind {
    (string) => { crate::tflite::schema::facts::Kind::Text };
    (vector($element:ident)) => { kind!(vector($element, align 1)) };
    (vector($element:ident, align $align:literal)) => {
        crate::tflite::schema::facts::Kind::Vector {
            element: crate::tflite::schema::facts::scalar!($element),
            align: $align,
        }
    };
    (table($table:ident)) => { crate::tflite::schema::facts::Kind::Table(&$table) };
    (tables($table:ident)) => { crate::tflite::schema::facts::Kind::Tables(&$table) };
    (union($union:ident)) => { crate::tflite::schema::facts::Kind::Union(&$union) };
    (deprecated($($kind:tt)*)) => { crate::tflite::schema::facts::kind!($($kind)*) };
    ($scalar:ident) => {
        crate::tflite::schema::facts::Kind::Scalar(crate::tflite::schema::facts::scalar!($scalar))
    };
}

/// The [`Scalar`] with the name of a Rust type.
macro_rules! scalar {
    (bool) => {
        crate::tflite::schema::facts::Scalar::Bool
    };
    (i8) => {
        crate::tflite::schema::facts::Scalar::I8
    };
    (u8) => {
        crate::tflite::schema::facts::Scalar::U8
    };
    (u16) => {
        crate::tflite::schema::facts::Scalar::U16
    };
    (i32) => {
        crate::tflite::schema::facts::Scalar::I32
    };
    (u32) => {
        crate::tflite::schema::facts::Scalar::U32
    };
    (i64) => {
        crate::tflite::schema::facts::Scalar::I64
    };
    (u64) => {
        crate::tflite::schema::facts::Scalar::U64
    };
    (f32) => {
        crate::tflite::schema::facts::Scalar::F32
    };
}

/// Whether a declaration in `tables!` is of a field that the schema has retired.
macro_rules! retired {
    (deprecated) => {
        true
    };
    ($kind:ident) => {
        false
    };
}

use {kind, retired, scalar};

mod model;
pub mod operators;
mod options;
mod options_2;
pub mod types;
pub mod unions;

/// The facts of every table, each under the schema's own name.
pub mod tables {
    pub use super::model::*;
    pub use super::options::*;
    pub use super::options_2::*;
}

/// One table type: its fields, the `i`-th with field number `i`.
#[derive(Debug)]
pub struct Table {
    /// Its name in the schema.
    pub name: &'static str,
    /// Its fields by number. A file with a field beyond them is newer than these facts.
    pub fields: &'static [Field],
}

/// One field of a [`Table`].
#[derive(Debug)]
pub struct Field {
    /// Its name in the schema.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The value of a scalar that the file leaves out. Every default of a float in the schema is 0.
    pub default: i64,
    /// Retired: old files may carry it, and then it is carried through.
    pub deprecated: bool,
}

/// What a field holds.
#[derive(Debug)]
pub enum Kind {
    /// A number in the table itself.
    Scalar(Scalar),
    /// A string, which ends in a zero byte that does not count.
    Text,
    /// A vector of numbers.
    Vector {
        /// The type of the numbers.
        element: Scalar,
        /// The alignment of the first of them in the file, where it is more than their own.
        align: u8,
    },
    /// A table.
    Table(&'static Table),
    /// A vector of tables.
    Tables(&'static Table),
    /// A table of one of several types; the field before this one says which.
    Union(&'static Union),
}

/// The type of a number.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    Bool,
    I8,
    U8,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
}

/// A union: a choice of tables, the `i`-th with member number `i + 1`. Number 0 is none of them.
#[derive(Debug)]
pub struct Union {
    /// Its name in the schema.
    pub name: &'static str,
    /// Its members.
    pub members: &'static [&'static Table],
}

impl Table {
    /// The number of the field with this name.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u16> {
        let place = self.fields.iter().position(|field| field.name == name)?;
        u16::try_from(place).ok()
    }

    /// The facts of every table of the schema.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        [model::GROUP, options::GROUP, options_2::GROUP]
            .into_iter()
            .flatten()
            .copied()
    }
}

/// A table is its own declaration: two are equal only where they are the same one.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Table {}

impl Kind {
    /// The bytes this takes in the table itself: the number, or the offset to the rest.
    #[must_use]
    pub fn inline_width(&self) -> usize {
        match self {
            Self::Scalar(scalar) => scalar.width(),
            _ => 4,
        }
    }
}

impl Scalar {
    /// The size in bytes, which is the alignment too.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Bool | Self::I8 | Self::U8 => 1,
            Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 => 8,
        }
    }

    /// The integer with these bits in its low bytes, cut to `i64::MAX`; nothing for floats.
    #[must_use]
    pub fn integer(self, bits: u64) -> Option<i64> {
        let unused = 64 - 8 * self.width();
        match self {
            Self::F32 => None,
            Self::I8 | Self::I32 | Self::I64 => Some((bits << unused).cast_signed() >> unused),
            _ => Some(i64::try_from(bits).unwrap_or(i64::MAX)),
        }
    }

    /// The bits of an integer in the low bytes; nothing for floats and where it does not fit.
    #[must_use]
    pub fn bits(self, value: i64) -> Option<u64> {
        let bits = value.cast_unsigned() & (u64::MAX >> (64 - 8 * self.width()));
        (self.integer(bits) == Some(value)).then_some(bits)
    }
}

impl Union {
    /// The number of this table in the union.
    #[must_use]
    pub fn number(&self, member: &Table) -> Option<u8> {
        let place = self.members.iter().position(|table| *table == member)?;
        u8::try_from(place + 1).ok()
    }

    /// The table with this number.
    #[must_use]
    pub fn member(&self, number: u8) -> Option<&'static Table> {
        self.members
            .get(usize::from(number).checked_sub(1)?)
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Scalar, Table};

    #[test]
    fn the_type_of_a_union_stands_before_it() {
        for table in Table::all() {
            for (number, field) in table.fields.iter().enumerate() {
                if matches!(field.kind, Kind::Union(_)) {
                    let kind = &table.fields[number - 1];
                    assert_eq!(kind.name, format!("{}_type", field.name), "{}", table.name);
                    assert!(
                        matches!(kind.kind, Kind::Scalar(Scalar::U8)),
                        "{}",
                        table.name
                    );
                }
            }
        }
    }
}
