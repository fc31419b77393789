//! Tables, curves and figures made of characters.

pub(super) mod chart;
pub(super) mod table;
pub(super) mod words;
