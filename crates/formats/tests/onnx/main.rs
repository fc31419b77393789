//! The ONNX rooms, from outside.

#![allow(clippy::unwrap_used, reason = "a test that can not go on should stop")]

mod bodies;
mod corpus;
mod kinds;
mod parts;
#[path = "../common/proto.rs"]
mod proto;
mod reading;
mod rewriting;
mod shapes;
