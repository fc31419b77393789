//! The checked access to the bytes: numbers, offsets, strings and vectors.

use std::ops::Range;

use super::super::error::Result;
use super::super::facts::{Kind, Scalar};
use super::super::tree::Blob;
use super::Reader;

impl Reader {
    /// The bytes of a range, which from here on belong to the flatbuffer.
    pub(super) fn bytes(&mut self, start: usize, length: usize) -> Result<&[u8]> {
        let end = start
            .checked_add(length)
            .filter(|end| *end <= self.source.len());
        let end = end.ok_or_else(|| self.outside())?;
        self.end = self.end.max(end);
        Ok(&self.source[start..end])
    }

    /// The `N` bytes of a number. Numbers are aligned to their size.
    pub(super) fn number<const N: usize>(&mut self, position: usize) -> Result<[u8; N]> {
        if !position.is_multiple_of(N) {
            return Err(self.misaligned());
        }
        let mut number = [0; N];
        number.copy_from_slice(self.bytes(position, N)?);
        Ok(number)
    }

    /// The bits of a scalar in the low bytes.
    pub(super) fn scalar(&mut self, position: usize, scalar: Scalar) -> Result<u64> {
        let mut bits = [0; 8];
        bits[..scalar.width()].copy_from_slice(self.bytes(position, scalar.width())?);
        Ok(u64::from_le_bytes(bits))
    }

    /// A length or an offset.
    pub(super) fn size(&mut self, position: usize) -> Result<usize> {
        let size = u32::from_le_bytes(self.number(position)?);
        usize::try_from(size).map_err(|_| self.outside())
    }

    /// Where the offset in this place points to: forward, from the place itself.
    pub(super) fn follow(&mut self, position: usize) -> Result<usize> {
        let offset = self.size(position)?;
        let target = position.checked_add(offset).ok_or_else(|| self.outside())?;
        if offset == 0 || !target.is_multiple_of(4) {
            return Err(self.misaligned());
        }
        Ok(target)
    }

    /// The place of the elements of a vector, which stand behind their number, and that number.
    pub(super) fn vector(&mut self, position: usize, width: usize) -> Result<(usize, usize)> {
        let count = self.size(position)?;
        let length = count.checked_mul(width).ok_or_else(|| self.outside())?;
        let start = position + 4;
        if !start.is_multiple_of(width) {
            return Err(self.misaligned());
        }
        self.bytes(start, length)?;
        Ok((start, count))
    }

    /// A string, or a vector of numbers that nobody looks into.
    pub(super) fn blob(&mut self, position: usize, kind: &Kind) -> Result<Blob> {
        let width = match kind {
            Kind::Vector { element, .. } => element.width(),
            _ => 1,
        };
        let (start, count) = self.vector(position, width)?;
        let range = start..start + count * width;
        if matches!(kind, Kind::Text) && self.bytes(range.end, 1)? != [0] {
            return Err(
                self.malformed("is a string without an end; the file is damaged, export it again")
            );
        }
        self.charge_payload(&range, width)?;
        Blob::within(&self.source, range).ok_or_else(|| self.outside())
    }

    fn charge_payload(&mut self, range: &Range<usize>, width: usize) -> Result<()> {
        self.reach(1)?;
        self.own(8)?;
        let (Ok(position), Ok(width)) = (u32::try_from(range.start), u8::try_from(width)) else {
            return Err(self.outside());
        };
        if self.ledger.payload(position, width, range.len()) {
            return Ok(());
        }
        Err(self.malformed("overlaps other parts of the file, which is damaged; export it again"))
    }

    fn misaligned(&self) -> super::Error {
        self.malformed("is not aligned as the schema demands; the file is damaged, export it again")
    }
}
