//! The only room that writes to the terminal.

mod progress;
mod streams;

pub(crate) use progress::Watch;
pub(crate) use streams::Streams;
