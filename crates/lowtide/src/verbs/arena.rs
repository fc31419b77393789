//! Arenas: where activations lie, and what to declare for TFLM.

mod kernels;
#[cfg(test)]
mod tests;

use lowtide_core::compile::{Algorithm, Arena, Compiled, Options, compile, packed};
use lowtide_core::limits::Limits;
use lowtide_core::memory::Target;
use lowtide_core::plan::{Order, Rewriting};
use lowtide_core::schedule::baseline::Baseline;
use lowtide_core::units::Bytes;
use lowtide_formats::tflite;
use lowtide_formats::tflite::tflm::Declared;
use serde::Serialize;

use crate::error::of_format;
use crate::{Error, ErrorKind, Model, Result};

pub use kernels::ByKernels;
pub(super) use kernels::{by_kernels, deployment, kernels};

/// Of the source and of the result.
#[derive(Clone, Debug)]
pub struct BeforeAfter<T> {
    /// The source, in the order of the file.
    pub before: T,
    /// The result.
    pub after: T,
}

/// What became of the offline memory plan of a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanState {
    /// The file has one, which the referee has passed.
    Written,
    /// It has none: none that was found makes the arena to declare smaller.
    NotNeeded,
    /// It has none, as was asked.
    LeftOut,
    /// The file is the source with the plan that it had, which nobody has checked: none that was found is as low.
    Kept,
}

/// A result, and the file that has it.
pub(super) struct Deployed {
    pub(super) compiled: Compiled,
    pub(super) bytes: Vec<u8>,
    /// For TFLM alone.
    pub(super) declared: Option<BeforeAfter<Declared>>,
    pub(super) plan: Option<PlanState>,
}

/// Placements that the packing for a plan may cost: real networks take one descent.
const PLACEMENTS: u64 = 50_000;

/// The arenas of the file's order of `model` and of what was `compiled` from it.
///
/// # Errors
/// A tensor too large for any arena, or a referee's refusal, which is a bug.
pub(super) fn arenas(
    model: &Model,
    target: &Target,
    compiled: &Compiled,
    limits: &Limits,
) -> Result<BeforeAfter<Arena>> {
    let graph = &compiled.rewriting.graph;
    Ok(BeforeAfter {
        before: as_it_stands(model, target, limits)?,
        after: packed(graph, target, &compiled.chosen.order, limits)?,
    })
}

/// The arena of the file's order.
///
/// # Errors
/// As [`arenas`].
pub(super) fn as_it_stands(model: &Model, target: &Target, limits: &Limits) -> Result<Arena> {
    let order = Order::new(model.graph().file_order());
    Ok(packed(model.graph(), target, &order, limits)?)
}

/// The arena to declare for a file as it is; none but for TFLM.
pub(super) fn declared(model: &Model, target: &Target) -> Option<Declared> {
    Some(for_tflm(model, target)?.declared())
}

/// Refuses what speaks of the arena to declare where that is not known.
///
/// # Errors
/// `Usage` but for TFLM.
pub fn can_declare(model: &Model, target: &Target) -> Result<()> {
    match for_tflm(model, target) {
        Some(_) => Ok(()),
        None => Err(Error::new(
            ErrorKind::Usage,
            "the arena to declare is known for .tflite models and the target tflm only",
        )),
    }
}

/// The model, if it is one that TFLM runs and TFLM's memory is counted.
pub(super) fn for_tflm<'m>(model: &'m Model, target: &Target) -> Option<&'m tflite::Model> {
    model.tflite().filter(|_| *target == Target::TFLM)
}

