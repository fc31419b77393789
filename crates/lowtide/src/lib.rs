//! A memory compiler for neural networks on small devices.
//!
//! lowtide reads a model file, finds the order of its operators with the smallest peak of live activation bytes, proves
//! it, and writes a model that stock runtimes load and that computes the same result.
//!
//! ```
//! use lowtide::{Model, OptimizeOptions, optimize};
//!
//! let text = br#"{"format": "dag-json-v1", "name": "tiny",
//!     "ops": [{"name": "relu", "type": "RELU", "inputs": ["x"], "outputs": ["y"]}],
//!     "tensors": [{"name": "x", "bytes": 64, "kind": "input"},
//!                 {"name": "y", "bytes": 64, "kind": "output"}]}"#;
//! let model = Model::from_bytes("tiny.json", text.to_vec(), lowtide::Format::Json)?;
//! let optimized = optimize(&model, &OptimizeOptions::default())?;
//! assert_eq!(optimized.compiled.after.peak.get(), 128);
//! # Ok::<(), lowtide::Error>(())
//! ```
//!
//! Four verbs: [`inspect`], [`optimize`], [`compare`], [`traffic`]. Each takes a [`Model`] and returns plain data, which [`report`]
//! turns into text for a terminal or into JSON. [`certify`] writes down why a result is optimal, [`check`] verifies that,
//! and [`check_models`] compares a result with what it was made of.
//! Another, [`pack`], does the same for a [`PackingFile`].

mod certificate;
mod error;
#[doc(hidden)]
pub mod fuzz;
mod header;
mod model;
pub mod report;
mod save;
mod verbs;
pub mod zoo;

pub use certificate::CertificateFile;
pub use error::{Error, ErrorKind, Result};
pub use header::header;
pub use lowtide_core::compile::{Algorithm, Arena, Candidate, Compiled};
pub use lowtide_core::graph::Graph;
pub use lowtide_core::limits::{Limits, StopReason};
pub use lowtide_core::memory::{Profile, Target};
pub use lowtide_core::plan::Proof;
pub use lowtide_core::schedule::Progress;
pub use lowtide_core::units::Bytes;
pub use lowtide_formats::Format;
pub use lowtide_formats::tflite::tflm::{Declared, Footprint, Placed};
pub use model::{Model, is_model};
pub use save::save;
pub use verbs::{
    Alike, BeforeAfter, ByKernels, CheckModelsOptions, CheckOutcome, Checked, CheckedModels,
    Cleaned, CompareOptions, Compared, Comparison, Inside, InspectOptions, Inspection, Numbers,
    Observer, OffChipTraffic, OperatorChanges, OptimizeOptions, Optimized, OrderedBodies,
    OrderedBody, PackOptions, Packed, PackingFile, PlanState, Rewrite, Timings, TrafficOptions,
    WeightChanges, Worst, can_declare, certify, check, check_models, compare, inspect, optimize,
    pack, traffic,
};
