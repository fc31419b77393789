//! The command line as its users see it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod commands;
mod exits;
mod files;
mod flags;
mod human;
mod json;
mod onnx;
mod support;
