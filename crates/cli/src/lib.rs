//! lowtide: cli.
