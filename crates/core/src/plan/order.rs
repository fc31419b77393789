//! An order of a graph's operators.

use crate::ids::OpId;

/// The operators in the order in which they run, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order(Vec<OpId>);

impl Order {
    /// The order given by this list; `check::order` says whether it is valid.
    #[must_use]
    pub fn new(ops: Vec<OpId>) -> Self {
        Self(ops)
    }

    /// The operators, first to last.
    #[must_use]
    pub fn ops(&self) -> &[OpId] {
        &self.0
    }

    /// Number of steps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no step.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
