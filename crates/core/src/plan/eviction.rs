//! What leaves on-chip memory, and when.

use crate::ids::TensorId;

/// A tensor that leaves on-chip memory although it is needed later. An operator that streams sends out all that is needed
/// later anyway, so nothing is said of its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eviction {
    /// Right before this step.
    pub step: u32,
    /// Which.
    pub tensor: TensorId,
}
