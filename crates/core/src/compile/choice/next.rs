//! What could be patched next.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::ids::{Id, OpId};
use crate::memory::{Instance, live_ranges, profile};
use crate::plan::Edit;

use super::trials::{Trial, Trials, sorted};

impl Trials<'_> {
    /// Sites that could be patched after `trial` and hold memory where its peak is: their concatenation, a part of it, or what they write is live there.
    pub(super) fn at_the_peak(&self, trial: &Trial) -> Result<Vec<OpId>> {
        let Some(order) = &trial.order else {
            return Ok(Vec::new());
        };
        let rewriting = self.rewriting(&trial.sites)?;
        let graph = &rewriting.graph;
        let counted = self.counted(&rewriting)?;
        let instance = Instance::new(&counted, &self.options.target);
        let (steps, ranges) = (profile(&instance, order), live_ranges(&instance, order));
        let high: Vec<u32> = (0..)
            .zip(&steps.steps)
            .filter(|(_, live)| **live == steps.peak)
            .map(|(step, _)| step)
            .collect();
        let is_high =
            |t| ranges[t].is_some_and(|range| high.iter().any(|&step| range.contains(step)));
        let mut sites = BTreeSet::new();
        self.choice.look(&rewriting, &mut |patch, site| {
            // Ids of a first round are those of this graph; nothing is patched here.
            let joined = patch.edits.iter().filter_map(|edit| match *edit {
                Edit::RemoveIfUnread(op) if op.index() < graph.ops().len() => Some(graph.op(op)),
                _ => None,
            });
            let mut tensors = joined.flat_map(|op| op.reads().chain(op.outputs.iter().copied()));
            let mut written = graph.op(patch.site).outputs.iter().copied();
            if self.is_trusted(site) && (tensors.any(is_high) || written.any(is_high)) {
                sites.insert(site);
            }
        });
        Ok(sites.into_iter().collect())
    }

    /// Some sites, the sites at which something can be patched only after these and `base` are, and so on.
    pub(super) fn with_what_follows(&mut self, base: &[OpId], added: &[OpId]) -> Result<Vec<OpId>> {
        let before = self.possible(base)?;
        let mut all: BTreeSet<OpId> = added.iter().copied().collect();
        loop {
            let chosen: Vec<OpId> = base.iter().chain(&all).copied().collect();
            let known = all.len();
            let after = self.possible(&chosen)?;
            all.extend(after.difference(&before));
            if all.len() == known {
                return Ok(all.into_iter().collect());
            }
        }
    }

    /// Sites that could be patched after these are.
    fn possible(&mut self, allowed: &[OpId]) -> Result<BTreeSet<OpId>> {
        let allowed = sorted(allowed);
        if let Some(known) = self.possible.get(&allowed) {
            return Ok(known.clone());
        }
        let rewriting = self.applied(&allowed)?;
        let mut sites = BTreeSet::new();
        self.choice.look(&rewriting, &mut |_, site| {
            if self.is_trusted(site) {
                sites.insert(site);
            }
        });
        self.possible.insert(allowed, sites.clone());
        Ok(sites)
    }
}
