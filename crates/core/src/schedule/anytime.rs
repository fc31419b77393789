//! Orders that need no proof.

mod greedy;

pub(super) use greedy::greedy;
