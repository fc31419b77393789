//! Slices of a concatenation are slices of its parts: `slice(concat(a, b, c)) = concat(slice(a), b)`.

use crate::graph::{Bound, Graph, Op, OpKind, Says};
use crate::ids::{OpId, TensorId};
use crate::plan::{Exactness, OpOrigin, Patch, TensorOrigin};
use crate::rewrite::Rule;
use crate::rewrite::joined::{Draft, Joined, is_replaceable, resized};
use crate::rewrite::rule::{only, same_declaration};

/// Parts that are taken whole are taken as they are, of the others the slices that are wanted; all of it only moves bytes.
#[derive(Clone, Copy, Debug)]
pub struct SliceOfConcat;

impl Rule for SliceOfConcat {
    fn name(&self) -> &'static str {
        "slice-of-concat"
    }

    fn propose(&self, graph: &Graph, site: OpId) -> Option<Patch> {
        let node = graph.op(site);
        let OpKind::Slice {
            axis, start, end, ..
        } = node.kind
        else {
            return None;
        };
        let whole = node.inputs.first().copied().flatten()?;
        let joined = Joined::of(graph, whole).filter(|joined| joined.axis == axis)?;
        let output = only(&node.outputs).filter(|_| is_replaceable(graph, site))?;
        let declared = graph.tensor(output).array.as_ref()?;
        let array = graph.tensor(whole).array.as_ref()?;
        let wanted = resized(array, axis, end.checked_sub(start)?)?;
        if end > joined.total || start == end || !same_declaration(declared, &wanted) {
            return None;
        }
        let mut draft = Draft::new(graph, self.name(), site, Exactness::BitExact, joined.concat);
        let within: Vec<(TensorId, u64, u64, u64)> = within(&joined, start, end);
        let mut pieces = Vec::new();
        for (index, &(part, extent, first, last)) in within.iter().enumerate() {
            pieces.push(match (first, last) == (0, extent) {
                true => part,
                false => {
                    let piece = match within.len() {
                        1 => output,
                        _ => {
                            let array = resized(array, axis, last - first)?;
                            let origin = TensorOrigin::Part { of: output };
                            draft.activation(output, index, array, origin)?
                        }
                    };
                    sliced(
                        &mut draft,
                        graph,
                        site,
                        [part, piece],
                        (first, last),
                        (index, extent),
                    )?;
                    piece
                }
            });
        }
        if pieces != [output] {
            draft.join(joined.concat, &pieces, output)?;
        }
        Some(draft.finish())
    }
}

/// The parts in which slices `start` to `end` lie, the slices that each has, and which of them are meant.
fn within(joined: &Joined, start: u64, end: u64) -> Vec<(TensorId, u64, u64, u64)> {
    let mut before = 0;
    let mut found = Vec::new();
    for &(part, extent) in &joined.parts {
        let first = start.max(before) - before;
        let last = end.min(before + extent).saturating_sub(before);
        if first < last {
            found.push((part, extent, first, last));
        }
        before += extent;
    }
    found
}

/// Adds the operator that takes slices `first` to `last` of a part.
fn sliced(
    draft: &mut Draft<'_>,
    graph: &Graph,
    site: OpId,
    [part, piece]: [TensorId; 2],
    (first, last): (u64, u64),
    (index, extent): (usize, u64),
) -> Option<()> {
    let node = graph.op(site);
    let OpKind::Slice { axis, bounds, .. } = &node.kind else {
        return None;
    };
    let says = |what: &[Says]| bounds.iter().any(|bound| what.contains(&bound.says));
    let from_the_start = first == 0 || says(&[Says::Start]);
    let to_the_end = last == extent || says(&[Says::End, Says::Length]);
    if !from_the_start || !to_the_end {
        return None;
    }
    let mut inputs = node.inputs.clone();
    inputs[0] = Some(part);
    for &Bound { says, input, at } in bounds {
        let list = node.inputs.get(input as usize).copied().flatten()?;
        let place = inputs.get_mut(input as usize)?;
        // Two numbers of one list would be two changes of it.
        if *place != Some(list) {
            return None;
        }
        let value = says.of(first, last);
        *place = Some(draft.entry(list, index, at, value)?);
    }
    let op = Op {
        kind: OpKind::Slice {
            axis: *axis,
            start: first,
            end: last,
            bounds: bounds.clone(),
        },
        inputs,
        outputs: vec![piece],
        ..node.clone()
    };
    let origin = OpOrigin::Part {
        of: site,
        linear: false,
    };
    draft.op(index, op, origin);
    Some(())
}
