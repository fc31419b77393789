//! The answers, plain data: what a solver hands out and a referee recounts.

pub mod layout;
pub mod proof;
