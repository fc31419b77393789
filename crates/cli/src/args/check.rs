//! What is typed behind `check`.

use std::path::PathBuf;

use lowtide::CheckModelsOptions;

use crate::settings::quantity::dim;

/// Over the flags for two models.
const MODELS: &str = "Two models";

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// The .tflite, .onnx or .json file that the certificate speaks of, or that the other model was made of; or zoo:NAME
    pub(crate) model: String,
    /// A certificate, or a model of the same format
    pub(crate) file: PathBuf,
    /// The size of a dimension that an ONNX model leaves open, as for optimize; repeatable
    #[arg(long = "dim", value_name = "NAME=SIZE", value_parser = dim)]
    pub(crate) dims: Vec<(String, u64)>,
    /// Convert the first model to int8 first, as optimize did
    #[arg(long, help_heading = MODELS)]
    pub(crate) int8: bool,
    /// Run both on this many inputs
    #[arg(long, value_name = "N", default_value_t = CheckModelsOptions::default().inputs, help_heading = MODELS)]
    pub(crate) inputs: u32,
    /// Draw the inputs from this seed
    #[arg(long, value_name = "SEED", default_value_t = CheckModelsOptions::default().seed, help_heading = MODELS)]
    pub(crate) seed: u64,
    /// What floats may differ by, in units of one, or of the tensor's largest element where that is larger
    #[arg(long, value_name = "SHARE", default_value_t = CheckModelsOptions::default().tolerance, help_heading = MODELS)]
    pub(crate) tolerance: f64,
    /// What quantised tensors and other integers may differ by, in steps
    #[arg(long, value_name = "N", default_value_t = CheckModelsOptions::default().steps, help_heading = MODELS)]
    pub(crate) steps: u32,
}
