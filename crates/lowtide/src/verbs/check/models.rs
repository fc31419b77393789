//! Two models: is the second what the first was?

use std::time::Duration;

use lowtide_core::limits::Stopwatch;
use lowtide_formats::Contents;

use super::numbers::{Allowed, Numbers, compared};
use super::operators::OperatorChanges;
use super::tensors::{end_faults, paired};
use super::weights::WeightChanges;
use crate::error::of_format;
use crate::{Error, ErrorKind, Model, Result};

/// How [`check_models`] compares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckModelsOptions {
    /// Inputs that both are run on.
    pub inputs: u32,
    /// What they are drawn from.
    pub seed: u64,
    /// What floats may differ by: in units of one, or of the largest element of the tensor where that is larger.
    pub tolerance: f64,
    /// What quantised tensors and integers may differ by, in steps.
    pub steps: u32,
}

impl Default for CheckModelsOptions {
    /// Four inputs; floats within 1e-3, integers in every bit: what `optimize` promises unless it is told otherwise.
    fn default() -> Self {
        Self {
            inputs: 4,
            seed: 0,
            tolerance: 1e-3,
            steps: 0,
        }
    }
}

/// Whether the second model computes what the first does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alike {
    /// The same operators with the same weights on the same tensors, in whatever order.
    SameOperators,
    /// Not the same operators, but equal numbers, within what is allowed, on all inputs that were tried.
    SameNumbers,
    /// No: in what they differ.
    No(String),
    /// Not known: not the same operators, and they could not be run.
    Unknown(String),
}

/// What came of comparing two models.
#[derive(Clone, Debug)]
pub struct CheckedModels<'m> {
    /// The first.
    pub original: &'m Model,
    /// The second.
    pub optimised: &'m Model,
    /// In what inputs and outputs differ, in words.
    pub ends: Vec<String>,
    /// What became of operators.
    pub operators: OperatorChanges,
    /// What became of weights.
    pub weights: WeightChanges,
    /// What came of running both.
    pub numbers: Numbers,
    /// All in all.
    pub alike: Alike,
    /// How it was compared.
    pub options: CheckModelsOptions,
    /// How long that took, reading not included.
    pub elapsed: Duration,
}

/// Compares `optimised` with `original`, from which it is said to be made: structure, and numbers on seeded inputs.
///
/// # Errors
/// `Usage` where the two are of different formats. That they differ is no error but an outcome.
pub fn check_models<'m>(
    original: &'m Model,
    optimised: &'m Model,
    options: &CheckModelsOptions,
) -> Result<CheckedModels<'m>> {
    if original.format() != optimised.format() {
        return Err(Error::new(
            ErrorKind::Usage,
            format_args!(
                "{} is {}, {} is {}; lowtide compares models of one format",
                original.name(),
                original.format().name(),
                optimised.name(),
                optimised.format().name()
            ),
        ));
    }
    let watch = Stopwatch::start();
    let contents = |model: &'m Model| {
        Contents::of(model.source()).map_err(|error| of_format(model.name(), &error))
    };
    let contents = (contents(original)?, contents(optimised)?);
    let (graphs, contents) = (
        (original.graph(), optimised.graph()),
        (&contents.0, &contents.1),
    );
    let pairs = paired(graphs.0, graphs.1);
    let ends = end_faults(graphs.0, graphs.1);
    let allowed = Allowed {
        tolerance: options.tolerance,
        steps: options.steps,
    };
    let drawn = (options.inputs, options.seed);
    let numbers = match ends.first() {
        Some(_) => Numbers::NotRun("their inputs and outputs differ".into()),
        None => compared((original, optimised), drawn, allowed),
    };
    let mut checked = CheckedModels {
        original,
        optimised,
        ends,
        operators: OperatorChanges::of(graphs, contents, &pairs),
        weights: WeightChanges::of(graphs, contents, &pairs),
        numbers,
        alike: Alike::SameOperators,
        options: *options,
        elapsed: Duration::ZERO,
    };
    checked.alike = checked.judged();
    checked.elapsed = watch.elapsed();
    Ok(checked)
}

impl CheckedModels<'_> {
    fn judged(&self) -> Alike {
        if let Some(fault) = self.ends.first() {
            return Alike::No(fault.clone());
        }
        let is_same = self.operators.is_order_alone() && self.weights.is_none();
        match &self.numbers {
            Numbers::Compared { beyond, .. } if !beyond.is_empty() => Alike::No(match &**beyond {
                [one] => format!("tensor '{}' differs by more than is allowed", one.tensor),
                [one, rest @ ..] => format!(
                    "tensor '{}' and {} more differ by more than is allowed",
                    one.tensor,
                    rest.len()
                ),
                [] => String::new(),
            }),
            _ if is_same => Alike::SameOperators,
            Numbers::Compared { .. } => Alike::SameNumbers,
            Numbers::NotRun(reason) => Alike::Unknown(reason.clone()),
        }
    }
}
