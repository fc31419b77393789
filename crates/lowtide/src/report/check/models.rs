//! The report of `check ORIGINAL OPTIMISED`.

use lowtide_core::graph::Graph;
use lowtide_core::ids::OpId;
use serde::Serialize;

use crate::report::{ModelPart, NumbersPart, SCHEMA, WorstPart};
use crate::{Alike, CheckedModels, Numbers, OperatorChanges};

/// What came of comparing two models.
#[derive(Clone, Debug, Serialize)]
pub struct CheckModelsReport {
    /// The version of this form.
    pub schema: u32,
    /// The first model.
    pub model: ModelPart,
    /// The second, said to be made of it.
    pub optimised: ModelPart,
    /// `same-operators`, `same-numbers`, `different` or `unknown`.
    pub verdict: &'static str,
    /// Why they are different, or why that is not known; else `null`.
    pub fault: Option<String>,
    /// In what inputs and outputs differ.
    pub ends: Vec<String>,
    /// What became of operators.
    pub operators: OperatorsPart,
    /// What became of weights.
    pub weights: WeightsPart,
    /// What came of running both.
    pub numbers: NumbersPart,
    /// Tensors that differ by more than is allowed.
    pub beyond: Vec<WorstPart>,
    /// What floats may differ by, in units of one or of the largest element.
    pub tolerance: f64,
    /// What integers may differ by, in steps.
    pub steps: u32,
    /// Comparing, reading not included.
    pub seconds: f64,
}

/// What became of operators.
#[derive(Clone, Debug, Serialize)]
pub struct OperatorsPart {
    /// In both models.
    pub kept: usize,
    /// Of these, how many have to move to get from one order to the other.
    pub moved: usize,
    /// Of these, how many read other tensors.
    pub rewired: usize,
    /// Of the first model only.
    pub taken_away: Vec<TypePart>,
    /// Of the second model only.
    pub added: Vec<TypePart>,
}

/// Operators of one type.
#[derive(Clone, Debug, Serialize)]
pub struct TypePart {
    /// The type.
    pub operator: String,
    /// How many.
    pub count: usize,
}

/// What became of weights.
#[derive(Clone, Debug, Serialize)]
pub struct WeightsPart {
    /// In both models, equal in every bit.
    pub equal: usize,
    /// Slices of the first model's, bit for bit.
    pub cut: usize,
    /// Nothing but zeros.
    pub zeros: usize,
    /// Of the first model, not in the second as a whole.
    pub gone: usize,
    /// In both, but not in the files themselves.
    pub unread: usize,
    /// Of the second model, and nothing of that: names.
    pub other: Vec<String>,
    /// Read by nobody, more than in the first model.
    pub dead: usize,
    /// Bytes of payloads stored once more than in the first model, those of less than 16 bytes left aside.
    pub twice_bytes: u64,
    /// Bytes of the first model's.
    pub before_bytes: u64,
    /// Bytes of the second's.
    pub after_bytes: u64,
}

impl CheckModelsReport {
    /// The report of `checked`.
    #[must_use]
    pub fn new(checked: &CheckedModels<'_>) -> Self {
        let (verdict, fault) = match &checked.alike {
            Alike::SameOperators => ("same-operators", None),
            Alike::SameNumbers => ("same-numbers", None),
            Alike::No(fault) => ("different", Some(fault.clone())),
            Alike::Unknown(reason) => ("unknown", Some(reason.clone())),
        };
        let beyond = match &checked.numbers {
            Numbers::Compared { beyond, .. } => beyond.iter().map(WorstPart::of).collect(),
            Numbers::NotRun(_) => Vec::new(),
        };
        let (first, second) = (checked.original.graph(), checked.optimised.graph());
        let weights = &checked.weights;
        let names = weights.other.iter().map(|&t| second.tensor(t).name.clone());
        Self {
            schema: SCHEMA,
            model: ModelPart::of(checked.original),
            optimised: ModelPart::of(checked.optimised),
            verdict,
            fault,
            ends: checked.ends.clone(),
            operators: OperatorsPart {
                kept: checked.operators.kept,
                moved: checked.operators.moved,
                rewired: checked.operators.rewired.len(),
                taken_away: types(first, &checked.operators.taken_away),
                added: types(second, &checked.operators.added),
            },
            weights: WeightsPart {
                equal: weights.equal,
                cut: weights.cut,
                zeros: weights.zeros,
                gone: weights.gone,
                unread: weights.unread,
                other: names.collect(),
                dead: weights.dead,
                twice_bytes: weights.twice,
                before_bytes: weights.bytes.0,
                after_bytes: weights.bytes.1,
            },
            numbers: NumbersPart::of(&checked.numbers),
            beyond,
            tolerance: checked.options.tolerance,
            steps: checked.options.steps,
            seconds: checked.elapsed.as_secs_f64(),
        }
    }
}

fn types(graph: &Graph, ops: &[OpId]) -> Vec<TypePart> {
    let types = OperatorChanges::by_type(graph, ops).into_iter();
    types
        .map(|(operator, count)| TypePart { operator, count })
        .collect()
}
