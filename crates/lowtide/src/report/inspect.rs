//! The report of `inspect`.

use lowtide_core::compile::Candidate;
use lowtide_core::limits::StopReason;
use lowtide_core::memory::{Instance, profile};
use lowtide_core::plan::Order;
use lowtide_core::units::Bytes;
use serde::Serialize;

use super::parts::{Counted, proof_name};
use super::{
    BodyPart, Budget, BudgetAsked, BudgetOn, CostPart, DeclarePart, ModelPart, PackedPart, Reason,
    SCHEMA, TargetPart,
};
use crate::Inspection;

/// What a model costs as it stands.
#[derive(Clone, Debug, Serialize)]
pub struct InspectReport {
    /// The version of this form.
    pub schema: u32,
    /// Which model.
    pub model: ModelPart,
    /// For which runtime.
    pub target: TargetPart,
    /// The order of the file.
    pub order: CostPart,
    /// No order of this graph needs less.
    pub bound_bytes: u64,
    /// The best order of this graph that a short search found.
    pub best: BestPart,
    /// Bytes live during each of its steps.
    pub best_live_bytes: Vec<u64>,
    /// What clean-up would make of it; `null` if there is nothing to clean up.
    pub cleaned: Option<CleanedPart>,
    /// Bodies of If, Loop and Scan, which were ordered first.
    pub bodies: Vec<BodyPart>,
    /// The arena of the file's order.
    pub arena: PackedPart,
    /// What to declare in TFLM for the file as it is; `null` for other runtimes and formats.
    pub declare: Option<DeclarePart>,
    /// Why the best order needs what it needs.
    pub reason: Option<Reason>,
    /// The budget and the order of the file; `null` if none was given.
    pub budget: Option<Budget>,
    /// Reading, searching and reporting.
    pub seconds: f64,
}

/// What a search found.
#[derive(Clone, Debug, Serialize)]
pub struct BestPart {
    /// What the order needs.
    pub peak_bytes: u64,
    /// `optimal`, `optimal-as-counted` or `bounded`.
    pub proof: Option<&'static str>,
    /// Why the search ended without a proof.
    pub stopped_by: Option<&'static str>,
    /// States expanded.
    pub states: u64,
}

/// What clean-up makes possible.
#[derive(Clone, Debug, Serialize)]
pub struct CleanedPart {
    /// Operators that do nothing.
    pub rewrites: usize,
    /// The best order without them.
    #[serde(flatten)]
    pub best: BestPart,
}

impl InspectReport {
    /// The report of `inspection`, with the verdict on `budget`, which has passed [`BudgetOn::check`].
    #[must_use]
    pub fn new(inspection: &Inspection<'_>, budget: Option<BudgetAsked>) -> Self {
        let graph = inspection.model.graph();
        let instance = Instance::new(graph, &inspection.target);
        let counted = Counted {
            instance: &instance,
            origins: None,
        };
        let (best, profile) = (&inspection.best, &inspection.profile);
        let ordered = Instance::new(inspection.graph(), &inspection.target);
        let around = Counted {
            instance: &ordered,
            origins: None,
        };
        let bound = inspection
            .bodies
            .bound(inspection.graph(), &inspection.target, best);
        let uncounted = inspection.bodies.uncounted();
        let declare = inspection.declared.as_ref().map(DeclarePart::of);
        Self {
            schema: SCHEMA,
            model: ModelPart::of(inspection.model),
            target: TargetPart::of(&inspection.target),
            order: counted.cost(&Order::new(graph.file_order()), profile),
            bound_bytes: bound.get(),
            best: BestPart::of(best, uncounted),
            best_live_bytes: steps(&ordered, &best.order),
            cleaned: inspection.cleaned.as_ref().map(|cleaned| CleanedPart {
                rewrites: cleaned.rewrites,
                best: BestPart::of(&cleaned.best, uncounted),
            }),
            reason: Reason::around(&inspection.bodies, &around, best),
            bodies: inspection.bodies.all.iter().map(BodyPart::of).collect(),
            arena: PackedPart::of(&inspection.arena),
            budget: budget.and_then(|asked| judged(inspection, declare.as_ref(), asked)),
            declare,
            seconds: inspection.elapsed.as_secs_f64(),
        }
    }
}

fn steps(instance: &Instance<'_>, order: &Order) -> Vec<u64> {
    let steps = profile(instance, order).steps;
    steps.into_iter().map(Bytes::get).collect()
}

/// The verdict on the file as it stands: no other order counts.
fn judged(
    inspection: &Inspection<'_>,
    declare: Option<&DeclarePart>,
    asked: BudgetAsked,
) -> Option<Budget> {
    let uncounted = inspection.bodies.uncounted();
    let judge = |need| Budget::judge(asked, need, need);
    Some(match asked.on {
        BudgetOn::Peak => judge(inspection.profile.peak).with_unknown(uncounted),
        BudgetOn::Arena => {
            let (height, bound) = (inspection.arena.layout.height, inspection.arena.bound);
            Budget::judge(asked, height, bound).with_unknown(uncounted)
        }
        BudgetOn::Declare => {
            let declare = declare?;
            judge(Bytes(declare.device.bytes)).with_unknown(declare.unknown.len())
        }
    })
}

impl BestPart {
    fn of(found: &Candidate, uncounted: usize) -> Self {
        Self {
            peak_bytes: found.peak.get(),
            proof: proof_name(found.proof, uncounted),
            stopped_by: found
                .proof
                .and_then(|proof| proof.stopped_by())
                .map(StopReason::name),
            states: found.states,
        }
    }
}
