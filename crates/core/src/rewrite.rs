//! Changing the graph without changing what it computes.
//!
//! A [`Rule`] looks at one operator and returns a patch, a value; the driver applies patches round by round until no
//! rule proposes another. `check::check_rewriting` referees the result.

mod apply;
mod driver;
mod joined;
mod rule;
pub mod rules;

#[cfg(test)]
mod tests;

pub use driver::{carry_out, proposals, rewrite, rewrite_where};
pub use rule::Rule;
