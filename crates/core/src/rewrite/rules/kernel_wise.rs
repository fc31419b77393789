//! What works on channels apart can work on the parts of a concatenation: `depthwise(concat(x1..xn)) =
//! concat(depthwise(x1)..depthwise(xn))` (Ahn et al., MLSys 2020, "kernel-wise partitioning"; pooling alike).

use crate::graph::{Graph, Op, OpKind};
use crate::ids::{OpId, TensorId};
use crate::plan::{Exactness, OpOrigin, Patch, TensorOrigin};
use crate::rewrite::Rule;
use crate::rewrite::joined::{Draft, Joined, constant_extent, is_replaceable, resized};
use crate::rewrite::rule::only;

/// A channelwise operator behind a concatenation goes in front of it.
///
/// Every output element is computed from the same numbers by the same operations as before: parts and whole are stored
/// alike, and each part keeps its slices of weights, bias and their quantisation.
#[derive(Clone, Copy, Debug)]
pub struct KernelWise;

impl Rule for KernelWise {
    fn name(&self) -> &'static str {
        "kernel-wise"
    }

    fn propose(&self, graph: &Graph, site: OpId) -> Option<Patch> {
        let node = graph.op(site);
        let OpKind::Channelwise {
            axis,
            group,
            params,
        } = &node.kind
        else {
            return None;
        };
        let joined = Joined::of(graph, node.inputs.first().copied().flatten()?)?;
        let group = u64::from(*group);
        if joined.axis != *axis || group == 0 || !is_replaceable(graph, site) {
            return None;
        }
        if joined.parts.iter().any(|part| part.1 % group != 0) {
            return None;
        }
        let groups = joined.total / group;
        let output = only(&node.outputs)?;
        let array = graph.tensor(output).array.as_ref()?;
        let slices = (*array.shape.get(*axis as usize)?)?;
        if slices % groups != 0 {
            return None;
        }
        let mut draft = Draft::new(graph, self.name(), site, Exactness::BitExact, joined.concat);
        let mut outputs = Vec::new();
        let mut start = 0;
        for (index, &(x, extent)) in joined.parts.iter().enumerate() {
            let end = start + extent / group;
            let mut inputs = node.inputs.clone();
            inputs[0] = Some(x);
            for &(position, axis) in params {
                if let Some(whole) = node.inputs.get(position as usize).copied().flatten() {
                    let whole = per_group(graph, whole, axis, groups)?;
                    let range = (start * whole.2, end * whole.2);
                    inputs[position as usize] = Some(draft.slice(whole.0, index, whole.1, range)?);
                }
            }
            let part = resized(array, *axis, (end - start) * (slices / groups))?;
            let part = draft.activation(output, index, part, TensorOrigin::Part { of: output })?;
            let op = Op {
                inputs,
                outputs: vec![part],
                ..node.clone()
            };
            draft.op(
                index,
                op,
                OpOrigin::Part {
                    of: site,
                    linear: false,
                },
            );
            outputs.push(part);
            start = end;
        }
        draft.op(
            outputs.len(),
            join(graph, joined.concat, &outputs, output),
            OpOrigin::Part {
                of: joined.concat,
                linear: false,
            },
        );
        Some(draft.finish())
    }
}

/// A parameter, its axis, and how many slices of it belong to each group.
fn per_group(graph: &Graph, t: TensorId, axis: u32, groups: u64) -> Option<(TensorId, u32, u64)> {
    let extent = constant_extent(graph, t, axis)?;
    (extent % groups == 0).then_some((t, axis, extent / groups))
}

/// The concatenation again, of other tensors.
fn join(graph: &Graph, concat: OpId, parts: &[TensorId], output: TensorId) -> Op {
    Op {
        inputs: parts.iter().copied().map(Some).collect(),
        outputs: vec![output],
        ..graph.op(concat).clone()
    }
}
