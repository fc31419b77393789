//! How far two models differ in what they compute.

use serde::Serialize;

use crate::{Numbers, Worst};

/// What came of running both on the same inputs.
#[derive(Clone, Debug, Serialize)]
pub struct NumbersPart {
    /// Why they were not run; `null` if they were.
    pub not_run: Option<String>,
    /// On so many inputs; 0 if they were not run.
    pub inputs: u32,
    /// Drawn from this seed.
    pub seed: u64,
    /// Tensors compared.
    pub tensors: usize,
    /// Of these, equal in every bit.
    pub equal: usize,
    /// The output that differs most, in relation to its largest element.
    pub output: Option<WorstPart>,
    /// The tensor of all compared that differs most, in relation to its largest element.
    pub worst: Option<WorstPart>,
}

/// How far one tensor differs.
#[derive(Clone, Debug, Serialize)]
pub struct WorstPart {
    /// Its name.
    pub tensor: String,
    /// The largest difference of two elements, as real numbers; `null` where only one of them is a number.
    pub largest: f64,
    /// The same in steps of the quantisation; `null` for floats.
    pub steps: Option<f64>,
    /// The largest element, as a real number.
    pub magnitude: f64,
    /// Elements that differ.
    pub differing: u64,
    /// Elements compared.
    pub elements: u64,
}

impl NumbersPart {
    pub(in crate::report) fn of(numbers: &Numbers) -> Self {
        let none = |not_run| Self {
            not_run,
            inputs: 0,
            seed: 0,
            tensors: 0,
            equal: 0,
            output: None,
            worst: None,
        };
        match numbers {
            Numbers::NotRun(reason) => none(Some(reason.clone())),
            Numbers::Compared {
                inputs,
                seed,
                tensors,
                equal,
                output,
                worst,
                ..
            } => Self {
                inputs: *inputs,
                seed: *seed,
                tensors: *tensors,
                equal: *equal,
                output: output.as_ref().map(WorstPart::of),
                worst: worst.as_ref().map(WorstPart::of),
                ..none(None)
            },
        }
    }
}

impl WorstPart {
    pub(in crate::report) fn of(worst: &Worst) -> Self {
        Self {
            tensor: worst.tensor.clone(),
            largest: worst.largest,
            steps: worst.steps,
            magnitude: worst.magnitude,
            differing: worst.differing,
            elements: worst.elements,
        }
    }
}
