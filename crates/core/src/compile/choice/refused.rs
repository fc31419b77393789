//! What a referee refuses: such a choice is dropped and the others go on, as a fault of one rule at one place says nothing of the rest.

use crate::compile::checked;
use crate::error::{Error, Result};
use crate::ids::OpId;
use crate::plan::{Patch, Rewriting};

use super::trials::{Trial, Trials};

/// A patch that a referee refused. It is in no result, and a bug of lowtide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The rule that proposed it; of several at one operator the last.
    pub rule: &'static str,
    /// The operator of the source at which it was tried.
    pub site: OpId,
    /// What the referee said.
    pub fault: String,
}

impl Refused {
    /// Adds those that are new.
    pub(super) fn merge(all: &mut Vec<Self>, more: Vec<Self>) {
        for one in more {
            let same = |known: &Self| (known.rule, known.site) == (one.rule, one.site);
            if !all.iter().any(same) {
                all.push(one);
            }
        }
    }
}

impl Trials<'_> {
    /// The graph patched wherever a rule applies at one of `allowed`. Where that fails, without the sites that are to blame.
    ///
    /// # Errors
    /// A failure that no site can be blamed for.
    pub(super) fn applied(&mut self, allowed: &[OpId]) -> Result<Rewriting> {
        loop {
            match self.rewriting(allowed) {
                Ok(rewriting) => return Ok(rewriting),
                Err(error) => self.blame(allowed, error)?,
            }
        }
    }

    /// The same, and refereed.
    ///
    /// # Errors
    /// A refusal that no site can be blamed for.
    pub(super) fn sound(&mut self, allowed: &[OpId]) -> Result<Rewriting> {
        loop {
            match self.refereed(allowed) {
                Ok(rewriting) => return Ok(rewriting),
                Err(error) => self.blame(allowed, error)?,
            }
        }
    }

    /// The graph patched wherever a rule applies at one of `allowed`, if its referee agrees.
    ///
    /// # Errors
    /// The referee's refusal.
    pub(super) fn refereed(&self, allowed: &[OpId]) -> Result<Rewriting> {
        checked(self.source, self.rewriting(allowed)?)
    }

    /// Finds a site of a faulty choice that is at fault by itself, or else the one that completes it, and does without it from then on.
    ///
    /// # Errors
    /// `error`, if there is none.
    pub(super) fn blame(&mut self, choice: &[OpId], error: Error) -> Result<()> {
        let is_trusted = |op: &OpId| self.is_trusted(*op);
        let sites: Vec<OpId> = choice.iter().copied().filter(is_trusted).collect();
        let alone = sites.iter().map(std::slice::from_ref);
        let together = (1..=sites.len()).map(|count| &sites[..count]);
        let mut faulty = alone.chain(together).filter_map(|sites| {
            let fault = self.refereed(sites).err()?;
            Some((sites, fault))
        });
        let (sites, fault) = faulty.next().ok_or(error)?;
        let sites = sites.to_vec();
        drop(faulty);
        self.refuse(&sites, &fault);
        Ok(())
    }

    /// Remembers what was said of a choice, and does without the last of its sites from then on.
    pub(super) fn refuse(&mut self, choice: &[OpId], error: &Error) {
        let Some(&site) = choice.last() else {
            return;
        };
        let rule = self.rule_at(site, choice).unwrap_or("unknown");
        let fault = error.to_string();
        self.refused.push(Refused { rule, site, fault });
        // What was found with it is not worth anything.
        self.patched.clear();
        self.possible.clear();
        self.known.retain(|sites, _| !sites.contains(&site));
        let sound = self.known.values().filter(|trial| trial.order.is_some());
        self.best = sound.map(Trial::rank).min().unwrap_or(self.alone.rank());
    }

    /// The last rule that patches at `site`, where all of `choice` may be patched.
    fn rule_at(&self, site: OpId, choice: &[OpId]) -> Option<&'static str> {
        let mut rule = None;
        let accept = &mut |patch: &Patch, at| {
            if at == site && choice.contains(&at) {
                rule = Some(patch.rule);
            }
            choice.contains(&at)
        };
        // It may fail, and has asked the rules by then.
        let _ = self.choice.patched(self.base, accept);
        rule
    }

    /// Whether no patch there was refused.
    pub(super) fn is_trusted(&self, site: OpId) -> bool {
        self.refused.iter().all(|refused| refused.site != site)
    }
}
