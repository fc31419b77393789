//! The page that one looks at: a single HTML file without anything from elsewhere, and the same pictures as files.
//!
//! [`PageData`] is everything the page shows, as plain data; it stands in the page as JSON, and the scripts draw from it.
//!
//! ```text
//!  Optimized | Inspection | Comparison -> PageData -> html     one file
//!                                                  \-> pictures  SVG and CSV files
//! ```

mod arena;
mod colours;
mod html;
mod network;
mod pictures;
mod side;
mod words;

use lowtide_core::compile::{Arena, Candidate};
use lowtide_core::graph::{Graph, OpKind};
use lowtide_core::ids::{OpId, TensorId};
use lowtide_core::memory::{Instance, Target};
use lowtide_core::plan::Order;
use serde::Serialize;

use super::parts::Counted;
use super::{
    Budget, CompareReport, InspectReport, ModelPart, OptimizeReport, OrderPart, Reason,
    RewritePart, TargetPart,
};
use crate::{Comparison, Inspection, Optimized};

pub use arena::NeedPart;
pub use html::html;
pub use network::CellPart;
pub use pictures::{PictureFile, pictures};
pub use side::{ArenaPart, BandPart, RowPart, SidePart};

/// All that a page shows.
#[derive(Clone, Debug, Serialize)]
pub struct PageData {
    /// `optimize`, `inspect` or `compare`.
    pub verb: &'static str,
    /// Which model.
    pub model: ModelPart,
    /// For which runtime.
    pub target: TargetPart,
    /// The order of the file, then the best one.
    pub sides: Vec<SidePart>,
    /// No order needs less, in bytes; `null` if nothing is proved.
    pub bound_bytes: Option<u64>,
    /// How sure that is, for everyone.
    pub proof: String,
    /// What no order can get below, and what would help; `null` if nothing is known.
    pub limit: Option<String>,
    /// What to declare in TFLM: for the source, then for the result; as far as that is known.
    pub declare: Vec<NeedPart>,
    /// What else could be won, in words.
    pub note: Option<String>,
    /// What there is; `null` if that was not said.
    pub budget: Option<Budget>,
    /// What came of it, in words.
    pub budget_words: Option<String>,
    /// What was rewritten.
    pub rewrites: Vec<RewritePart>,
    /// All orders, where they were compared.
    pub orders: Vec<OrderPart>,
}

impl PageData {
    /// The page of `optimize`.
    #[must_use]
    pub fn of_optimize(optimized: &Optimized<'_>, report: &OptimizeReport) -> Self {
        let (graph, compiled) = (optimized.model.graph(), &optimized.compiled);
        let source = Instance::new(graph, &optimized.target);
        let result = Instance::new(&compiled.rewriting.graph, &optimized.target);
        let before = Counted {
            instance: &source,
            origins: None,
        };
        let after = Counted {
            instance: &result,
            origins: Some(&compiled.rewriting.op_origins),
        };
        let file = Order::new(graph.file_order());
        let proof = (report.after.proof, report.after.stopped_by);
        let declared = optimized.declared.as_ref();
        let sides = painted([
            SidePart::of("before", &before, &file, |tensors| {
                let placed = arena::in_the_source(declared.map(|pair| &pair.before));
                let arena = &optimized.arenas.before;
                arena::plans(arena, &optimized.target, &placed, false, tensors)
            }),
            SidePart::of("after", &after, &compiled.chosen.order, |tensors| {
                let placed = arena::in_the_result(optimized);
                let arena = &optimized.arenas.after;
                arena::plans(arena, &optimized.target, &placed, true, tensors)
            }),
        ]);
        let best = Best {
            source: graph,
            instance: &result,
            candidate: &compiled.chosen,
            target: &optimized.target,
        };
        Self {
            verb: "optimize",
            model: report.model.clone(),
            target: report.target.clone(),
            declare: report.declare.as_ref().map_or_else(Vec::new, |pair| {
                vec![NeedPart::of(&pair.before), NeedPart::of(&pair.after)]
            }),
            note: words::rewriting(report),
            limit: best.limit(report.reason.as_ref(), &sides),
            budget_words: verdict("optimize", report.budget.as_ref(), &sides),
            sides,
            bound_bytes: proof.0.map(|_| report.after.bound_bytes),
            proof: words::proof(
                proof,
                report.after.cost.peak_bytes,
                report.after.bound_bytes,
            ),
            budget: report.budget,
            rewrites: report.rewrites.clone(),
            orders: Vec::new(),
        }
    }

