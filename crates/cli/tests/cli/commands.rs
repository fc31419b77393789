//! Commands with a page of their own.

mod arena;
mod byte_steps;
mod certificates;
mod pack;
mod traffic;
