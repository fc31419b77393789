//! A packing problem: buffers with live ranges and sizes, to be placed at offsets of one arena.
//!
//! The format is that of the field's benchmark files (MiniMalloc, ASPLOS 2023): half-open live ranges, and optionally an
//! alignment, a fixed offset and gaps in the live range.

use crate::error::{Error, Result};
use crate::ids::{BufferId, Table};
use crate::units::Bytes;

/// A stretch of a buffer's life in which it holds nothing, or only a part of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gap {
    /// The first step of the gap.
    pub start: u64,
    /// The step after its last.
    pub end: u64,
    /// The bytes still held, counted from the buffer's offset; none if the whole buffer is free.
    pub window: Option<Window>,
}

/// A half-open range of bytes within a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first byte.
    pub lower: Bytes,
    /// The byte after the last.
    pub upper: Bytes,
}

/// One buffer to place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buffer {
    /// The first step in which it is live.
    pub start: u64,
    /// The step after the last in which it is live.
    pub end: u64,
    /// How much it holds.
    pub size: Bytes,
    /// Its offset must be a multiple of this; at least 1.
    pub alignment: u64,
    /// Where it must go, if that is given.
    pub offset: Option<Bytes>,
    /// When it holds less than its size: ascending and disjoint.
    pub gaps: Vec<Gap>,
}

impl Buffer {
    /// A buffer live in `start..end`, free to go anywhere.
    #[must_use]
    pub const fn new(start: u64, end: u64, size: Bytes) -> Self {
        Self {
            start,
            end,
            size,
            alignment: 1,
            offset: None,
            gaps: Vec::new(),
        }
    }

    /// The stretches in which it holds bytes, ascending: `(start, end, bytes held)`.
    #[must_use]
    pub fn pieces(&self) -> Vec<(u64, u64, Window)> {
        let whole = Window {
            lower: Bytes::ZERO,
            upper: self.size,
        };
        let mut pieces = Vec::with_capacity(1 + 2 * self.gaps.len());
        let mut from = self.start;
        for gap in &self.gaps {
            pieces.push((from, gap.start, whole));
            if let Some(window) = gap.window {
                pieces.push((gap.start, gap.end, window));
            }
            from = gap.end;
        }
        pieces.push((from, self.end, whole));
        pieces.retain(|(start, end, held)| start < end && held.lower < held.upper);
        pieces
    }

    /// Whether some gap leaves a part of the buffer in use.
    pub(crate) fn has_window(&self) -> bool {
        self.gaps.iter().any(|gap| gap.window.is_some())
    }

    /// What keeps this from being a buffer of a [`Problem`], if anything does.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if self.start >= self.end {
            let (start, end) = (self.start, self.end);
            return Some(format!(
                "its live range {start}..{end} is empty: the upper step must exceed the lower"
            ));
        }
        if self.size > Bytes::LIMIT {
            let (size, limit) = (self.size, Bytes::LIMIT);
            return Some(format!(
                "its size {size} is above the limit of {limit} bytes"
            ));
        }
        if self.alignment == 0 || self.alignment > Bytes::LIMIT.get() {
            return Some(format!(
                "its alignment {} is out of range: use 1 if any offset will do",
                self.alignment
            ));
        }
        if let Some(offset) = self.offset
            && (offset > Bytes::LIMIT || !offset.get().is_multiple_of(self.alignment))
        {
            return Some(format!(
                "its fixed offset {offset} is no multiple of its alignment {} below the limit",
                self.alignment
            ));
        }
        self.gap_fault()
    }

    fn gap_fault(&self) -> Option<String> {
        let mut from = self.start;
        for gap in &self.gaps {
            let (start, end) = (gap.start, gap.end);
            if start < from || start >= end || end > self.end {
                return Some(format!(
                    "its gap {start}-{end} is empty, out of order or outside its live range"
                ));
            }
            if let Some(Window { lower, upper }) = gap.window
                && (lower > upper || upper > self.size)
            {
                return Some(format!(
                    "the window {lower}:{upper} of its gap {start}-{end} is not within its size"
                ));
            }
            from = end;
        }
        None
    }
}

/// Buffers to place, and the arena they must fit in, if one is given. Immutable and valid by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    buffers: Table<BufferId, Buffer>,
    capacity: Option<Bytes>,
}

impl Problem {
    /// A problem with these buffers.
    ///
    /// # Errors
    /// A buffer whose live range is empty, whose size or alignment is out of range, whose gaps are out of order or outside
    /// its life, or whose fixed offset is misaligned; two fixed buffers that overlap. The text names the buffers.
    pub fn new(buffers: Table<BufferId, Buffer>, capacity: Option<Bytes>) -> Result<Self> {
        for (id, buffer) in buffers.iter() {
            if let Some(fault) = buffer.fault() {
                return Err(Error::new(format_args!("buffer {id}: {fault}")));
            }
        }
        let fixed: Vec<_> = buffers
            .iter()
            .filter_map(|(id, buffer)| Some((id, buffer, buffer.offset?)))
            .collect();
        for (nth, &(a, first, below)) in fixed.iter().enumerate() {
            for &(b, second, above) in &fixed[nth + 1..] {
                if overlap(first, below, second, above) {
                    return Err(Error::new(format_args!(
                        "buffers {a} and {b}: their fixed offsets {below} and {above} overlap while both are live"
                    )));
                }
            }
        }
        Ok(Self { buffers, capacity })
    }

    /// The buffers to place.
    #[must_use]
    pub const fn buffers(&self) -> &Table<BufferId, Buffer> {
        &self.buffers
    }

    /// The bytes of the arena, if they are given.
    #[must_use]
    pub const fn capacity(&self) -> Option<Bytes> {
        self.capacity
    }

    /// Whether some buffer keeps a part of its bytes in a gap.
    pub(crate) fn has_windows(&self) -> bool {
        self.buffers.rows().any(Buffer::has_window)
    }
}

/// Whether two placed buffers hold the same byte in the same step.
fn overlap(a: &Buffer, a_offset: Bytes, b: &Buffer, b_offset: Bytes) -> bool {
    let held = b.pieces();
    a.pieces().iter().any(|(start, end, window)| {
        held.iter().any(|(from, until, other)| {
            start < until
                && from < end
                && a_offset + window.lower < b_offset + other.upper
                && b_offset + other.lower < a_offset + window.upper
        })
    })
}