    /// The page of `inspect`: the file's order, and the best that a short search found of the same graph.
    #[must_use]
    pub fn of_inspect(inspection: &Inspection<'_>, report: &InspectReport) -> Self {
        let instance = Instance::new(inspection.model.graph(), &inspection.target);
        let around = Instance::new(inspection.graph(), &inspection.target);
        let best = &report.best;
        let file = arena::in_the_source(inspection.declared.as_ref());
        let arenas = (Some(inspection.arena.clone()), file);
        let sides = two_orders(
            &instance,
            (&around, &inspection.best.order),
            &inspection.target,
            arenas,
        );
        let limits = Best {
            source: inspection.model.graph(),
            instance: &around,
            candidate: &inspection.best,
            target: &inspection.target,
        };
        Self {
            verb: "inspect",
            model: report.model.clone(),
            target: report.target.clone(),
            declare: report.declare.iter().map(NeedPart::of).collect(),
            note: report.cleaned.as_ref().map(words::cleaned),
            limit: limits.limit(report.reason.as_ref(), &sides),
            budget_words: verdict("inspect", report.budget.as_ref(), &sides),
            sides,
            bound_bytes: Some(report.bound_bytes),
            proof: words::proof(
                (best.proof, best.stopped_by),
                best.peak_bytes,
                report.bound_bytes,
            ),
            budget: report.budget,
            rewrites: Vec::new(),
            orders: Vec::new(),
        }
    }

    /// The page of `compare`: the file's order and the best one drawn, all of them in a table.
    #[must_use]
    pub fn of_compare(comparison: &Comparison<'_>, report: &CompareReport) -> Self {
        let instance = Instance::new(&comparison.rewriting.graph, &comparison.target);
        // Of equals the last: the exact search, which knows why.
        let orders = comparison.orders.iter();
        let smallest = orders.rev().min_by_key(|it| it.candidate.peak);
        let bound = report.orders.iter().map(|it| it.bound_bytes).max();
        let bound = bound.filter(|&bound| bound > 0);
        let file = Order::new(instance.graph().file_order());
        let best = smallest.map_or(&file, |it| &it.candidate.order);
        let graph = smallest.map_or(instance.graph(), |it| comparison.graph(it));
        let around = Instance::new(graph, &comparison.target);
        let proof = smallest.and_then(|it| {
            let name = it.candidate.algorithm.name();
            report.orders.iter().find(|order| order.name == name)
        });
        let proof = proof.map_or((None, None), |it| (it.proof, it.stopped_by));
        let peak = smallest.map_or(0, |it| it.candidate.peak.get());
        let arena = arena::looked_at(instance.graph(), &file, &comparison.target);
        let arenas = (arena, arena::InTheFile::new());
        let sides = two_orders(&instance, (&around, best), &comparison.target, arenas);
        let limit = smallest.and_then(|found| {
            let counted = Counted {
                instance: &around,
                origins: None,
            };
            let best = Best {
                source: graph,
                instance: &around,
                candidate: &found.candidate,
                target: &comparison.target,
            };
            let reason = Reason::around(&found.bodies, &counted, &found.candidate);
            best.limit(reason.as_ref(), &sides)
        });
        Self {
            verb: "compare",
            model: report.model.clone(),
            target: report.target.clone(),
            declare: Vec::new(),
            note: None,
            limit,
            budget_words: None,
            sides,
            bound_bytes: bound,
            proof: words::proof(proof, peak, bound.unwrap_or(0)),
            budget: None,
            rewrites: Vec::new(),
            orders: report.orders.clone(),
        }
    }
}

/// The best order, and what it is an order of.
struct Best<'a> {
    source: &'a Graph,
    instance: &'a Instance<'a>,
    candidate: &'a Candidate,
    target: &'a Target,
}

impl Best<'_> {
    /// What no order gets below, in words.
    fn limit(&self, reason: Option<&Reason>, sides: &[SidePart]) -> Option<String> {
        let (reason, side) = (reason?, sides.last()?);
        let part = match reason {
            Reason::EveryOrder { .. } => {
                let found = self.candidate;
                words::part(self.instance.graph(), self.target, &found.order, found.peak)
            }
            _ => None,
        };
        let kind = match reason {
            Reason::Operator { operator_index, .. } | Reason::Around { operator_index, .. } => {
                &self.source.op(OpId(*operator_index)).kind
            }
            _ => &OpKind::Opaque,
        };
        Some(words::limit(reason, side, kind, part))
    }
}

fn verdict(verb: &str, budget: Option<&Budget>, sides: &[SidePart]) -> Option<String> {
    let best = sides.last()?.peak_bytes;
    budget.map(|budget| words::budget(verb, budget, best))
}

fn painted<const N: usize>(mut sides: [SidePart; N]) -> Vec<SidePart> {
    colours::paint(&mut sides);
    sides.into()
}

fn two_orders(
    instance: &Instance<'_>,
    (around, best): (&Instance<'_>, &Order),
    target: &Target,
    (of_file, placed): (Option<Arena>, arena::InTheFile),
) -> Vec<SidePart> {
    let counted = |instance| Counted {
        instance,
        origins: None,
    };
    let file = Order::new(instance.graph().file_order());
    let of_best = arena::looked_at(around.graph(), best, target);
    let plans = |arena: &Option<Arena>, placed: &arena::InTheFile, tensors: &[TensorId]| {
        let arena = arena.as_ref();
        arena.map_or_else(Vec::new, |arena| {
            arena::plans(arena, target, placed, false, tensors)
        })
    };
    let none = arena::InTheFile::new();
    painted([
        SidePart::of("file order", &counted(instance), &file, |ids| {
            plans(&of_file, &placed, ids)
        }),
        SidePart::of("best order", &counted(around), best, |ids| {
            plans(&of_best, &none, ids)
        }),
    ])
}
