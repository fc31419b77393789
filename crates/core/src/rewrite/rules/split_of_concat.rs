//! A split takes a concatenation apart again: `split(concat(a, b, c)) = a, concat(b, c)`, where it cuts between parts.

use crate::graph::Graph;
use crate::ids::{OpId, TensorId};
use crate::plan::{Exactness, Patch};
use crate::rewrite::Rule;
use crate::rewrite::joined::{Draft, Joined, is_free, resized, split_along};
use crate::rewrite::rule::same_declaration;

/// Each piece becomes the part it is, or the concatenation of the parts it consists of; both only move bytes.
///
/// A cut through a part is left alone: neither format has a split that could make such a piece without the others.
#[derive(Clone, Copy, Debug)]
pub struct SplitOfConcat;

impl Rule for SplitOfConcat {
    fn name(&self) -> &'static str {
        "split-of-concat"
    }

    fn propose(&self, graph: &Graph, site: OpId) -> Option<Patch> {
        let node = graph.op(site);
        let (axis, whole) = split_along(graph, site)?;
        let joined = Joined::of(graph, whole).filter(|joined| joined.axis == axis)?;
        let array = graph.tensor(whole).array.as_ref()?;
        if !is_free(graph, site) {
            return None;
        }
        let mut draft = Draft::new(graph, self.name(), site, Exactness::BitExact, joined.concat);
        let mut parts = joined.parts.iter();
        for &output in &node.outputs {
            let piece = graph.tensor(output).array.as_ref()?;
            let extent = (*piece.shape.get(axis as usize)?)?;
            if !same_declaration(piece, &resized(array, axis, extent)?) {
                return None;
            }
            let (mut taken, mut run) = (0, Vec::<TensorId>::new());
            while taken < extent {
                let &(part, slices) = parts.next()?;
                taken += slices;
                run.push(part);
            }
            if taken != extent || run.is_empty() {
                return None;
            }
            draft.join(joined.concat, &run, output)?;
        }
        parts.next().is_none().then(|| draft.finish())
    }
}
