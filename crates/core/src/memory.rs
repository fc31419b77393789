//! The ruler: what an order costs. Every order, a baseline's too, is measured here.
//!
//! An operator run at step `s` reads its inputs and writes its outputs, all live together during `s`. A tensor is live
//! from its producer's step to its last consumer's step; graph inputs from step 0, graph outputs to the end, a tensor
//! without consumer during its producer's step, variables always, constants never. The peak is the largest sum over
//! steps: what TensorFlow Lite Micro does and what SERENITY's recursion counts (Ahn et al., MLSys 2020, section 3.1).

mod buffers;
mod instance;
mod litert;
mod live_range;
mod model;
mod profile;

#[cfg(test)]
mod tests;

pub use buffers::{Buffers, Scratch, buffers};
pub use instance::{Instance, LiveTensor};
pub use litert::litert_buffers;
pub use live_range::{LiveRange, live_ranges};
pub use model::{Planner, Target};
pub use profile::{Profile, profile};
