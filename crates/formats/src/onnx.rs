//! ONNX: `.onnx` files, of operator set 7 and later, in and out.
//!
//! # Why no protobuf library
//! "What we do not understand is carried through untouched" decides. `prost` structs drop fields that they do not know;
//! `onnx-protobuf` (rust-protobuf, MPL-2.0) keeps them but reorders them, copies all weights and knows the schema of its
//! day only; `tract-onnx` has prost structs and refuses models whose external data is absent, so that its shape inference
//! is of no use for graphs alone. So [`wire`] splits messages into fields, borrowed from the file; [`schema`] gives
//! names to the fields that are understood; and [`write`](write()) splices: it copies nodes, weights, descriptions and
//! everything unknown byte by byte, and re-emits only a message inside which something changes. A model in which nothing
//! changes is written as the same bytes. Hostile bytes cannot ask for memory: nothing is copied before it is checked, and
//! lengths are compared to what is there.
//!
//! # Rooms
//! [`read`](read()) makes the graph, with [`shapes`] for sizes and [`ops`] for meanings; [`write`](write()) makes the
//! model; [`external`] looks after weights in other files.

pub mod external;
pub mod fuzz;
mod ops;
mod read;
mod schema;
mod shapes;
mod wire;
mod write;

pub use read::read;
pub use write::{Rewritten, write};
