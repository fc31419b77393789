//! TensorFlow Lite models.

pub mod schema;
