//! `TensorProto` and `SparseTensorProto`: weights, and the small constants that shapes are computed from.

use lowtide_core::graph::DType;

use super::super::wire::{Message, put_bytes, put_int};
use super::dtype;
use crate::error::Result;

/// A tensor with its value, inline or in another file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TensorView<'a> {
    pub(crate) name: &'a str,
    pub(crate) dtype: Option<DType>,
    /// Where the axes stand: in the tensor itself, or in the sparse tensor around it.
    dims: (Message<'a>, u32),
    message: Message<'a>,
    sparse: bool,
}

/// The elements of a small constant, as far as shape arithmetic needs them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    /// Integers and booleans of any width.
    Ints(Vec<i64>),
    /// 32-bit floats.
    Floats(Vec<f32>),
}

impl<'a> TensorView<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let message = Message::parse(bytes, "a tensor")?;
        Ok(Self {
            name: message.text(8, "a tensor's name")?,
            dtype: dtype(message.int(2).unwrap_or_default()),
            dims: (message, 1),
            message,
            sparse: false,
        })
    }

    /// A `SparseTensorProto` is named after its values and has its own axes.
    pub(crate) fn parse_sparse(bytes: &'a [u8]) -> Result<Self> {
        let message = Message::parse(bytes, "a sparse tensor")?;
        let values = Self::parse(message.last(1).unwrap_or_default())?;
        Ok(Self {
            dims: (message, 3),
            sparse: true,
            ..values
        })
    }

    /// All its fields, but for its name and remarks.
    pub(crate) fn content(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let fields = self.message.fields();
        let fields = fields.filter(|field| !matches!(field.number, 8 | 12));
        fields.map(|field| field.raw)
    }

    /// Elements per axis; a negative count, which is damage, is unknown.
    pub(crate) fn shape(&self) -> Vec<Option<u64>> {
        let (message, number) = self.dims;
        message
            .ints(number)
            .map(|dim| dim.try_into().ok())
            .collect()
    }

    /// The elements, if they stand in the file, number `limit` at most, and are integers or 32-bit floats.
    pub(crate) fn literal(&self, limit: usize) -> Option<Literal> {
        let count = self
            .shape()
            .into_iter()
            .try_fold(1u64, |product, dim| product.checked_mul(dim?))?;
        let count = usize::try_from(count).ok().filter(|&n| n <= limit)?;
        let external = self.message.int(14) == Some(1);
        if self.sparse || external {
            return None;
        }
        let (dtype, raw) = (self.dtype?, self.message.last(9));
        let literal = match raw {
            Some(raw) => from_raw(dtype, raw, count)?,
            None => self.typed_fields(dtype, count)?,
        };
        (literal.len() == count).then_some(literal)
    }

    /// Whether its elements stand in the file one after the other, each in bytes of its own.
    pub(crate) fn is_plain(&self) -> bool {
        self.elements().is_some()
    }

    /// The elements as little-endian bytes, if they are in the file and stored as such, or as 32-bit floats.
    pub(crate) fn elements(&self) -> Option<Vec<u8>> {
        let external = self.message.int(14) == Some(1);
        let width = self.dtype?.bits()?;
        if self.sparse || external || width % 8 != 0 {
            return None;
        }
        let bytes = match self.message.last(9) {
            Some(raw) => raw.to_vec(),
            None if self.dtype == Some(DType::F32) => {
                let floats = self.message.floats(4);
                floats.flat_map(f32::to_le_bytes).collect()
            }
            None => return None,
        };
        let mut dims = self.shape().into_iter();
        let count = dims.try_fold(1u64, |product, dim| product.checked_mul(dim?))?;
        let expected = count.checked_mul(u64::from(width / 8))?;
        (bytes.len() as u64 == expected).then_some(bytes)
    }

    /// A `TensorProto` of this name with some slices along an axis; `None` where that cannot be.
    pub(crate) fn slice(&self, axis: u32, start: u64, end: u64, name: &str) -> Option<Vec<u8>> {
        let bytes = self.elements()?;
        let mut shape: Vec<u64> = self.shape().into_iter().collect::<Option<_>>()?;
        let extent = shape.get_mut(axis as usize)?;
        let (whole, part) = (*extent, end.checked_sub(start)?);
        *extent = part;
        let inner = shape.get(axis as usize + 1..)?.iter().product::<u64>();
        let step = usize::try_from(inner * u64::from(self.dtype?.bits()? / 8)).ok()?;
        let (row, start, end) = (
            whole as usize * step,
            start as usize * step,
            end as usize * step,
        );
        if end > row || row == 0 {
            return None;
        }
        let mut out = Vec::new();
        for &extent in &shape {
            put_int(&mut out, 1, i64::try_from(extent).ok()?);
        }
        put_int(&mut out, 2, self.message.int(2)?);
        put_bytes(&mut out, 8, name.as_bytes());
        let rows = bytes.chunks_exact(row);
        let raw: Vec<u8> = rows.flat_map(|row| &row[start..end]).copied().collect();
        put_bytes(&mut out, 9, &raw);
        Some(out)
    }

    fn typed_fields(&self, dtype: DType, count: usize) -> Option<Literal> {
        let ints = |number| Literal::Ints(self.message.ints(number).take(count).collect());
        match dtype {
            DType::I64 => Some(ints(7)),
            DType::I32 | DType::I16 | DType::I8 | DType::U8 | DType::U16 | DType::Bool => {
                Some(ints(5))
            }
            DType::U32 => Some(ints(11)),
            DType::F32 => Some(Literal::Floats(
                self.message.floats(4).take(count).collect(),
            )),
            _ => None,
        }
    }
}

fn from_raw(dtype: DType, raw: &[u8], count: usize) -> Option<Literal> {
    fn words<const N: usize>(raw: &[u8], count: usize, word: fn([u8; N]) -> i64) -> Literal {
        let chunks = raw.as_chunks::<N>().0.iter();
        Literal::Ints(chunks.take(count).map(|bytes| word(*bytes)).collect())
    }
    Some(match dtype {
        DType::I64 => words(raw, count, i64::from_le_bytes),
        DType::I32 => words(raw, count, |b| i32::from_le_bytes(b).into()),
        DType::U32 => words(raw, count, |b| u32::from_le_bytes(b).into()),
        DType::I16 => words(raw, count, |b| i16::from_le_bytes(b).into()),
        DType::U16 => words(raw, count, |b| u16::from_le_bytes(b).into()),
        DType::I8 => words(raw, count, |b| i8::from_le_bytes(b).into()),
        DType::U8 | DType::Bool => words(raw, count, |[b]| b.into()),
        DType::F32 => {
            let chunks = raw.as_chunks::<4>().0.iter();
            Literal::Floats(chunks.take(count).map(|b| f32::from_le_bytes(*b)).collect())
        }
        _ => return None,
    })
}

impl Literal {
    /// Number of elements.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Ints(values) => values.len(),
            Self::Floats(values) => values.len(),
        }
    }
}
