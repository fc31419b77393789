//! The solver against exhaustive search.

mod agreement;
mod ahead;
mod lattice;
mod limits;
mod random;
mod settle;
mod unknown;
mod windows;
