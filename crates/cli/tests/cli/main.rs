//! The command line as its users see it.

mod exits;
mod files;
mod flags;
mod human;
mod json;
mod support;
