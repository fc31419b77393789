//! lowtide: formats.
