//! Whether a choice is better than the best order alone in everything that counts.

use crate::compile::{Compiled, Start};
use crate::error::{Error, Result};
use crate::ids::OpId;
use crate::units::Bytes;

use super::{Choice, Refused, Settled};

/// Compares choices with the graph without any patch, both carried out to the end.
pub(super) struct Judge<'a> {
    pub(super) start: &'a Start<'a>,
    pub(super) choice: &'a Choice<'a>,
    alone: &'a Compiled,
    /// The figures of that, once they are asked for.
    limits: Option<Vec<Bytes>>,
    /// Choices with a lower peak that would have made another figure larger.
    pub(super) vetoed: usize,
    /// What a referee refused.
    pub(super) refused: Vec<Refused>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(start: &'a Start<'a>, choice: &'a Choice<'a>, alone: &'a Compiled) -> Self {
        Self {
            start,
            choice,
            alone,
            limits: None,
            vetoed: 0,
            refused: Vec::new(),
        }
    }

    /// What comes of `settled` in the end, if its peak is lower than `peak` and no figure larger than without any patch.
    ///
    /// # Errors
    /// A referee's refusal, or that of the caller's figures.
    pub(super) fn better(&mut self, settled: &Settled, peak: Bytes) -> Result<Option<Compiled>> {
        let compiled = self.start.finished(settled.clone())?;
        let is_patched = compiled.rewriting.applied.len() == settled.0.applied.len();
        if compiled.after.peak >= peak || !is_patched {
            return Ok(None);
        }
        if self.limits.is_none() {
            self.limits = Some(self.figures(self.alone)?);
        }
        let figures = self.figures(&compiled)?;
        let mut pairs = figures.iter().zip(self.limits.iter().flatten());
        if pairs.all(|(new, old)| new <= old) {
            return Ok(Some(compiled));
        }
        self.vetoed += 1;
        Ok(None)
    }

    /// What else must not grow, of a graph and its order.
    fn figures(&self, compiled: &Compiled) -> Result<Vec<Bytes>> {
        match self.choice.figures {
            Some(figures) => figures(&compiled.rewriting, &compiled.chosen.order),
            None => Ok(Vec::new()),
        }
    }

    /// Remembers what was said of a patch.
    pub(super) fn refuse(&mut self, rule: &'static str, site: OpId, error: &Error) {
        let fault = error.to_string();
        Refused::merge(&mut self.refused, vec![Refused { rule, site, fault }]);
    }
}
