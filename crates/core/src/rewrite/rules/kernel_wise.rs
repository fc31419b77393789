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
        match &graph.op(site).kind {
            OpKind::Channelwise {
                axis,
                group,
                params,
            } => {
                let joined = joined(graph, site).filter(|joined| joined.axis == *axis)?;
                let work = Work {
                    rule: self.name(),
                    group: u64::from(*group),
                    params,
                    exactness: Exactness::BitExact,
                };
                in_front(graph, site, &joined, &work)
            }
            _ => None,
        }
    }
}

/// What the operator reads first, if that is a concatenation.
pub(super) fn joined(graph: &Graph, site: OpId) -> Option<Joined> {
    Joined::of(graph, graph.op(site).inputs.first().copied().flatten()?)
}

/// How an operator works on the slices of its first input.
pub(super) struct Work<'a> {
    /// Who says so.
    pub(super) rule: &'static str,
    /// Slices that belong together.
    pub(super) group: u64,
    /// Inputs that are divided among the groups, and along which axis.
    pub(super) params: &'a [(u32, u32)],
    /// What becomes of outputs.
    pub(super) exactness: Exactness,
}

/// The patch that moves the operator in front of the concatenation.
pub(super) fn in_front(
    graph: &Graph,
    site: OpId,
    joined: &Joined,
    work: &Work<'_>,
) -> Option<Patch> {
    let node = graph.op(site);
    if !is_replaceable(graph, site) {
        return None;
    }
    let (group, axis) = (work.group, joined.axis);
    let groups = whole_groups(joined, group)?;
    let output = only(&node.outputs)?;
    let array = graph.tensor(output).array.as_ref()?;
    let slices = (*array.shape.get(axis as usize)?)?;
    if slices % groups != 0 {
        return None;
    }
    let mut draft = Draft::new(graph, work.rule, site, work.exactness, joined.concat);
    let mut outputs = Vec::new();
    let mut start = 0;
    for (index, &(x, extent)) in joined.parts.iter().enumerate() {
        let end = start + extent / group;
        let mut inputs = node.inputs.clone();
        inputs[0] = Some(x);
        for &(position, axis) in work.params {
            if let Some(whole) = node.inputs.get(position as usize).copied().flatten() {
                let whole = per_group(graph, whole, axis, groups)?;
                let range = (start * whole.2, end * whole.2);
                inputs[position as usize] = Some(draft.slice(whole.0, index, whole.1, range)?);
            }
        }
        let part = resized(array, axis, (end - start) * (slices / groups))?;
        let origin = TensorOrigin::Part { of: output };
        let part = draft.activation(output, index, part, origin)?;
        let op = Op {
            inputs,
            outputs: vec![part],
            ..node.clone()
        };
        draft.op(index, op, part_of(site));
        outputs.push(part);
        start = end;
    }
    draft.join(joined.concat, &outputs, output)?;
    Some(draft.finish())
}

const fn part_of(of: OpId) -> OpOrigin {
    OpOrigin::Part { of, linear: false }
}

/// How many groups of channels there are; `None` if a part ends inside of one.
fn whole_groups(joined: &Joined, group: u64) -> Option<u64> {
    let whole = |extent: u64| extent.checked_rem(group) == Some(0);
    let parts = joined.parts.iter().all(|part| whole(part.1));
    parts.then(|| joined.total / group)
}

/// A parameter, its axis, and how many slices of it belong to each group.
fn per_group(graph: &Graph, t: TensorId, axis: u32, groups: u64) -> Option<(TensorId, u32, u64)> {
    let extent = constant_extent(graph, t, axis)?;
    (extent % groups == 0).then_some((t, axis, extent / groups))
}
