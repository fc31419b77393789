//! Stub.
use crate::memory::Instance;
use crate::plan::Order;

/// A heuristic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Baseline {
    File,
    Kahn,
    ReversePostorder,
    Greedy,
}

impl Baseline {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["file", "kahn", "reverse-postorder", "greedy"][self as usize]
    }
    /// Its order.
    #[must_use]
    pub fn order(self, instance: &Instance<'_>) -> Order {
        Order::new(instance.graph().file_order())
    }
}
