//! A concatenation puts together what a split took apart: `concat(a, split(x).., b) = concat(a, x, b)`.

use crate::graph::Graph;
use crate::ids::{OpId, TensorId};
use crate::plan::{Exactness, Patch};
use crate::rewrite::Rule;
use crate::rewrite::joined::{Draft, Joined, is_replaceable, resized, split_along};
use crate::rewrite::rule::{only, same_declaration};

/// All pieces of a split, side by side and in their order, are what was split; both operators only move bytes.
#[derive(Clone, Copy, Debug)]
pub struct ConcatOfSplit;

impl Rule for ConcatOfSplit {
    fn name(&self) -> &'static str {
        "concat-of-split"
    }

    fn propose(&self, graph: &Graph, site: OpId) -> Option<Patch> {
        let output = only(&graph.op(site).outputs)?;
        let joined = Joined::of(graph, output).filter(|_| is_replaceable(graph, site))?;
        let inputs: Vec<TensorId> = joined.parts.iter().map(|part| part.0).collect();
        let mut draft = Draft::new(graph, self.name(), site, Exactness::BitExact, site);
        let (mut parts, mut at, mut found) = (Vec::new(), 0, false);
        while let Some(&input) = inputs.get(at) {
            match pieces(graph, &joined, &inputs[at..]) {
                Some((split, whole, count)) => {
                    draft.drop_if_unread(split);
                    parts.push(whole);
                    at += count;
                    found = true;
                }
                None => {
                    parts.push(input);
                    at += 1;
                }
            }
        }
        if !found {
            return None;
        }
        draft.join(site, &parts, output)?;
        Some(draft.finish())
    }
}

/// The split whose pieces `inputs` begin with, what it splits, and into how many.
fn pieces(graph: &Graph, joined: &Joined, inputs: &[TensorId]) -> Option<(OpId, TensorId, usize)> {
    let split = graph.topology().producer(*inputs.first()?)?;
    let node = graph.op(split);
    let (axis, whole) = split_along(graph, split)?;
    let array = graph.tensor(whole).array.as_ref()?;
    let extent = (*array.shape.get(axis as usize)?)?;
    let piece = graph.tensor(inputs[0]).array.as_ref()?;
    let alike = same_declaration(array, &resized(piece, axis, extent)?);
    let all = inputs.starts_with(&node.outputs) && node.outputs.len() > 1;
    (all && alike && axis == joined.axis).then_some((split, whole, node.outputs.len()))
}
