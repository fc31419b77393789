//! Tables and curves made of characters.

pub(super) mod chart;
pub(super) mod table;