/// Makes the file that has what was `compiled` with `options`, for TFLM with an offline plan if one is wanted and helps.
///
/// The arena to declare in TFLM never grows: where that of the exact search's result would be larger than the source's, it
/// is the smallest of what there is with fewer patches and in the order of the file, and as the last resort the file
/// as it is, with the plan that it has.
///
/// # Errors
/// The format cannot hold the result, or a referee refuses it, which is a bug.
pub(super) fn deploy(
    model: &Model,
    compiled: Compiled,
    options: &Options<'_>,
    plan: bool,
) -> Result<Deployed> {
    let Some(source) = for_tflm(model, &options.target) else {
        let bytes = model.write(&compiled.rewriting, &compiled.chosen.order)?;
        return Ok(Deployed {
            compiled,
            bytes,
            declared: None,
            plan: None,
        });
    };
    let maker = Maker {
        model,
        source,
        before: source.declared(),
        limits: &options.search.limits,
        plan,
    };
    let first = maker.made(&compiled)?;
    if options.algorithm != Algorithm::Exact || !maker.is_larger(&first) {
        return maker.deployed(compiled, &first);
    }
    let mut best = (compiled, first);
    for kept in humbler(model, options)? {
        let made = maker.made(&kept)?;
        if total(&made) < total(&best.1) {
            best = (kept, made);
        }
    }
    if plan && maker.is_larger(&best.1) {
        let untouched = as_read(model, options)?;
        return Ok(Deployed {
            plan: Some(PlanState::Kept),
            ..maker.deployed(untouched, source)?
        });
    }
    maker.deployed(best.0, &best.1)
}

/// What there is with fewer patches and in the order of the file.
fn humbler(model: &Model, options: &Options<'_>) -> Result<Vec<Compiled>> {
    let mut found = Vec::new();
    for rules in [options.rules, &[]] {
        let exact = Options {
            rules,
            choice: None,
            ..options.clone()
        };
        let in_file_order = Options {
            algorithm: Algorithm::Baseline(Baseline::File),
            ..exact.clone()
        };
        let best = compile(model.graph(), &exact)?;
        let mut file = compile(model.graph(), &in_file_order)?;
        if file.rewriting == best.rewriting {
            // Both order one graph: no order of it needs less.
            file.chosen.bound = best.chosen.bound;
        }
        found.extend([best, file]);
    }
    Ok(found)
}

/// The graph and the order of the file.
fn as_read(model: &Model, options: &Options<'_>) -> Result<Compiled> {
    let untouched = Options {
        rules: &[],
        choice: None,
        algorithm: Algorithm::Baseline(Baseline::File),
        ..options.clone()
    };
    Ok(compile(model.graph(), &untouched)?)
}

/// What to declare on a device with 32 bits.
fn total(made: &tflite::Model) -> Bytes {
    made.declared().device.total
}

/// The file that runs `rewriting` in `order`, with an offline plan if one is wanted and helps.
///
/// # Errors
/// The format cannot hold the result.
pub(super) fn made(
    source: &tflite::Model,
    rewriting: &Rewriting,
    order: &Order,
    plan: bool,
    limits: &Limits,
) -> lowtide_formats::Result<tflite::Model> {
    let plain = source.rewritten(rewriting, order)?;
    if !plan {
        return Ok(plain);
    }
    let limits = Limits {
        nodes: limits.nodes.min(PLACEMENTS),
        interrupt: limits.interrupt.clone(),
        ..Limits::default()
    };
    Ok(plain.planned(&limits)?.unwrap_or(plain))
}

/// Makes files of one source.
struct Maker<'m> {
    model: &'m Model,
    source: &'m tflite::Model,
    before: Declared,
    limits: &'m Limits,
    plan: bool,
}

impl Maker<'_> {
    fn made(&self, compiled: &Compiled) -> Result<tflite::Model> {
        let (rewriting, order) = (&compiled.rewriting, &compiled.chosen.order);
        let made = made(self.source, rewriting, order, self.plan, self.limits);
        made.map_err(|error| of_format(self.model.name(), &error))
    }

    fn is_larger(&self, made: &tflite::Model) -> bool {
        total(made) > self.before.device.total
    }

    fn deployed(self, compiled: Compiled, made: &tflite::Model) -> Result<Deployed> {
        let bytes = made.bytes();
        let after = made.declared();
        let plan = match (self.plan, after.placed.is_empty()) {
            (false, _) => PlanState::LeftOut,
            (true, true) => PlanState::NotNeeded,
            (true, false) => PlanState::Written,
        };
        Ok(Deployed {
            compiled,
            bytes: bytes.map_err(|error| of_format(self.model.name(), &error))?,
            declared: Some(BeforeAfter {
                before: self.before,
                after,
            }),
            plan: Some(plan),
        })
    }
}
