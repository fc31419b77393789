//! The report of `optimize`.

mod rewriting;

use rewriting::rewrites;
pub use rewriting::{
    AccumulatedPart, RefusedPart, RewritePart, RewritingCost, RewritingPart, SitePart,
};

use lowtide_core::limits::StopReason;
use lowtide_core::memory::{Instance, Target, ort_requested};
use lowtide_core::plan::Order;
use lowtide_core::units::Bytes;
use serde::Serialize;

use super::parts::{Counted, proof_name};
use super::{
    BodyPart, Budget, BudgetAsked, BudgetOn, CostPart, DeclarePart, KernelsPart, ModelPart,
    NumbersPart, PackedPart, PairPart, Reason, SCHEMA, TargetPart,
};
use crate::{Optimized, PlanState, Timings};

/// What came of a model.
#[derive(Clone, Debug, Serialize)]
pub struct OptimizeReport {
    /// The version of this form.
    pub schema: u32,
    /// Which model.
    pub model: ModelPart,
    /// For which runtime.
    pub target: TargetPart,
    /// The source, in the order of the file.
    pub before: CostPart,
    /// The result, in the order chosen.
    pub after: AfterPart,
    /// Arenas of activations, with offsets.
    pub arena: PairPart<PackedPart>,
    /// What LiteRT's own planner makes of it with each of its kernel libraries; empty for other runtimes and formats.
    pub litert: Vec<KernelsPart>,
    /// What to declare in TFLM; `null` for other runtimes and formats.
    pub declare: Option<PairPart<DeclarePart>>,
    /// What became of the offline plan; `null` for other runtimes and formats.
    pub plan: Option<PlanState>,
    /// The rules that were applied, in the order of their first application.
    pub rewrites: Vec<RewritePart>,
    /// What rewriting brought, and what it costs.
    pub rewriting: RewritingPart,
    /// How far source and result differ in a run; `null` where nothing was taken apart.
    pub numbers: Option<NumbersPart>,
    /// Bodies of If, Loop and Scan, which were ordered first.
    pub bodies: Vec<BodyPart>,
    /// What ONNX Runtime requests with its defaults; `null` for other targets.
    pub requested_by_default: Option<RequestedPart>,
    /// Why the result needs what it needs.
    pub reason: Option<Reason>,
    /// The budget and the result; `null` if none was given.
    pub budget: Option<Budget>,
    /// The file written; `null` if none was.
    pub output: Option<OutputPart>,
    /// The certificate written; `null` if none was.
    pub certificate: Option<OutputPart>,
    /// The C header written; `null` if none was.
    pub header: Option<OutputPart>,
    /// Reading, compiling and making the new file's bytes.
    pub seconds: f64,
    /// The same, by part.
    pub timings: TimingsPart,
}

/// The most that ONNX Runtime requests at once with `enable_mem_reuse`, its default, where it holds freed buffers for later tensors.
#[derive(Clone, Debug, Serialize)]
pub struct RequestedPart {
    /// For the source in the order of the file.
    pub before_bytes: u64,
    /// For the result.
    pub after_bytes: u64,
}

impl RequestedPart {
    fn of(optimized: &Optimized<'_>) -> Option<Self> {
        let (source, compiled) = (optimized.model.graph(), &optimized.compiled);
        let is_asked = optimized.target.name == Target::ORT.name;
        is_asked.then(|| Self {
            before_bytes: ort_requested(source, &Order::new(source.file_order())).get(),
            after_bytes: ort_requested(&compiled.rewriting.graph, &compiled.chosen.order).get(),
        })
    }
}

/// What the result costs, and how sure that is.
#[derive(Clone, Debug, Serialize)]
pub struct AfterPart {
    /// The cost.
    #[serde(flatten)]
    pub cost: CostPart,
    /// Number of operators after rewriting.
    pub operators: usize,
    /// By which algorithm the order was found.
    pub algorithm: &'static str,
    /// No order of the rewritten graph needs less.
    pub bound_bytes: u64,
    /// `optimal`, `optimal-as-counted` or `bounded`; `null` for heuristics, which prove nothing.
    pub proof: Option<&'static str>,
    /// Why the search ended without a proof: `node-limit`, `memory-limit`, `time-limit`, `gap`, `interrupted`,
    /// `arena`.
    pub stopped_by: Option<&'static str>,
    /// States expanded.
    pub states: u64,
    /// Live byte-steps of the order that the search found, of which this one is a neighbour with the same peak.
    pub live_byte_steps_as_found: u64,
}

/// A file that was written.
#[derive(Clone, Debug, Serialize)]
pub struct OutputPart {
    /// Where.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
}

