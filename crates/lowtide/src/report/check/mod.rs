//! The reports of `check`.

mod certificate;
mod models;

pub use certificate::CheckReport;
pub use models::{CheckModelsReport, OperatorsPart, TypePart, WeightsPart};
