//! What works on each element apart can work on the parts of a concatenation: `relu(concat(x1..xn)) = concat(relu(x1)..relu(xn))`.
//! By itself it wins little, but it brings the concatenation to the convolution behind (DARTS, NASNet).

use crate::graph::{Graph, OpKind};
use crate::ids::OpId;
use crate::plan::{Exactness, Patch};
use crate::rewrite::Rule;
use crate::rewrite::rule::only;

use super::kernel_wise::{Work, in_front, joined};

/// An elementwise operator of one input, or a requantisation, behind a concatenation goes in front of it.
///
/// Integers stay what they are to the bit. Of floats the numbers computed are the same, but kernels of transcendental functions may take the
/// last elements of a tensor on another path than the rest, and round them otherwise.
#[derive(Clone, Copy, Debug)]
pub struct ElementwiseFirst;

impl Rule for ElementwiseFirst {
    fn name(&self) -> &'static str {
        "elementwise-first"
    }

    fn propose(&self, graph: &Graph, site: OpId) -> Option<Patch> {
        let node = graph.op(site);
        if !matches!(node.kind, OpKind::Elementwise | OpKind::Requantize) {
            return None;
        }
        let array = |t| graph.tensor(t).array.as_ref();
        let (from, to) = (array(only(&node.inputs)??)?, array(only(&node.outputs)?)?);
        let exactness = match from.dtype.is_float() || to.dtype.is_float() {
            true => Exactness::Rounding,
            false => Exactness::BitExact,
        };
        let work = Work {
            rule: self.name(),
            group: 1,
            params: &[],
            exactness,
        };
        let joined = joined(graph, site).filter(|_| from.same_static_shape(to))?;
        in_front(graph, site, &joined, &work)
    }
}