/// Where the time went, in seconds.
#[derive(Clone, Debug, Serialize)]
pub struct TimingsPart {
    /// Reading the model, and converting it.
    pub read: f64,
    /// Rewriting, ordering and checking.
    pub compile: f64,
    /// Of that, the search for the order.
    pub search: f64,
    /// Packing arenas, and making the new file's bytes.
    pub write: f64,
    /// Running source and result.
    pub measure: f64,
}

impl OptimizeReport {
    /// The report of `optimized`, with the verdict on `budget`, which has passed [`BudgetOn::check`]. [`Self::output`],
    /// [`Self::certificate`] and [`Self::header`] are set by whoever writes the file.
    #[must_use]
    pub fn new(optimized: &Optimized<'_>, budget: Option<BudgetAsked>) -> Self {
        let (model, compiled) = (optimized.model, &optimized.compiled);
        let source = Instance::new(model.graph(), &optimized.target);
        let result = Instance::new(&compiled.rewriting.graph, &optimized.target);
        let before = Counted {
            instance: &source,
            origins: None,
        };
        let after = Counted {
            instance: &result,
            origins: Some(&compiled.rewriting.op_origins),
        };
        let file_order = Order::new(model.graph().file_order());
        let after_part = AfterPart::of(optimized, &after);
        let bound = Bytes(after_part.bound_bytes);
        let declare = optimized.declared.as_ref();
        let declare = declare.map(|pair| PairPart::of(pair, DeclarePart::of));
        let judge = |asked: BudgetAsked| {
            let declare = declare.as_ref().map(|pair| &pair.after);
            let need = need(optimized, declare, asked.on, (bound, result.base()))?;
            let verdict = Budget::judge(asked, need.0, need.1);
            Some(match declare {
                Some(declare) if asked.on == BudgetOn::Declare => {
                    verdict.with_unknown(declare.unknown.len())
                }
                _ => verdict.with_unknown(optimized.bodies.uncounted()),
            })
        };
        Self {
            schema: SCHEMA,
            model: ModelPart::of(model),
            target: TargetPart::of(&optimized.target),
            before: before.cost(&file_order, &compiled.before),
            rewrites: rewrites(model, &compiled.rewriting.applied),
            rewriting: RewritingPart::of(optimized),
            numbers: optimized.numbers.as_ref().map(NumbersPart::of),
            bodies: optimized.bodies.all.iter().map(BodyPart::of).collect(),
            requested_by_default: RequestedPart::of(optimized),
            reason: Reason::around(&optimized.bodies, &after, &compiled.chosen),
            budget: budget.and_then(judge),
            arena: PairPart::of(&optimized.arenas, PackedPart::of),
            litert: optimized.by_kernels.iter().map(KernelsPart::of).collect(),
            plan: optimized.plan,
            declare,
            after: after_part,
            output: None,
            certificate: None,
            header: None,
            seconds: optimized.timings.total().as_secs_f64(),
            timings: TimingsPart::of(&optimized.timings),
        }
    }

    /// Bytes that the peak lost; 0 if it did not.
    #[must_use]
    pub fn saved_bytes(&self) -> u64 {
        self.before
            .peak_bytes
            .saturating_sub(self.after.cost.peak_bytes)
    }
}

/// What the result needs of what is asked for, and what no order can need less than, where none has less live than
/// `bound`, of which `always` is live whatever the order.
fn need(
    optimized: &Optimized<'_>,
    declare: Option<&DeclarePart>,
    on: BudgetOn,
    (bound, always): (Bytes, Bytes),
) -> Option<(Bytes, Bytes)> {
    Some(match on {
        BudgetOn::Peak => (optimized.compiled.chosen.peak, bound),
        BudgetOn::Arena => (optimized.arenas.after.layout.height, bound),
        BudgetOn::Declare => {
            let device = &declare?.device;
            (Bytes(device.bytes), device.least(bound, always))
        }
    })
}

impl AfterPart {
    fn of(optimized: &Optimized<'_>, counted: &Counted<'_>) -> Self {
        let (chosen, profile) = (&optimized.compiled.chosen, &optimized.compiled.after);
        let stopped_by = chosen.proof.and_then(|proof| proof.stopped_by());
        Self {
            cost: counted.cost(&chosen.order, profile),
            operators: counted.instance.ops(),
            algorithm: chosen.algorithm.name(),
            bound_bytes: optimized.bound().get(),
            proof: proof_name(chosen.proof, optimized.bodies.uncounted()),
            stopped_by: stopped_by.map(StopReason::name),
            states: chosen.states,
            live_byte_steps_as_found: optimized.compiled.byte_steps_as_found,
        }
    }
}

impl TimingsPart {
    fn of(timings: &Timings) -> Self {
        Self {
            read: timings.read.as_secs_f64(),
            compile: timings.compile.as_secs_f64(),
            search: timings.search.as_secs_f64(),
            write: timings.write.as_secs_f64(),
            measure: timings.measure.as_secs_f64(),
        }
    }
}
