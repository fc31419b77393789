//! Where each buffer goes in the arena.

use crate::ids::{BufferId, Table};
use crate::packing::Problem;
use crate::units::Bytes;

/// An offset for every buffer of a packing problem.
///
/// Plain data: [`crate::check::check_layout`] says whether it is valid for a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The first byte of each buffer, counted from the start of the arena.
    pub offsets: Table<BufferId, Bytes>,
    /// The bytes the arena needs: the highest `offset + size`.
    pub height: Bytes,
}

impl Layout {
    /// The layout with these offsets, one a buffer of `problem`.
    #[must_use]
    pub fn new(problem: &Problem, offsets: Table<BufferId, Bytes>) -> Self {
        let ends = problem.buffers().rows().zip(offsets.rows());
        let height = ends.map(|(buffer, &offset)| offset + buffer.size).max();
        Self {
            height: height.unwrap_or_default(),
            offsets,
        }
    }
}
