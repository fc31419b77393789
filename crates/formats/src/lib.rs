//! lowtide: formats.

pub mod tflite;
