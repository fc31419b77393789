//! The numbers in a network: weights from its seed, how far activations spread, and how they are quantised.
//!
//! Weights are scaled by fan-in so that activations keep unit variance, and the filters of dense layers sum to zero, as
//! batch normalisation would take out the mean. So values neither saturate nor die out with depth, and outputs depend
//! on the input. Only additions, products, divisions, square roots and rounding are used: all are exact in IEEE 754, so
//! every platform gets the same bytes.

mod quantize;
mod spread;
mod stored;
mod weights;

pub(crate) use quantize::{Affine, quantize};
pub(crate) use spread::{Spread, spreads};
pub(crate) use stored::{Stored, stored};
pub(crate) use weights::{Weights, weights};
