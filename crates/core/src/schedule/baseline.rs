//! Orders that others use, or that cost nothing to make: what the proved optimum is compared with.
//!
//! All of them are deterministic, keep every tensor and control edge, and take near-linear time.

mod greedy;
mod kahn;
mod postorder;

#[cfg(test)]
mod tests;

pub use greedy::{Rule, greedy, greedy_by};
pub use kahn::kahn;
pub use postorder::reverse_postorder;

use crate::memory::Instance;
use crate::plan::Order;

/// A named way to order operators without search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Baseline {
    /// The order of the file: what TensorFlow Lite and its Micro interpreter run.
    File,
    /// [`kahn`]: breadth first, SERENITY's hard budget.
    Kahn,
    /// [`reverse_postorder`]: depth first from the ends, ONNX Runtime's default.
    ReversePostorder,
    /// [`greedy`]: the best of a few rules without look-ahead.
    Greedy,
}

impl Baseline {
    /// All of them, in the order of a comparison.
    pub const ALL: &[Self] = &[Self::File, Self::Kahn, Self::ReversePostorder, Self::Greedy];

    /// The name in JSON and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Kahn => "kahn",
            Self::ReversePostorder => "reverse-postorder",
            Self::Greedy => "greedy",
        }
    }

    /// The order it gives.
    #[must_use]
    pub fn order(self, instance: &Instance<'_>) -> Order {
        match self {
            Self::File => file(instance),
            Self::Kahn => kahn(instance),
            Self::ReversePostorder => reverse_postorder(instance),
            Self::Greedy => greedy(instance),
        }
    }
}

/// The order of the file.
#[must_use]
pub fn file(instance: &Instance<'_>) -> Order {
    Order::new(instance.graph().file_order())
}
