//! What can be done with a model, or a packing problem: plain data in, plain data out.

mod arena;
mod bodies;
mod check;
mod compare;
mod inspect;
mod optimize;
mod pack;
mod rewriting;
mod traffic;

pub use arena::{BeforeAfter, ByKernels, PlanState, can_declare};
pub use bodies::{Inside, OrderedBodies, OrderedBody};
pub use check::{
    Alike, CheckModelsOptions, CheckOutcome, Checked, CheckedModels, Numbers, OperatorChanges,
    WeightChanges, Worst, certify, check, check_models,
};
pub use compare::{CompareOptions, Compared, Comparison, compare};
pub use inspect::{Cleaned, InspectOptions, Inspection, inspect};
pub use optimize::{OptimizeOptions, Optimized, Timings, optimize};
pub use pack::{PackOptions, Packed, PackingFile, pack};
pub use rewriting::Rewrite;
pub use traffic::{OffChipTraffic, TrafficOptions, traffic};

use lowtide_core::compile::{Algorithm, Options, Search};
use lowtide_core::limits::Limits;
use lowtide_core::memory::Target;
use lowtide_core::rewrite::Rule;
use lowtide_core::rewrite::rules::CLEAN_UP;
use lowtide_core::schedule::Progress;

/// Called now and then during a search with how far it is.
pub type Observer<'a> = &'a (dyn Fn(Progress) + Sync);

/// The rules that `cleanup` stands for.
fn rules(cleanup: bool) -> &'static [&'static dyn Rule] {
    if cleanup { CLEAN_UP } else { &[] }
}

fn options<'a>(
    target: &Target,
    algorithm: Algorithm,
    limits: &Limits,
    observer: Option<Observer<'a>>,
) -> Options<'a> {
    Options {
        target: target.clone(),
        rules: &[],
        deployment: None,
        choice: None,
        algorithm,
        search: Search {
            limits: limits.clone(),
            observer,
            ..Search::default()
        },
    }
}
