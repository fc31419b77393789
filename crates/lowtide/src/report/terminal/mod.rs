//! Reports for people: text of a given width, with or without colour.

mod check;
mod compare;
mod draw;
mod facts;
mod inspect;
mod optimize;
mod pack;
mod page;
mod traffic;
mod zoo;

use draw::words;

pub use check::{check, check_models};
pub use compare::compare;
pub use inspect::{Rows, inspect};
pub use optimize::optimize;
pub use pack::pack;
pub use page::Page;
pub(in crate::report) use page::tame;
pub use traffic::traffic;
pub use words::bytes;
pub use zoo::zoo;
