//! Commands with a page of their own.

mod arena;
mod byte_steps;
mod certificates;
mod check_models;
mod pack;
mod traffic;
