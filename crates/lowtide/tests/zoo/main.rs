//! The generated networks: the same bytes every time, and the figures they are there for.

mod bytes;
mod swiftnet;
