//! Units. Sizes and offsets are [`Bytes`] wherever they cross a module's door.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// A number of bytes: a size, an offset or a peak.
///
/// Sums saturate at `u64::MAX`, so that hostile sizes can neither wrap nor panic; readers refuse sizes above
/// [`Bytes::LIMIT`] with the tensor's name.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    /// No bytes.
    pub const ZERO: Self = Self(0);
    /// The largest size a reader accepts for one tensor: sums over sixteen million tensors still fit `u64`.
    pub const LIMIT: Self = Self(1 << 40);

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The smallest multiple of `alignment` that is not below this; 0 counts as 1.
    #[must_use]
    pub const fn align_up(self, alignment: u64) -> Self {
        match alignment {
            0 | 1 => self,
            a => Self(self.0.div_ceil(a).saturating_mul(a)),
        }
    }

    /// `self - other`, or zero where that would be negative.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Bytes {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Bytes {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Bytes {
    type Output = Self;
    /// Panics in debug builds where the result would be negative: a ledger that goes below zero is a bug.
    fn sub(self, other: Self) -> Self {
        debug_assert!(self.0 >= other.0, "{self} - {other} is negative");
        self.saturating_sub(other)
    }
}

impl SubAssign for Bytes {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Bytes {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Bytes {
    /// The exact number; the alternate form (`{:#}`) puts KiB (1024 bytes) beside it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            write!(f, "{} bytes ({:.1} KiB)", self.0, self.0 as f64 / 1024.0)
        } else {
            fmt::Display::fmt(&self.0, f)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bytes;

    #[test]
    fn alignment_rounds_up_and_never_wraps() {
        assert_eq!(Bytes(17).align_up(16), Bytes(32));
        assert_eq!(Bytes(16).align_up(16), Bytes(16));
        assert_eq!(Bytes(3).align_up(0), Bytes(3));
        assert_eq!(Bytes(u64::MAX).align_up(64), Bytes(u64::MAX));
    }

    #[test]
    fn exact_figure_stands_with_kib_beside() {
        assert_eq!(format!("{:#}", Bytes(351_232)), "351232 bytes (343.0 KiB)");
    }
}
