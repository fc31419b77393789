//! What sums over the channels of a concatenation is a sum over its parts: `conv(concat(x1..xn)) = conv(x1) + .. +
//! conv(xn)` with the weights cut along the input channels (Ahn et al., MLSys 2020, "channel-wise partitioning").

use crate::graph::{ArrayType, DType, Graph, Op, OpKind};
use crate::ids::{OpId, TensorId};
use crate::plan::{Exactness, OpOrigin, Patch, TensorOrigin};
use crate::rewrite::Rule;
use crate::rewrite::joined::{Draft, Joined, constant_extent, is_replaceable};
use crate::rewrite::rule::only;

/// A convolution or dense layer behind a concatenation becomes a chain of sums of partial ones.
///
/// The bias goes with the first part, the activation with the last sum. Floats are added in another order. Quantised
/// partial sums are rounded before they are added, and so differ.
#[derive(Clone, Copy, Debug)]
pub struct ChannelWise {
    /// What the format calls its elementwise sum.
    pub sum: &'static str,
    /// Operators that runtimes refuse without a bias: where the source has one, the parts that do not take it get zeros.
    pub biased: &'static [&'static str],
}

impl Rule for ChannelWise {
    fn name(&self) -> &'static str {
        "channel-wise"
    }

    fn propose(&self, graph: &Graph, site: OpId) -> Option<Patch> {
        let node = graph.op(site);
        let OpKind::Contract {
            data_axis,
            weight_axis,
            activation,
        } = node.kind
        else {
            return None;
        };
        let (&data, &weights) = (node.inputs.first()?, node.inputs.get(1)?);
        let (joined, weights) = (Joined::of(graph, data?)?, weights?);
        let cut = constant_extent(graph, weights, weight_axis)? == joined.total;
        if joined.axis != data_axis || !cut || node.inputs.len() > 3 || !is_replaceable(graph, site)
        {
            return None;
        }
        let output = only(&node.outputs)?;
        let whole = graph.tensor(output).array.as_ref()?;
        let exactness =
            exactness([data?, weights, output].map(|t| graph.tensor(t).array.as_ref()))?;
        let partial = ArrayType {
            quantization: None,
            ..whole.clone()
        };
        let mut sum = Sum {
            draft: Draft::new(graph, self.name(), site, exactness, joined.concat),
            label: self.sum,
            site,
            output,
            partial,
        };
        let bias = node.inputs.get(2).copied().flatten();
        if bias.is_some_and(|bias| constant_extent(graph, bias, 0).is_none()) {
            return None;
        }
        let needed = bias.filter(|_| self.biased.contains(&node.label.as_str()));
        let zeros = needed.map(|bias| sum.draft.zeros(bias));
        let (mut total, mut start) = (None, 0);
        for (index, &(x, extent)) in joined.parts.iter().enumerate() {
            let range = (start, start + extent);
            let slice = sum.draft.slice(weights, index, weight_axis, range)?;
            let mut inputs = vec![Some(x), Some(slice)];
            let bias = if index == 0 { bias } else { zeros };
            inputs.extend(bias.map(Some));
            let part = sum.part(index, node, inputs)?;
            let last = index + 1 == joined.parts.len();
            total = Some(match total {
                None => part,
                Some(before) => sum.add(index, [before, part], last.then_some(activation))?,
            });
            start += extent;
        }
        Some(sum.draft.finish())
    }
}

/// Floats that are summed in one precision, or integers that stand for real numbers; nothing in between.
fn exactness(arrays: [Option<&ArrayType>; 3]) -> Option<Exactness> {
    let [data, weights, output] = arrays;
    let (data, weights, output) = (data?, weights?, output?);
    let quantized = |array: &ArrayType| array.quantization.is_some();
    match data.dtype {
        DType::F32 | DType::F64 if weights.dtype == data.dtype && output.dtype == data.dtype => {
            Some(Exactness::Rounding)
        }
        DType::I8 | DType::U8
            if weights.dtype == data.dtype
                && output.dtype == data.dtype
                && [data, weights, output].into_iter().all(quantized) =>
        {
            Some(Exactness::Approximate)
        }
        _ => None,
    }
}

/// A sum under construction.
struct Sum<'g> {
    draft: Draft<'g>,
    label: &'static str,
    site: OpId,
    output: TensorId,
    partial: ArrayType,
}

impl Sum<'_> {
    /// An incomplete sum.
    fn value(&mut self, index: usize) -> Option<TensorId> {
        let origin = TensorOrigin::Partial { of: self.output };
        self.draft
            .activation(self.output, index, self.partial.clone(), origin)
    }

    /// The operator on one part.
    fn part(&mut self, index: usize, node: &Op, inputs: Vec<Option<TensorId>>) -> Option<TensorId> {
        let OpKind::Contract {
            data_axis,
            weight_axis,
            ..
        } = node.kind
        else {
            return None;
        };
        let value = self.value(2 * index)?;
        let kind = OpKind::Contract {
            data_axis,
            weight_axis,
            activation: false,
        };
        let op = Op {
            kind,
            inputs,
            outputs: vec![value],
            ..node.clone()
        };
        let origin = OpOrigin::Part {
            of: self.site,
            linear: true,
        };
        self.draft.op(2 * index, op, origin);
        Some(value)
    }

    /// The sum of two; with the activation of the whole, which is the output, if it is the last.
    fn add(&mut self, index: usize, terms: [TensorId; 2], last: Option<bool>) -> Option<TensorId> {
        let value = match last {
            Some(_) => self.output,
            None => self.value(2 * index + 1)?,
        };
        let activation = last.unwrap_or(false);
        let op = Op {
            name: self.draft.name(self.site),
            label: self.label.into(),
            kind: OpKind::Add { activation },
            inputs: terms.map(Some).to_vec(),
            outputs: vec![value],
            has_effects: false,
        };
        let origin = OpOrigin::Sum {
            of: self.site,
            activation,
        };
        self.draft.op(2 * index + 1, op, origin);
        Some(value)
    }
}
