//! A second opinion on models: runs them by an engine that others keep, and says how far two of them differ.
//!
//! The engine is `rten`, an ONNX runtime in Rust. It takes `.onnx` files as they are; `.tflite` files are lowered to what it runs
//! ([`Network::of`]). Nothing here takes part in a search or decides what is written.

mod differences;
mod error;
mod feeds;
mod network;
mod tflite;

pub use differences::{Difference, Differences, differences};
pub use error::CannotRun;
pub use feeds::Feed;
pub use network::Network;
