//! Commands with a page of their own.

mod certificates;
mod pack;
mod traffic;
