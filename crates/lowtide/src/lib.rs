//! lowtide: lowtide.
