//! `TypeProto`: element type and shape of a tensor.

use lowtide_core::graph::DType;

use super::super::wire::{Message, utf8};
use crate::error::Result;

/// What is declared of a tensor.
#[derive(Clone, Debug, Default)]
pub(crate) struct TypeView<'a> {
    /// The element type.
    pub(crate) dtype: Option<DType>,
    /// The axes; `None` where not even their number is declared.
    pub(crate) shape: Option<Vec<Dim<'a>>>,
    /// What it is instead, where it is no tensor.
    pub(crate) other: Option<&'static str>,
}

/// One axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dim<'a> {
    /// So many elements.
    Known(u64),
    /// As many as the caller says, by name.
    Named(&'a str),
    /// Nothing is said.
    Open,
}

impl<'a> TypeView<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let message = Message::parse(bytes, "a type")?;
        // Dense and sparse tensors look alike.
        if let Some(tensor) = message.last(1).or(message.last(8)) {
            let tensor = Message::parse(tensor, "a tensor type")?;
            return Ok(Self {
                dtype: dtype(tensor.int(1).unwrap_or_default()),
                shape: tensor.last(2).map(shape).transpose()?,
                other: None,
            });
        }
        let other = message.fields().find_map(|field| match field.number {
            4 => Some("a sequence"),
            5 => Some("a map"),
            7 => Some("an opaque value"),
            9 => Some("an optional value"),
            _ => None,
        });
        Ok(Self {
            other,
            ..Self::default()
        })
    }
}

fn shape(bytes: &[u8]) -> Result<Vec<Dim<'_>>> {
    Message::parse(bytes, "a shape")?.each(1).map(dim).collect()
}

fn dim(bytes: &[u8]) -> Result<Dim<'_>> {
    let dim = Message::parse(bytes, "a dimension")?;
    let name = utf8(dim.last(2).unwrap_or_default(), "a dimension's name")?;
    Ok(match (dim.int(1).map(u64::try_from), name) {
        (Some(Ok(elements)), _) => Dim::Known(elements),
        (_, "") => Dim::Open,
        (_, name) => Dim::Named(name),
    })
}

/// The element type of this number.
pub(crate) fn dtype(number: i64) -> Option<DType> {
    Some(match number {
        1 => DType::F32,
        2 => DType::U8,
        3 => DType::I8,
        4 => DType::U16,
        5 => DType::I16,
        6 => DType::I32,
        7 => DType::I64,
        8 => DType::String,
        9 => DType::Bool,
        10 => DType::F16,
        11 => DType::F64,
        12 => DType::U32,
        13 => DType::U64,
        14 => DType::C64,
        15 => DType::C128,
        16 => DType::BF16,
        17..=20 | 24 => DType::F8,
        21 => DType::U4,
        22 => DType::I4,
        23 => DType::F4,
        25 => DType::U2,
        26 => DType::I2,
        _ => return None,
    })
}
