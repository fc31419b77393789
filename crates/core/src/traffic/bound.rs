//! What every order moves, whatever is evicted.

mod barriers;
mod part;

pub use barriers::whatever_the_order;
pub use part::Parts;
