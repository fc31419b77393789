//! What several reports have in common.

mod arena;
mod body;
mod budget;
mod numbers;
mod reason;

use lowtide_core::graph::Graph;
use lowtide_core::ids::{OpId, Table, TensorId};
use lowtide_core::memory::{Instance, Profile, Target, live_ranges};
use lowtide_core::plan::{OpOrigin, Order};
use serde::Serialize;

pub use arena::{DeclarePart, FootprintPart, ItemPart, KernelsPart, PackedPart, PairPart};
pub use body::BodyPart;
pub(super) use body::{AS_COUNTED, proof_name};
pub use budget::{Budget, BudgetAsked, BudgetOn, Verdict};
pub use numbers::{NumbersPart, WorstPart};
pub use reason::Reason;

use crate::Model;

/// The model that is reported on.
#[derive(Clone, Debug, Serialize)]
pub struct ModelPart {
    /// The path or `zoo:NAME` that it was opened with.
    pub name: String,
    /// `tflite`, `onnx` or `json`.
    pub format: &'static str,
    /// Number of operators in the file.
    pub operators: usize,
    /// Number of tensors in the file, weights included.
    pub tensors: usize,
    /// What the caller feeds.
    pub inputs: Vec<TensorPart>,
    /// What the caller reads.
    pub outputs: Vec<TensorPart>,
}

impl ModelPart {
    pub(super) fn of(model: &Model) -> Self {
        let graph = model.graph();
        let list = |ids: &[TensorId]| ids.iter().map(|&t| TensorPart::of(graph, t)).collect();
        Self {
            name: model.name().to_owned(),
            format: model.format().name(),
            operators: graph.ops().len(),
            tensors: graph.tensors().len(),
            inputs: list(graph.inputs()),
            outputs: list(graph.outputs()),
        }
    }
}

/// The runtime whose memory was counted.
#[derive(Clone, Debug, Serialize)]
pub struct TargetPart {
    /// Its name on the command line.
    pub name: &'static str,
    /// Offsets in its arena are multiples of this.
    pub alignment: u64,
    /// Whether graph inputs stay live to the end.
    pub keeps_inputs: bool,
}

impl TargetPart {
    pub(super) fn of(target: &Target) -> Self {
        Self {
            name: target.name,
            alignment: target.alignment,
            keeps_inputs: target.keeps_inputs,
        }
    }
}

/// One tensor.
#[derive(Clone, Debug, Serialize)]
pub struct TensorPart {
    /// Its name in the file; may be empty.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its element type, where the file says.
    pub dtype: Option<&'static str>,
    /// Its shape, where the file says; `null` for an open axis.
    pub shape: Option<Vec<Option<u64>>>,
}

impl TensorPart {
    pub(super) fn of(graph: &Graph, id: TensorId) -> Self {
        let tensor = graph.tensor(id);
        let array = tensor.array.as_ref();
        Self {
            name: match tensor.name.as_str() {
                "" => id.to_string(),
                name => name.to_owned(),
            },
            bytes: tensor.bytes.get(),
            dtype: array.map(|array| array.dtype.word()),
            shape: array.map(|array| array.shape.clone()),
        }
    }
}

/// What the operator of a step has to do with a tensor that is live there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// It reads it.
    Read,
    /// It writes it.
    Written,
    /// Nothing: the tensor waits for a later step, or is kept.
    Waiting,
}

/// A tensor that is live during the step of the peak.
#[derive(Clone, Debug, Serialize)]
pub struct AlivePart {
    /// Which one.
    #[serde(flatten)]
    pub tensor: TensorPart,
    /// What the operator of the peak does with it.
    #[serde(rename = "use")]
    pub usage: Use,
    /// The first step during which it is live.
    pub first_step: u32,
    /// The last step during which it is live.
    pub last_step: u32,
}

/// One step of a run.
#[derive(Clone, Debug, Serialize)]
pub struct StepPart {
    /// Which one, from 0.
    pub step: u32,
    /// The operator's place in the source file, from 0.
    pub operator_index: u32,
    /// Its type, and its name where the file gives one.
    pub operator: String,
    /// The first tensor that it writes; may be empty.
    pub writes: String,
    /// Bytes live during the step.
    pub live_bytes: u64,
}

/// What an order costs.
#[derive(Clone, Debug, Serialize)]
pub struct CostPart {
    /// The most bytes that are live at once.
    pub peak_bytes: u64,
    /// Live bytes summed over all steps.
    pub live_byte_steps: u64,
    /// The first step at which that many are; `null` without operators.
    pub peak_step: Option<u32>,
    /// The operator of that step: its type, and its name where the file gives one.
    pub peak_operator: Option<String>,
    /// That operator's place in the source file.
    pub peak_operator_index: Option<u32>,
    /// What is live at that step, biggest first.
    pub alive: Vec<AlivePart>,
    /// All steps.
    pub steps: Vec<StepPart>,
}

/// A graph as it is counted on a target, and where its operators stand in the source.
pub(super) struct Counted<'a> {
    pub(super) instance: &'a Instance<'a>,
    pub(super) origins: Option<&'a Table<OpId, OpOrigin>>,
}

impl Counted<'_> {
    pub(super) fn source(&self, op: OpId) -> OpId {
        self.origins.map_or(op, |origins| origins[op].op())
    }

    pub(super) fn cost(&self, order: &Order, profile: &Profile) -> CostPart {
        let at = profile.peak_at.map(|(_, op)| op);
        CostPart {
            peak_bytes: profile.peak.get(),
            live_byte_steps: profile.byte_steps(),
            peak_step: profile.peak_at.map(|(step, _)| step),
            peak_operator: at.map(|op| self.instance.graph().op(op).title()),
            peak_operator_index: at.map(|op| self.source(op).0),
            alive: self.alive(order, profile),
            steps: self.steps(order, profile),
        }
    }

    fn steps(&self, order: &Order, profile: &Profile) -> Vec<StepPart> {
        let graph = self.instance.graph();
        let steps = order.ops().iter().zip(&profile.steps).zip(0..);
        let part = |((&op, live), step): ((&OpId, &lowtide_core::units::Bytes), u32)| StepPart {
            step,
            operator_index: self.source(op).0,
            operator: graph.op(op).title(),
            writes: graph
                .op(op)
                .outputs
                .first()
                .map_or_else(String::new, |&t| TensorPart::of(graph, t).name),
            live_bytes: live.get(),
        };
        steps.map(part).collect()
    }

    fn alive(&self, order: &Order, profile: &Profile) -> Vec<AlivePart> {
        let Some((step, op)) = profile.peak_at else {
            return Vec::new();
        };
        let graph = self.instance.graph();
        let node = graph.op(op);
        let usage = |id: TensorId| {
            if node.outputs.contains(&id) {
                Use::Written
            } else if node.reads().any(|t| t == id) {
                Use::Read
            } else {
                Use::Waiting
            }
        };
        let ranges = live_ranges(self.instance, order);
        let live = ranges
            .iter()
            .filter_map(|(id, range)| Some((id, range.filter(|range| range.contains(step))?)));
        let mut alive: Vec<AlivePart> = live
            .map(|(id, range)| AlivePart {
                tensor: TensorPart::of(graph, id),
                usage: usage(id),
                first_step: range.start,
                last_step: range.end.saturating_sub(1),
            })
            .collect();
        alive.sort_by_key(|part| std::cmp::Reverse(part.tensor.bytes));
        alive
    }
}
