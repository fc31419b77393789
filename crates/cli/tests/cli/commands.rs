//! Commands with a page of their own.

mod arena;
mod certificates;
mod pack;
mod traffic;
