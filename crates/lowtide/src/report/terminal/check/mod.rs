//! `check` for people.

mod certificate;
mod models;

pub use certificate::check;
pub use models::check_models;
