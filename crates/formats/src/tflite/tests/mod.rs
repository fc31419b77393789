//! Reading and writing on models built by hand; the real ones are run in `tests/runtimes`.

mod cutting;
mod reading;
pub(crate) mod workshop;
mod writing;
