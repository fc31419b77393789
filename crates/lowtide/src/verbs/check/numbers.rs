//! Two models, run by the reference engine on the same inputs.

use std::path::Path;

use lowtide_core::ids::TensorId;
use lowtide_reference::{CannotRun, Difference, Network, differences};

use super::tensors::{common, name, paired};
use crate::Model;

/// How far one tensor of two models differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Worst {
    /// Its name.
    pub tensor: String,
    /// The largest difference of two elements, as real numbers; infinite where only one of them is a number.
    pub largest: f64,
    /// The same in steps of the quantisation, where elements are stored as integers.
    pub steps: Option<f64>,
    /// The largest element in the first model, as a real number.
    pub magnitude: f64,
    /// Elements that differ.
    pub differing: u64,
    /// Elements compared.
    pub elements: u64,
}

/// What came of running both.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Both were run.
    Compared {
        /// On so many inputs, the same ones for both.
        inputs: u32,
        /// Drawn from this seed.
        seed: u64,
        /// Tensors compared: the outputs, and what both models compute under one name and type.
        tensors: usize,
        /// Of these, how many were equal in every bit.
        equal: usize,
        /// The output that differs most, in relation to its largest element.
        output: Option<Worst>,
        /// The tensor of all compared that differs most, in relation to its largest element.
        worst: Option<Worst>,
        /// Tensors that differ by more than is allowed, as many as were asked for.
        beyond: Vec<Worst>,
    },
    /// They were not, for this reason.
    NotRun(String),
}

/// What may differ before a tensor counts as different.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Allowed {
    /// Floats: in units of one, or of the largest element where that is larger.
    pub(super) tolerance: f64,
    /// Quantised tensors, and integers: in steps.
    pub(super) steps: u32,
}

impl Allowed {
    fn is_met(self, difference: &Difference) -> bool {
        match difference.steps() {
            Some(steps) => steps <= f64::from(self.steps),
            None => difference.largest <= self.tolerance * difference.magnitude.max(1.0),
        }
    }
}

/// Elements of tensors that are kept for comparison, of one model; beyond that the outputs alone are compared.
const MOST_KEPT: u64 = 1 << 25;

impl Worst {
    fn of(model: &Model, difference: &Difference) -> Self {
        Self {
            tensor: name(model.graph(), difference.tensor),
            largest: difference.largest,
            steps: difference.steps(),
            magnitude: difference.magnitude,
            differing: difference.differing,
            elements: difference.elements,
        }
    }
}

/// Runs both models, whose inputs and outputs are alike, on so many inputs.
pub(in crate::verbs) fn measured(models: (&Model, &Model), inputs: u32) -> Numbers {
    let allowed = Allowed {
        tolerance: f64::INFINITY,
        steps: u32::MAX,
    };
    compared(models, (inputs, 0), allowed)
}

/// Runs both models, whose inputs and outputs are alike, on so many inputs drawn from a seed.
pub(super) fn compared(
    (first, second): (&Model, &Model),
    (inputs, seed): (u32, u64),
    allowed: Allowed,
) -> Numbers {
    let run = || -> Result<Numbers, CannotRun> {
        let a = Network::of(first.source(), folder(first))?;
        let b = Network::of(second.source(), folder(second))?;
        let pairs = pairs(first, second);
        let found = differences((&a, &b), &pairs, inputs, seed)?;
        let outputs = first.graph().outputs();
        let outputs = found.tensors.iter().filter(|d| outputs.contains(&d.tensor));
        let beyond = found.tensors.iter().filter(|d| !allowed.is_met(d));
        let worst = |d: &Difference| Worst::of(first, d);
        Ok(Numbers::Compared {
            inputs: found.inputs,
            seed: found.seed,
            tensors: found.tensors.len(),
            equal: found.tensors.iter().filter(|d| d.differing == 0).count(),
            output: most(outputs).map(worst),
            worst: most(found.tensors.iter()).map(worst),
            beyond: beyond.map(worst).collect(),
        })
    };
    run().unwrap_or_else(|reason| Numbers::NotRun(reason.to_string()))
}

/// The tensors that are compared.
fn pairs(first: &Model, second: &Model) -> Vec<(TensorId, TensorId)> {
    let graphs = (first.graph(), second.graph());
    let outputs = graphs.0.outputs().iter().zip(graphs.1.outputs());
    let computed = |t: TensorId| graphs.0.topology().producer(t).is_some();
    let outputs = outputs.map(|(&a, &b)| (a, b)).filter(|&(a, _)| computed(a));
    let mut pairs: Vec<(TensorId, TensorId)> = outputs.collect();
    let all = common(graphs, &paired(graphs.0, graphs.1));
    let elements = |&(a, _): &(TensorId, TensorId)| {
        let array = graphs.0.tensor(a).array.as_ref();
        array
            .and_then(lowtide_core::graph::ArrayType::elements)
            .unwrap_or(0)
    };
    if all.iter().map(elements).sum::<u64>() <= MOST_KEPT {
        let more = all.into_iter().filter(|pair| !pairs.contains(pair));
        let more: Vec<_> = more.collect();
        pairs.extend(more);
    }
    pairs
}

/// The one that differs most in relation to its largest element.
fn most<'d>(differences: impl Iterator<Item = &'d Difference>) -> Option<&'d Difference> {
    let relative = |d: &Difference| d.largest / d.magnitude.max(f64::MIN_POSITIVE);
    differences.max_by(|a, b| relative(a).total_cmp(&relative(b)))
}

/// Where a model's other files are.
fn folder(model: &Model) -> &Path {
    let folder = Path::new(model.name()).parent();
    folder
        .filter(|folder| *folder != Path::new(""))
        .unwrap_or(Path::new("."))
}
