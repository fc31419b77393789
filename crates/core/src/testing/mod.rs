//! Generators, brute-force oracles and fuzz bodies, for the tests of this crate and of those above it.

pub mod packing;
