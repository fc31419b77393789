//! What is said of the bodies of If, Loop and Scan.

use lowtide_core::limits::StopReason;
use lowtide_core::plan::Proof;
use serde::Serialize;

use crate::OrderedBody;

/// `optimal`, as far as bodies that are not counted allow.
pub(in crate::report) const AS_COUNTED: &str = "optimal-as-counted";

/// The name of a proof for something inside which `uncounted` bodies are not counted. A bound holds all the same, but what is best as
/// counted need not be best.
pub(in crate::report) fn proof_name(
    proof: Option<Proof>,
    uncounted: usize,
) -> Option<&'static str> {
    proof.map(|proof| match proof {
        Proof::Optimal if uncounted > 0 => AS_COUNTED,
        proof => proof.name(),
    })
}

/// A body, ordered by itself.
#[derive(Clone, Debug, Serialize)]
pub struct BodyPart {
    /// The attribute and its node.
    pub name: String,
    /// How many operators it has; `null` where it is not understood.
    pub operators: Option<usize>,
    /// The most bytes that are live inside at once, in the order of the file; `null` where that is not counted.
    pub before_bytes: Option<u64>,
    /// The same in the order found, which is taken only if that is less.
    pub after_bytes: Option<u64>,
    /// No order of it needs less, whatever the orders inside it; `null` where nothing is counted.
    pub bound_bytes: Option<u64>,
    /// `optimal`, `optimal-as-counted` or `bounded`; `null` for heuristics, and where nothing is counted.
    pub proof: Option<&'static str>,
    /// Why the search ended without a proof.
    pub stopped_by: Option<&'static str>,
    /// Why nothing is counted, and what to do about it; else `null`.
    pub reason: Option<String>,
}

impl BodyPart {
    /// What is said of `body`.
    #[must_use]
    pub fn of(body: &OrderedBody) -> Self {
        let found = body.found.as_ref().ok();
        let proof = found.and_then(|found| found.candidate.proof);
        Self {
            name: body.title.clone(),
            operators: body.operators,
            before_bytes: found.map(|found| found.before.get()),
            after_bytes: found.map(|found| found.after.get()),
            bound_bytes: found.map(|found| found.candidate.bound.get()),
            proof: proof_name(proof, body.uncounted),
            stopped_by: proof
                .and_then(|proof| proof.stopped_by())
                .map(StopReason::name),
            reason: body.found.as_ref().err().cloned(),
        }
    }
}
