//! What works on each element apart can work on the parts of a concatenation: `relu(concat(x1..xn)) = concat(relu(x1)..relu(xn))`,
//! `concat(x1..xn) + concat(y1..yn) = concat(x1 + y1..xn + yn)`. By itself it wins little, but it brings the concatenation to the
//! convolution behind (DARTS, NASNet).

use crate::graph::{Graph, Op, OpKind};
use crate::ids::{OpId, TensorId};
use crate::plan::{Exactness, OpOrigin, Patch, TensorOrigin};
use crate::rewrite::Rule;
use crate::rewrite::joined::{Draft, Joined, constant_extent, is_replaceable, resized};
use crate::rewrite::rule::only;

/// An elementwise operator, or a requantisation, behind a concatenation goes in front of it.
///
/// Other inputs are cut alike: concatenations with the same cuts give their parts, constants their slices, and what is repeated
/// along the axis stays whole. Integers stay what they are to the bit. Of floats the numbers computed are the same, but kernels of transcendental
/// functions may take the last elements of a tensor on another path than the rest, and round them otherwise.
#[derive(Clone, Copy, Debug)]
pub struct ElementwiseFirst;

impl Rule for ElementwiseFirst {
    fn name(&self) -> &'static str {
        "elementwise-first"
    }

    fn propose(&self, graph: &Graph, site: OpId) -> Option<Patch> {
        let node = graph.op(site);
        if !(node.kind.is_elementwise() || node.kind == OpKind::Requantize)
            || !is_replaceable(graph, site)
        {
            return None;
        }
        let output = only(&node.outputs)?;
        let array = graph.tensor(output).array.as_ref()?;
        let reads: Vec<&_> = node
            .reads()
            .map(|t| graph.tensor(t).array.as_ref())
            .collect::<Option<_>>()?;
        let floats = array.dtype.is_float() || reads.iter().any(|array| array.dtype.is_float());
        let exactness = match floats {
            true => Exactness::Rounding,
            false => Exactness::BitExact,
        };
        let lead = node.reads().find_map(|t| {
            let whole = graph.tensor(t).array.as_ref()?.same_static_shape(array);
            Joined::of(graph, t).filter(|_| whole)
        })?;
        let mut draft = Draft::new(graph, self.name(), site, exactness, lead.concat);
        let mut operands = Vec::new();
        for &input in &node.inputs {
            operands.push(match input {
                Some(t) => Operand::of(graph, site, &lead, t)?,
                None => Operand::Whole(None),
            });
        }
        let mut outputs = Vec::new();
        let mut start = 0;
        for (index, &(_, extent)) in lead.parts.iter().enumerate() {
            let range = (start, start + extent);
            let inputs = operands
                .iter()
                .map(|operand| operand.part(&mut draft, index, range))
                .collect::<Option<_>>()?;
            let array = resized(array, lead.axis, extent)?;
            let part = draft.activation(output, index, array, TensorOrigin::Part { of: output })?;
            let op = Op {
                inputs,
                outputs: vec![part],
                ..node.clone()
            };
            let linear = false;
            draft.op(index, op, OpOrigin::Part { of: site, linear });
            outputs.push(part);
            start += extent;
        }
        draft.join(lead.concat, &outputs, output)?;
        for operand in &operands {
            if let Operand::Parts(joined) = operand {
                draft.drop_if_unread(joined.concat);
            }
        }
        Some(draft.finish())
    }
}

/// How an input is divided among the parts.
enum Operand {
    /// Not at all: absent, or repeated along the axis.
    Whole(Option<TensorId>),
    /// By its own parts.
    Parts(Joined),
    /// By slices of a constant along an axis.
    Cut(TensorId, u32),
}

impl Operand {
    /// `None` if it cannot be divided as `lead` is.
    fn of(graph: &Graph, site: OpId, lead: &Joined, t: TensorId) -> Option<Self> {
        let node = graph.op(site);
        let array = graph.tensor(t).array.as_ref()?;
        let rank = graph
            .tensor(only(&node.outputs)?)
            .array
            .as_ref()?
            .shape
            .len();
        if array.elements()? == 1 {
            return Some(Self::Whole(Some(t)));
        }
        // Axes are matched from the last one on; parameters of a requantisation are not, and lie along an axis that it names.
        let axis = (lead.axis as usize + array.shape.len()).checked_sub(rank);
        let extent = axis.and_then(|axis| array.shape.get(axis).copied().flatten());
        match (axis, extent) {
            (None, _) | (_, Some(1)) if node.kind.is_elementwise() => Some(Self::Whole(Some(t))),
            (Some(axis), Some(extent)) if extent == lead.total => {
                let axis = u32::try_from(axis).ok()?;
                let cuts =
                    |joined: &Joined| joined.parts.iter().map(|part| part.1).collect::<Vec<_>>();
                let alike = |joined: &Joined| joined.axis == axis && cuts(joined) == cuts(lead);
                if let Some(joined) = Joined::of(graph, t).filter(alike) {
                    return Some(Self::Parts(joined));
                }
                let cut =
                    node.kind.is_elementwise() && constant_extent(graph, t, axis) == Some(extent);
                cut.then_some(Self::Cut(t, axis))
            }
            _ => None,
        }
    }

    /// What the operator on part `index`, slices `range`, reads of it.
    fn part(
        &self,
        draft: &mut Draft<'_>,
        index: usize,
        range: (u64, u64),
    ) -> Option<Option<TensorId>> {
        match self {
            Self::Whole(t) => Some(*t),
            Self::Parts(joined) => Some(Some(joined.parts.get(index)?.0)),
            Self::Cut(t, axis) => Some(Some(draft.slice(*t, index, *axis, range)?)),
        }
    }
}
