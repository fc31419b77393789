//! What was written is held against what it was made of: certificates against models, models against models.

mod certificate;
mod models;
mod numbers;
mod operators;
mod tensors;
mod weights;

pub use certificate::{CheckOutcome, Checked, certify, check};
pub use models::{Alike, CheckModelsOptions, CheckedModels, check_models};
pub use numbers::{Numbers, Worst};
pub use operators::OperatorChanges;
pub use weights::WeightChanges;

pub(super) use numbers::measured;
