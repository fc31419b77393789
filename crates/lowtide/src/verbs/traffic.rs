//! What orders move to and from off-chip memory.

use std::time::Duration;

use lowtide_core::compile::{OffChip, off_chip, rewritten};
use lowtide_core::limits::{Limits, Stopwatch};
use lowtide_core::memory::Target;
use lowtide_core::plan::Rewriting;
use lowtide_core::units::Bytes;

use super::{Observer, options, rules};
use crate::{Algorithm, Error, ErrorKind, Model, Result};

/// What [`traffic`] is to do.
#[derive(Clone)]
pub struct TrafficOptions<'a> {
    /// Bytes of memory on chip.
    pub on_chip: Bytes,
    /// The runtime whose peak is shown beside, and is smallest in the order `peak`.
    pub target: Target,
    /// Whether the graph is cleaned up before it is ordered; otherwise it is taken as it stands.
    pub cleanup: bool,
    /// What the searches may spend; the time is that of all together.
    pub limits: Limits,
    /// Who watches the searches for the smallest peak.
    pub observer: Option<Observer<'a>>,
}

impl TrafficOptions<'_> {
    /// With `on_chip` bytes, for TFLM, the graph as it stands, under the default limits.
    #[must_use]
    pub fn new(on_chip: Bytes) -> Self {
        Self {
            on_chip,
            target: Target::default(),
            cleanup: false,
            limits: Limits::default(),
            observer: None,
        }
    }
}

/// What came of a model and a memory.
pub struct OffChipTraffic<'m> {
    /// The model.
    pub model: &'m Model,
    /// For which runtime.
    pub target: Target,
    /// Bytes of memory on chip.
    pub on_chip: Bytes,
    /// The graph that was ordered.
    pub rewriting: Rewriting,
    /// The orders and what they move.
    pub found: OffChip,
    /// All of it.
    pub elapsed: Duration,
}

impl OffChipTraffic<'_> {
    /// The model file in the order that moves least.
    ///
    /// # Errors
    /// The format cannot hold the result.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        let best = self.found.orders.last().ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                "no order was found; please report this",
            )
        })?;
        self.model.write(&self.rewriting, &best.order)
    }
}

/// Measures what orders of `model` move to and from off-chip memory, and looks for the one that moves least.
///
/// # Errors
/// A referee's refusal, which is a bug.
pub fn traffic<'m>(model: &'m Model, asked: &TrafficOptions<'_>) -> Result<OffChipTraffic<'m>> {
    let watch = Stopwatch::start();
    let rewriting = rewritten(model.graph(), rules(asked.cleanup))?;
    let exact = Algorithm::Exact;
    let options = options(&asked.target, exact, &asked.limits, asked.observer);
    let found = off_chip(
        &rewriting.graph,
        &asked.target,
        asked.on_chip,
        &options.search,
    )?;
    Ok(OffChipTraffic {
        model,
        target: asked.target.clone(),
        on_chip: asked.on_chip,
        rewriting,
        found,
        elapsed: model.reading() + watch.elapsed(),
    })
}
