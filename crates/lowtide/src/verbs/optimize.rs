//! The main job: rewrite, order, write.

use std::time::Duration;

use lowtide_core::compile::{Algorithm, Arena, Compiled, Options, compile, measure};
use lowtide_core::limits::{Limits, Stopwatch};
use lowtide_core::memory::Target;
use lowtide_core::plan::{Order, Rewriting};
use lowtide_core::rewrite::Rule;
use lowtide_core::units::Bytes;
use lowtide_formats::tflite::tflm::Declared;

use super::arena::{BeforeAfter, Deployed, PlanState, arenas, deploy};
use super::arena::{ByKernels, by_kernels, deployment, kernels};
use super::bodies::{OrderedBodies, ordered};
use super::check::{Numbers, measured};
use super::rewriting::{Rewrite, choice, figures, is_taken_apart, never_worse};
use super::{Observer, options, rules};
use crate::{Model, Result};

/// What [`optimize`] is to do.
#[derive(Clone)]
pub struct OptimizeOptions<'a> {
    /// The runtime whose memory counts.
    pub target: Target,
    /// Whether operators that do nothing are removed first; bit-exact.
    pub cleanup: bool,
    /// What may be rewritten besides, where that lowers the peak.
    pub rewrite: Rewrite,
    /// Whether only rewritings that keep every bit will do.
    pub bit_exact: bool,
    /// Whether a file for TFLM gets an offline memory plan, where one makes the arena to declare smaller.
    pub plan: bool,
    /// On how many seeded inputs source and result are run by the reference, where something was taken apart; 0 for none.
    pub measure: u32,
    /// How the order is found.
    pub algorithm: Algorithm,
    /// Whether the order stays as it is found, although another of the same peak may have fewer live byte-steps.
    pub as_found: bool,
    /// What the search may spend.
    pub limits: Limits,
    /// Who watches the search.
    pub observer: Option<Observer<'a>>,
}

impl Default for OptimizeOptions<'_> {
    /// For TFLM, with clean-up, exact rewriting and an offline plan, by the exact search, under the default limits.
    fn default() -> Self {
        Self {
            target: Target::default(),
            cleanup: true,
            rewrite: Rewrite::default(),
            bit_exact: false,
            plan: true,
            measure: 3,
            algorithm: Algorithm::default(),
            as_found: false,
            limits: Limits::default(),
            observer: None,
        }
    }
}

/// Where the time went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Reading the model, and converting it to int8.
    pub read: Duration,
    /// Rewriting, ordering and checking.
    pub compile: Duration,
    /// Of that, the search for the order.
    pub search: Duration,
    /// Packing arenas, and making the new model's bytes.
    pub write: Duration,
    /// Running source and result.
    pub measure: Duration,
}

impl Timings {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.read + self.compile + self.write + self.measure
    }
}

/// What came of a model.
pub struct Optimized<'m> {
    /// The model that was optimised.
    pub model: &'m Model,
    /// For which runtime.
    pub target: Target,
    /// What was asked of rewriting.
    pub rewrite: Rewrite,
    /// The costs before and after, the new graph and the order. All of it has passed the referees.
    pub compiled: Compiled,
    /// The bodies of If, Loop and Scan, which were ordered first.
    pub bodies: OrderedBodies,
    /// Where activations lie in one arena, with offsets.
    pub arenas: BeforeAfter<Arena>,
    /// What LiteRT's own planner makes of it with each of its kernel libraries, scratch included; empty for other runtimes and formats, and
    /// for orders that were not searched.
    pub by_kernels: Vec<ByKernels>,
    /// What to declare in TFLM, with the offline plan of the new file; none for other runtimes and formats.
    pub declared: Option<BeforeAfter<Declared>>,
    /// What became of the offline plan; none for other runtimes and formats.
    pub plan: Option<PlanState>,
    /// The new model file.
    pub bytes: Vec<u8>,
    /// How far source and result differ in a run; none where nothing but clean-up was done, or nobody asked.
    pub numbers: Option<Numbers>,
    /// Where the time went.
    pub timings: Timings,
}

impl Optimized<'_> {
    /// What no order of the result needs less than, whatever the orders inside its operators.
    #[must_use]
    pub fn bound(&self) -> Bytes {
        let compiled = &self.compiled;
        self.bodies
            .bound(&compiled.rewriting.graph, &self.target, &compiled.chosen)
    }
}

/// Finds the cheapest order of `model`, and makes the file that has it. The exact search never
/// returns an order that needs more than the file's, nor for TFLM one for which more has to be declared.
///
/// # Errors
/// The format cannot hold the result, or a referee refuses it, which is a bug.
pub fn optimize<'m>(model: &'m Model, asked: &OptimizeOptions<'_>) -> Result<Optimized<'m>> {
    let watch = Stopwatch::start();
    let (model_figures, weakest) = (
        |rewriting: &Rewriting, order: &Order| figures(model, asked, rewriting, order),
        asked.rewrite.weakest(asked),
    );
    // One limit for everything that is searched.
    let limits = asked.limits.running();
    let kernels = kernels(model, &asked.target);
    let kept = model.format().taking_apart_for(&asked.target);
    let choosable: Vec<&dyn Rule> = kept.iter().map(|rule| rule as &dyn Rule).collect();
    let mut options = Options {
        rules: rules(asked.cleanup),
        deployment: deployment(&kernels, &asked.target, asked.plan),
        choice: choice(&choosable, model.format(), weakest, &model_figures),
        ..options(&asked.target, asked.algorithm, &limits, asked.observer)
    };
    options.search.as_found = asked.as_found;
    let inside = ordered(model, &options)?;
    options.search.limits = inside.limits.clone();
    let inner = inside.model(model);
    let compiled = compile(inner.graph(), &options)?;
    let compiling = watch.elapsed();
    let watch = Stopwatch::start();
    let search = compiled.chosen.elapsed;
    let mut deployed = never_worse(inner, asked, compiled, |compiled| {
        deploy(inner, compiled, &options, asked.plan)
    })?;
    // What the bodies won counts too.
    deployed.compiled.before = measure(model.graph(), &asked.target);
    let by_kernels = by_kernels(&kernels, &asked.target, &deployed.compiled);
    let Compiled {
        rewriting, chosen, ..
    } = &mut deployed.compiled;
    inside.open.heed(&rewriting.graph, &asked.target, chosen);
    let arenas = arenas(model, &asked.target, &deployed.compiled, &asked.limits)?;
    let writing = watch.elapsed();
    let numbers = in_a_run(model, &deployed, asked.measure)?;
    let timings = Timings {
        read: model.reading(),
        compile: compiling,
        search,
        write: writing,
        measure: watch.elapsed().saturating_sub(writing),
    };
    Ok(Optimized {
        model,
        target: asked.target.clone(),
        rewrite: asked.rewrite,
        compiled: deployed.compiled,
        bodies: inside.ordered,
        arenas,
        by_kernels,
        declared: deployed.declared,
        plan: deployed.plan,
        bytes: deployed.bytes,
        numbers,
        timings,
    })
}

/// How far source and result differ on some seeded inputs, where something was taken apart.
fn in_a_run(model: &Model, deployed: &Deployed, inputs: u32) -> Result<Option<Numbers>> {
    if inputs == 0 || !is_taken_apart(model, &deployed.compiled.rewriting) {
        return Ok(None);
    }
    let written = model.again(&deployed.bytes)?;
    Ok(Some(measured((model, &written), inputs)))
}
