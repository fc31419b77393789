//! How far two models differ on the same inputs.

use fastrand::Rng;
use lowtide_core::ids::TensorId;

use crate::{CannotRun, Network};

/// How far one tensor differs over all runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The tensor of the first model.
    pub tensor: TensorId,
    /// The largest difference of two elements, as real numbers; infinite where only one of them is a number.
    pub largest: f64,
    /// The real number of one step, where elements are stored as integers.
    pub step: Option<f64>,
    /// The largest element of the first model.
    pub magnitude: f64,
    /// Elements that differ.
    pub differing: u64,
    /// Elements compared.
    pub elements: u64,
}

impl Difference {
    fn none(tensor: TensorId, step: Option<f64>) -> Self {
        Self {
            tensor,
            largest: 0.0,
            step,
            magnitude: 0.0,
            differing: 0,
            elements: 0,
        }
    }

    /// The largest difference in steps, where elements are stored as integers.
    #[must_use]
    pub fn steps(&self) -> Option<f64> {
        Some((self.largest / self.step?).round())
    }

    fn add(&mut self, a: f64, b: f64) {
        let unit = self.step.unwrap_or(1.0);
        self.elements += 1;
        if !a.is_nan() {
            self.magnitude = self.magnitude.max(a.abs() * unit);
        }
        if a == b || (a.is_nan() && b.is_nan()) {
            return;
        }
        self.differing += 1;
        let apart = (a - b).abs() * unit;
        let apart = if apart.is_nan() { f64::INFINITY } else { apart };
        self.largest = self.largest.max(apart);
    }
}

/// What came of the runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Differences {
    /// Inputs that both models were run on.
    pub inputs: u32,
    /// What they were drawn from.
    pub seed: u64,
    /// One for each pair, in their order.
    pub tensors: Vec<Difference>,
}

/// Runs both models on `inputs` seeded inputs and compares `pairs` of tensors, of the first and of the second model.
///
/// # Errors
/// Where one of them cannot be run, or tensors of a pair have not as many elements.
pub fn differences(
    (first, second): (&Network<'_>, &Network<'_>),
    pairs: &[(TensorId, TensorId)],
    inputs: u32,
    seed: u64,
) -> Result<Differences, CannotRun> {
    let (of_first, of_second): (Vec<TensorId>, Vec<TensorId>) = pairs.iter().copied().unzip();
    let start = |&t: &TensorId| Difference::none(t, first.step(t));
    let mut tensors: Vec<Difference> = of_first.iter().map(start).collect();
    let mut rng = Rng::with_seed(seed);
    for _ in 0..inputs {
        let feeds = first.draw(&mut rng)?;
        let a = first.run(&feeds, &of_first)?;
        let b = second.run(&feeds, &of_second)?;
        for (difference, (a, b)) in tensors.iter_mut().zip(a.iter().zip(&b)) {
            if a.len() != b.len() {
                return Err(CannotRun::new(
                    "tensors that have not as many elements in both models",
                ));
            }
            a.iter().zip(b).for_each(|(&a, &b)| difference.add(a, b));
        }
    }
    Ok(Differences {
        inputs,
        seed,
        tensors,
    })
}
