//! Commands with a page of their own.

mod arena;
pub(crate) mod bodies;
mod byte_steps;
mod certificates;
mod check_models;
mod interrupts;
mod pack;
mod traffic;
