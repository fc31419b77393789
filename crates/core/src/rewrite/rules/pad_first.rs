//! Padding along other axes than those of a concatenation pads the parts: `pad(concat(x1..xn)) = concat(pad(x1)..pad(xn))`.
//! By itself it wins nothing, but it brings the concatenation to the convolution behind.

use crate::graph::{Graph, OpKind};
use crate::ids::OpId;
use crate::plan::{Exactness, Patch};
use crate::rewrite::Rule;

use super::kernel_wise::{Work, in_front, joined};

/// A padding behind a concatenation goes in front of it; no element is computed, and all come to the same places.
#[derive(Clone, Copy, Debug)]
pub struct PadFirst;

impl Rule for PadFirst {
    fn name(&self) -> &'static str {
        "pad-first"
    }

    fn propose(&self, graph: &Graph, site: OpId) -> Option<Patch> {
        let OpKind::Pad {
            amounts: Some(amounts),
        } = &graph.op(site).kind
        else {
            return None;
        };
        let joined = joined(graph, site)?;
        let untouched = amounts.get(joined.axis as usize) == Some(&(0, 0));
        let work = Work {
            rule: self.name(),
            group: 1,
            params: &[],
            exactness: Exactness::BitExact,
        };
        untouched.then(|| in_front(graph, site, &joined, &work))?
    }
}
