//! The page that one looks at: a single HTML file without anything from elsewhere, and the same pictures as files.
//!
//! [`PageData`] is everything the page shows, as plain data; it stands in the page as JSON, and the scripts draw from it.
//!
//! ```text
//!  Optimized | Inspection | Comparison -> PageData -> html     one file
//!                                                  \-> pictures  SVG and CSV files
//! ```

mod arena;
mod cells;
mod html;
mod lanes;
mod pictures;
mod side;
mod words;

use lowtide_core::limits::StopReason;
use lowtide_core::memory::{Instance, Target};
use lowtide_core::plan::Order;
use lowtide_core::units::Bytes;
use serde::Serialize;

use super::parts::Counted;
use super::{
    Budget, CompareReport, InspectReport, ModelPart, OptimizeReport, OrderPart, RewritePart,
    TargetPart,
};
use crate::{Comparison, Inspection, Optimized};

pub use html::html;
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
    /// What there is; `null` if that was not said.
    pub budget: Option<Budget>,
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
        Self {
            verb: "optimize",
            model: report.model.clone(),
            target: report.target.clone(),
            sides: vec![
                SidePart::of("before", &before, &file, &optimized.target),
                SidePart::of("after", &after, &compiled.chosen.order, &optimized.target),
            ],
            bound_bytes: proof.0.map(|_| report.after.bound_bytes),
            proof: words::proof(
                proof,
                report.after.cost.peak_bytes,
                report.after.bound_bytes,
            ),
            limit: report.reason.as_ref().map(words::limit),
            budget: report.budget,
            rewrites: report.rewrites.clone(),
            orders: Vec::new(),
        }
    }

    /// The page of `inspect`: the file's order, and the best that a short search found of the same graph.
    #[must_use]
    pub fn of_inspect(inspection: &Inspection<'_>, report: &InspectReport) -> Self {
        let instance = Instance::new(inspection.model.graph(), &inspection.target);
        let best = &report.best;
        Self {
            verb: "inspect",
            model: report.model.clone(),
            target: report.target.clone(),
            sides: two_orders(&instance, &inspection.best.order, &inspection.target),
            bound_bytes: Some(report.bound_bytes),
            proof: words::proof(
                (best.proof, best.stopped_by),
                best.peak_bytes,
                report.bound_bytes,
            ),
            limit: report.reason.as_ref().map(words::limit),
            budget: report.budget,
            rewrites: Vec::new(),
            orders: Vec::new(),
        }
    }

    /// The page of `compare`: the file's order and the best one drawn, all of them in a table.
    #[must_use]
    pub fn of_compare(comparison: &Comparison<'_>, report: &CompareReport) -> Self {
        let instance = Instance::new(&comparison.rewriting.graph, &comparison.target);
        let smallest = comparison.orders.iter().rev().min_by_key(|it| it.peak);
        let bound = comparison.orders.iter().map(|it| it.bound).max();
        let bound = bound.filter(|&bound| bound > Bytes::ZERO);
        let file = Order::new(instance.graph().file_order());
        let best = smallest.map_or(&file, |it| &it.order);
        let proof = smallest.and_then(|it| it.proof);
        let proof = (
            proof.map(|it| it.name()),
            proof.and_then(|it| it.stopped_by()).map(StopReason::name),
        );
        let peak = smallest.map_or(0, |it| it.peak.get());
        Self {
            verb: "compare",
            model: report.model.clone(),
            target: report.target.clone(),
            sides: two_orders(&instance, best, &comparison.target),
            bound_bytes: bound.map(Bytes::get),
            proof: words::proof(proof, peak, bound.map_or(0, Bytes::get)),
            limit: None,
            budget: None,
            rewrites: Vec::new(),
            orders: report.orders.clone(),
        }
    }
}

fn two_orders(instance: &Instance<'_>, best: &Order, target: &Target) -> Vec<SidePart> {
    let counted = Counted {
        instance,
        origins: None,
    };
    let file = Order::new(instance.graph().file_order());
    vec![
        SidePart::of("file order", &counted, &file, target),
        SidePart::of("best order", &counted, best, target),
    ]
}
