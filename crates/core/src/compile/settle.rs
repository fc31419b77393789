//! The order that is kept, of those with the smallest peak.

use crate::error::Result;
use crate::graph::Graph;
use crate::memory::{Instance, Profile};
use crate::plan::{Order, Proof};
use crate::schedule::settle;

use super::constants::next_to_readers;
use super::{Candidate, Options, refereed};

/// Steps that the look for fewer live byte-steps may cost: a few milliseconds.
const STEPS: u64 = 200_000;

/// Replaces an order that is proved optimal by one of the same peak with fewer live byte-steps, where one is found. The order of
/// the file stays where it is as good: a file that cannot need less is not changed.
pub(super) fn settled(
    graph: &Graph,
    options: &Options<'_>,
    chosen: Candidate,
    after: Profile,
) -> Result<(Candidate, Profile)> {
    let is_optimal = chosen.proof == Some(Proof::Optimal);
    let found = is_optimal.then(|| neighbour(graph, options, &chosen.order));
    let Some(order) = found.flatten() else {
        return Ok((chosen, after));
    };
    let candidate = Candidate {
        order,
        ..chosen.clone()
    };
    let (moved, settled) = refereed(graph, &options.target, candidate)?;
    // The steps of operators that compute constants were not where they are now when the byte-steps were compared.
    Ok(match settled.byte_steps() <= after.byte_steps() {
        true => (moved, settled),
        false => (chosen, after),
    })
}

/// An order of at most the peak of `order` and no more live byte-steps; none where it is to stay as it is.
pub(super) fn neighbour(graph: &Graph, options: &Options<'_>, order: &Order) -> Option<Order> {
    let stays = options.search.as_found || *order == Order::new(graph.file_order());
    let instance = Instance::new(graph, &options.target);
    (!stays).then(|| next_to_readers(graph, settle(&instance, order, STEPS)))
}
