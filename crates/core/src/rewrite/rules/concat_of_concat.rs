//! A concatenation of concatenations along one axis is one: `concat(a, concat(b, c)) = concat(a, b, c)`.

use crate::graph::Graph;
use crate::ids::{OpId, TensorId};
use crate::plan::{Exactness, Patch};
use crate::rewrite::Rule;
use crate::rewrite::joined::{Draft, Joined, is_replaceable};
use crate::rewrite::rule::only;

/// The parts of an inner concatenation become parts of the outer one, which copies the same bytes to the same places.
///
/// Where nobody else reads what the inner one writes, no order gets worse: until the outer one runs, the parts take the bytes that
/// their copy took. Where somebody does, the parts are held longer, and the choice of sites decides.
#[derive(Clone, Copy, Debug)]
pub struct ConcatOfConcat {
    /// How many inputs a runtime's kernel takes; concatenations do not grow beyond that.
    pub most: usize,
}

impl Rule for ConcatOfConcat {
    fn name(&self) -> &'static str {
        "concat-of-concat"
    }

    fn propose(&self, graph: &Graph, site: OpId) -> Option<Patch> {
        let output = only(&graph.op(site).outputs)?;
        let outer = Joined::of(graph, output).filter(|_| is_replaceable(graph, site))?;
        let mut draft = Draft::new(graph, self.name(), site, Exactness::BitExact, site);
        let (mut parts, mut inner_ones) = (Vec::new(), 0);
        for &(part, _) in &outer.parts {
            let inner = Joined::of(graph, part).filter(|inner| inner.axis == outer.axis);
            match inner {
                Some(inner) => {
                    draft.drop_if_unread(inner.concat);
                    inner_ones += 1;
                    parts.extend(inner.parts.iter().map(|part| part.0));
                }
                None => parts.push(part),
            }
        }
        let parts: &[TensorId] = &parts;
        if inner_ones == 0 || parts.len() > self.most {
            return None;
        }
        draft.join(site, parts, output)?;
        Some(draft.finish())
    }
}
