//! What the proofs of bodies leave open, and what follows for the graph around them.

use lowtide_core::compile::Candidate;
use lowtide_core::graph::Graph;
use lowtide_core::limits::StopReason;
use lowtide_core::memory::{Instance, Target};
use lowtide_core::plan::Proof;
use lowtide_core::schedule::Floor;
use lowtide_core::units::Bytes;

/// By how much orders may be better than those found, as far as is proved.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::verbs) struct Open {
    /// No order needs less by more than this. Zero where everything is proved.
    pub(super) gap: Bytes,
    /// Why the search ended; `None` for heuristics.
    pub(super) stopped_by: Option<StopReason>,
}

impl Open {
    /// The most that one of them leaves open.
    pub(super) fn widest(all: impl Iterator<Item = Self>) -> Self {
        let wider = |a: Self, b: Self| if b.gap > a.gap { b } else { a };
        all.fold(Self::default(), wider)
    }

    /// Whether anything is left open.
    pub(in crate::verbs) fn is_open(self) -> bool {
        self.gap > Bytes::ZERO
    }

    /// Takes back from `found`, an order of `graph`, what is proved of it only with the bodies in `graph` as they are.
    pub(in crate::verbs) fn heed(self, graph: &Graph, target: &Target, found: &mut Candidate) {
        if !self.is_open() {
            return;
        }
        let floor = Floor::of(&Instance::new(graph, target)).map(|floor| floor.bytes);
        let lower = found.bound.max(floor.unwrap_or_default());
        let lower = lower.min(found.peak).saturating_sub(self.gap);
        let own = found.proof.and_then(|proof| proof.stopped_by());
        // A gap that was asked for and reached may be exceeded now.
        let stopped_by = own
            .filter(|&own| own != StopReason::Gap)
            .or(self.stopped_by);
        let bounded = |stopped_by| Proof::Bounded {
            lower,
            upper: found.peak,
            stopped_by,
        };
        found.proof = found.proof.and(stopped_by).map(bounded);
        found.bound = lower;
    }
}
