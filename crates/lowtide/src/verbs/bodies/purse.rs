//! What the search for the orders of bodies may spend.

use lowtide_core::compile::Options;
use lowtide_core::limits::Limits;
use lowtide_core::memory::Target;

use super::OrderedBody;

/// What bodies may spend.
pub(super) struct Purse {
    left: Limits,
    to_come: u32,
    spent: u64,
}

impl Purse {
    pub(super) fn new(limits: &Limits, bodies: usize) -> Self {
        Self {
            left: limits.part(2),
            to_come: bodies as u32,
            spent: 0,
        }
    }

    /// For the next body. Inside a body every target counts the same, and a gap asked for is one of the whole.
    pub(super) fn options<'a>(&self, options: &Options<'a>) -> Options<'a> {
        let mut options = Options {
            rules: &[],
            choice: None,
            deployment: None,
            target: Target::TFLM,
            ..options.clone()
        };
        options.search.limits = Limits {
            gap: 0.0,
            ..self.left.part(self.to_come)
        };
        options
    }

    pub(super) fn pay(&mut self, body: &OrderedBody) {
        let states = body
            .found
            .as_ref()
            .map_or(0, |found| found.candidate.states);
        self.left.nodes = self.left.nodes.saturating_sub(states);
        self.spent += states;
        self.to_come -= 1;
    }

    /// What is left of `limits`.
    pub(super) fn rest(self, limits: &Limits) -> Limits {
        Limits {
            nodes: limits.nodes.saturating_sub(self.spent),
            ..limits.clone()
        }
    }
}
