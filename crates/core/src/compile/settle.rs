//! The order that is kept, of those with the smallest peak.

use crate::check::check_order;
use crate::error::Result;
use crate::graph::Graph;
use crate::memory::{Instance, Profile, profile};
use crate::plan::{Order, Proof};
use crate::schedule::settle;

use super::{Candidate, Options, refused};

/// Steps that the look for fewer live byte-steps may cost: a few milliseconds.
const STEPS: u64 = 200_000;

/// Replaces an order that is proved optimal by one of the same peak with fewer live byte-steps, where one is found. The order of
/// the file stays where it is as good: a file that cannot need less is not changed.
pub(super) fn settled(
    graph: &Graph,
    options: &Options<'_>,
    chosen: &mut Candidate,
    after: &mut Profile,
) -> Result<()> {
    let is_file_order = chosen.order == Order::new(graph.file_order());
    if options.search.as_found || is_file_order || chosen.proof != Some(Proof::Optimal) {
        return Ok(());
    }
    let instance = Instance::new(graph, &options.target);
    let order = settle(&instance, &chosen.order, STEPS);
    let measured = profile(&instance, &order);
    check_order(graph, &options.target, &order, after.peak).map_err(refused)?;
    if measured.byte_steps() > after.byte_steps() {
        return Err(refused("an order came to have more live byte-steps"));
    }
    (chosen.order, *after) = (order, measured);
    Ok(())
}
