//! The ruler: what an order costs. Every order, a baseline's too, is measured here.
//!
//! An operator run at step `s` reads its inputs and writes its outputs, all live together during `s`. A tensor is live
//! from its producer's step to its last consumer's step; graph inputs from step 0, graph outputs to the end, a tensor
//! without consumer during its producer's step, variables always, constants never. The peak is the largest sum over
//! steps: what TensorFlow Lite Micro does and what SERENITY's recursion counts (Ahn et al., MLSys 2020, section 3.1).
//!
//! Where the target shares bytes ([`Aliasing`]): a *view* has none of its own, its home lives until nobody reads either; an
//! output written *in place* takes over the bytes of an input that dies with its operator, which count once during the step.

mod aliasing;
mod buffers;
mod homes;
mod instance;
mod live_range;
mod model;
mod ort;
mod profile;

#[cfg(test)]
mod tests;

use homes::Homes;

pub use aliasing::{Aliasing, Honoured};
pub use buffers::{Buffers, KernelLibrary, Scratch, buffers, litert_buffers, runtime_buffers};
pub use instance::{InPlace, Instance, LiveTensor};
pub use live_range::{LiveRange, live_ranges};
pub use model::{Planner, Target};
pub use ort::ort_requested;
pub use profile::{Profile, profile};
