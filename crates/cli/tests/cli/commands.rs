//! Commands with a page of their own.

mod arena;
pub(crate) mod bodies;
mod byte_steps;
mod certificates;
mod pack;
mod traffic;
