//! What may be rewritten, and what a rewriting must not make worse.

use lowtide_core::compile::{Algorithm, Choice, Compiled, Refused, Tried, packed, runtime_plan};
use lowtide_core::memory::{Target, ort_requested};
use lowtide_core::plan::{Exactness, Order, Rewriting};
use lowtide_core::rewrite::Rule;
use lowtide_core::rewrite::rules::SumOfMany;
use lowtide_core::schedule::baseline::Baseline;
use lowtide_core::units::Bytes;

use super::arena::{Deployed, for_tflm, kernels, made};
use super::optimize::OptimizeOptions;
use crate::{Format, Model, Result};

/// Which rewritings may be chosen, besides clean-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rewrite {
    /// None.
    Off,
    /// Those that keep every bit, and those of floats that round otherwise.
    #[default]
    Exact,
    /// Quantised partial sums too, which are rounded once more than the source's.
    All,
}

impl Rewrite {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Off, Self::Exact, Self::All];

    /// The name on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Exact => "exact",
            Self::All => "all",
        }
    }

    /// What rules must promise at least; `None` where none may patch. Whoever asks for the file's own order wants its operators too.
    pub(super) fn weakest(self, asked: &OptimizeOptions<'_>) -> Option<Exactness> {
        match self {
            _ if asked.algorithm == Algorithm::Baseline(Baseline::File) => None,
            Self::Off => None,
            _ if asked.bit_exact => Some(Exactness::BitExact),
            Self::Exact => Some(Exactness::Rounding),
            Self::All => Some(Exactness::Approximate),
        }
    }
}

/// What of a graph in an order must not be larger than in the best order alone, beside its peak: the arena that lowtide packs, the one that the
/// runtime's planner makes, with the scratch of LiteRT's kernels too, what ONNX Runtime requests by default, and for TFLM the arena to declare, with what the interpreter keeps for each operator and tensor, and
/// with an offline plan if one is wanted.
pub(super) fn figures(
    model: &Model,
    asked: &OptimizeOptions<'_>,
    rewriting: &Rewriting,
    order: &Order,
) -> lowtide_core::error::Result<Vec<Bytes>> {
    let target = &asked.target;
    let arena = packed(&rewriting.graph, target, order, &asked.limits)?;
    let mut figures = vec![arena.layout.height];
    if *target != Target::IDEAL {
        let runtime = runtime_plan(&rewriting.graph, target, order, &[])?;
        figures.push(runtime.layout.height);
    }
    if *target == Target::ORT {
        figures.push(ort_requested(&rewriting.graph, order));
    }
    if *target == Target::LITERT {
        for library in kernels(model, target) {
            let scratch = library.moved(&rewriting.op_origins).scratch;
            let runtime = runtime_plan(&rewriting.graph, target, order, &scratch)?;
            figures.push(runtime.layout.height);
        }
    }
    if let Some(source) = for_tflm(model, target) {
        let made = made(source, rewriting, order, asked.plan, &asked.limits);
        let declared = made.map_err(lowtide_core::error::Error::new)?.declared();
        figures.extend([declared.device.total, declared.host.total]);
    }
    Ok(figures)
}

/// What is deployed of `compiled`: that, or the best order alone where what is deployed of that needs less in any figure, as deploying may take
/// another order, or where the format cannot hold what was chosen, which is reported.
pub(super) fn never_worse(
    model: &Model,
    asked: &OptimizeOptions<'_>,
    mut compiled: Compiled,
    deploy: impl Fn(Compiled) -> Result<Deployed>,
) -> Result<Deployed> {
    let alone = compiled.alone.take();
    let (tried, accumulated) = (compiled.tried, compiled.accumulated);
    let mut refused = compiled.refused.clone();
    let Some(alone) = alone else {
        return deploy(compiled);
    };
    let patch = compiled.rewriting.applied.last().cloned();
    let (deployed, alone) = (deploy(compiled), deploy(*alone)?);
    let fault = deployed.as_ref().err().map(ToString::to_string);
    refused.extend(patch.zip(fault).map(|(patch, fault)| Refused {
        rule: patch.rule,
        site: patch.site,
        fault,
    }));
    let need = |deployed: &Deployed| {
        let compiled = &deployed.compiled;
        let mut need = figures(model, asked, &compiled.rewriting, &compiled.chosen.order)?;
        need.push(compiled.after.peak);
        let declared = deployed.declared.iter().map(|pair| &pair.after);
        need.extend(declared.flat_map(|after| [after.device.total, after.host.total]));
        Ok::<_, lowtide_core::error::Error>(need)
    };
    let larger = usize::from(deployed.is_ok());
    if let Ok(deployed) = deployed {
        let (new, old) = (need(&deployed)?, need(&alone)?);
        if new.iter().zip(&old).all(|(new, old)| new <= old) {
            return Ok(deployed);
        }
    }
    let compiled = Compiled {
        tried: tried.map(|tried| Tried {
            vetoed: tried.vetoed + larger,
            ..tried
        }),
        accumulated,
        refused,
        ..alone.compiled
    };
    Ok(Deployed { compiled, ..alone })
}

/// Whether something was done besides clean-up.
pub(super) fn is_taken_apart(model: &Model, rewriting: &Rewriting) -> bool {
    let rules = model.format().taking_apart();
    let mut applied = rewriting.applied.iter();
    let chosen = |name| name == SumOfMany::NAME || rules.iter().any(|rule| rule.name() == name);
    applied.any(|patch| chosen(patch.rule))
}

/// The choice among what `rules` propose, and the orders of sums of many; `None` where nothing may be rewritten.
pub(super) fn choice<'a>(
    rules: &'a [&'a dyn Rule],
    format: Format,
    weakest: Option<Exactness>,
    figures: lowtide_core::compile::Figures<'a>,
) -> Option<Choice<'a>> {
    Some(Choice {
        rules,
        addition: format.addition(),
        weakest: weakest?,
        figures: Some(figures),
    })
}
