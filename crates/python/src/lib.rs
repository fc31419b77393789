//! lowtide: python.
