//! Shapes: what the file declares of a tensor and, where it says nothing, what follows from the operators.
//!
//! Rules stand one theme a file in [`rules`]. A rule is a function from a [`Call`], what is known of the inputs, to the
//! [`Fact`]s of the outputs, or to nothing where the inputs do not suffice. Small constants are carried along, since
//! shapes are often computed from shapes. What is declared wins over what is inferred.

mod bind;
mod fact;
mod infer;
mod rules;
mod values;

pub(crate) use bind::Bindings;
pub(crate) use fact::{Call, Fact, MAX_ELEMENTS};
pub(crate) use infer::{Scope, Walk};
pub(crate) use rules::control;
pub(crate) use rules::{amounts, broadcast_shapes, is_elementwise, is_known};
