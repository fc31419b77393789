//! When LiteRT's kernels treat the parts of an operator as they treat the whole.
//!
//! LiteRT has three libraries of kernels, and the caller chooses: XNNPACK (the default), its own optimised ones (for what XNNPACK does not take, or
//! without it), and the reference. A promise has to hold in all of them. Read from `tensorflow/lite/kernels` and measured
//! (`tests/runtimes/rewriting/one_site/test_sites.py`):
//!
//! - Reference kernels are loops that treat all elements alike. So are XNNPACK's: the rest of a vector loop is computed by the same
//!   instructions, masked. A depthwise convolution of one channel is another kernel there, and a scale outside of `[2^-32, 256)`
//!   is refused, in the whole for one channel alone.
//! - Optimised kernels compute blocks by vector instructions and what is left of them by plain ones, which round differently at halves: in a depthwise
//!   convolution blocks of 8 channels of int8 (`optimized_ops::Quantize`), of 16 of uint8; elsewhere blocks of up to 32 elements.
//!   On ARM there are more for 3x3 filters, for multiples of 8 channels (`Fast3x3FilterKernelSupported`), and for one channel (`CategorizeDotProductKernel`).
//! - `MEAN` and `SUM` divide by a reciprocal in all but the last 8 channels (`MeanImpl`).
//! - Floats may be multiplied and added in one instruction or in two.

use lowtide_core::graph::{ArrayType, DType, Graph, Op, OpKind};
use lowtide_core::ids::{Id, TensorId};
use lowtide_core::plan::{Exactness, OpOrigin, Patch};

/// Elements of which no vector loop leaves a rest: twice the longest.
const BLOCK: u64 = 64;
/// Channels of int8 that a depthwise convolution computes at a time, and of uint8.
const CHANNELS: (u64, u64) = (8, 16);
/// What numbers do not change their value in.
const MOVES: &[&str] = &["RESIZE_NEAREST_NEIGHBOR", "STRIDED_SLICE", "SLICE"];
/// Integers that are chosen, or computed by integer instructions that are the same in each loop, or looked up in a table.
const ALIKE: &[&str] = &[
    "MAX_POOL_2D",
    "REDUCE_MAX",
    "REDUCE_MIN",
    "MAXIMUM",
    "MINIMUM",
    "RELU",
    "RELU6",
    "RELU_N1_TO_1",
    "RELU_0_TO_1",
];
/// The same of int8 alone.
const ALIKE_IN_INT8: &[&str] = &[
    "AVERAGE_POOL_2D",
    "RESIZE_BILINEAR",
    "PRELU",
    "LEAKY_RELU",
    "LOGISTIC",
    "TANH",
];

/// What of `patch`, made for `graph`, LiteRT's kernels keep, whichever run.
#[must_use]
pub fn exactness(graph: &Graph, patch: &Patch) -> Exactness {
    let site = graph.op(patch.site);
    let computes = matches!(
        site.kind,
        OpKind::Channelwise { .. } | OpKind::Elementwise | OpKind::Add { .. } | OpKind::Requantize
    );
    let label = site.label.as_str();
    if !computes || MOVES.contains(&label) {
        return Exactness::BitExact;
    }
    let view = View { graph, patch };
    let arrays: Option<Vec<&ArrayType>> = site
        .reads()
        .chain(site.outputs.iter().copied())
        .map(|t| view.array(t))
        .collect();
    let Some(arrays) = arrays else {
        return Exactness::Approximate;
    };
    let (data, result) = (arrays.first().map(|array| array.dtype), arrays.last());
    let result = result.map(|array| array.dtype);
    if result.is_none_or(DType::is_float) {
        return Exactness::Rounding;
    }
    let kept = match data {
        Some(_) if arrays.iter().all(|array| array.quantization.is_none()) => true,
        _ if ALIKE.contains(&label) => true,
        Some(DType::I8) if ALIKE_IN_INT8.contains(&label) => true,
        _ if label == "DEPTHWISE_CONV_2D" => view.depthwise(site) == Some(true),
        _ => {
            (site.kind.is_elementwise() || site.kind == OpKind::Requantize)
                && view.in_blocks(site) == Some(true)
        }
    };
    match kept {
        true => Exactness::BitExact,
        false => Exactness::Approximate,
    }
}

/// A patch and the graph that it was made for.
struct View<'a> {
    graph: &'a Graph,
    patch: &'a Patch,
}

impl<'a> View<'a> {
    /// Of a tensor of the graph or of the patch.
    fn array(&self, t: TensorId) -> Option<&'a ArrayType> {
        let known = self.graph.tensors().len();
        match t.index().checked_sub(known) {
            None => self.graph.tensor(t).array.as_ref(),
            Some(new) => self.patch.tensors.get(new)?.0.array.as_ref(),
        }
    }

    /// The operators that do the site's work on parts.
    fn parts(&self) -> impl Iterator<Item = &'a Op> + use<'a> {
        let site = self.patch.site;
        let is_part =
            move |origin: &OpOrigin| matches!(*origin, OpOrigin::Part { of, .. } if of == site);
        self.patch
            .ops
            .iter()
            .filter(move |(_, origin)| is_part(origin))
            .map(|(op, _)| op)
    }

    /// Slices of the last axis.
    fn channels(&self, t: TensorId) -> Option<u64> {
        *self.array(t)?.shape.last()?
    }

    /// Whether each channel of a depthwise convolution is computed by the same kernel in whole and part, in a block or not.
    fn depthwise(&self, whole: &Op) -> Option<bool> {
        let data = self.array(whole.inputs.first().copied()??)?;
        let block = match data.dtype {
            // One kernel.
            DType::I16 => return Some(true),
            DType::I8 => CHANNELS.0,
            DType::U8 => CHANNELS.1,
            _ => return Some(false),
        };
        let filter = self.array(whole.inputs.get(1).copied()??)?;
        let small = filter.shape.get(1..3)? == [Some(3), Some(3)];
        let parts: Vec<&Op> = self.parts().collect();
        let last = parts.len().checked_sub(1)?;
        for (index, part) in parts.iter().enumerate() {
            let reads = self.channels(part.inputs.first().copied()??)?;
            let writes = self.channels(*part.outputs.first()?)?;
            // What the last part leaves over is what the whole leaves over, where the parts before it leave nothing.
            let whole_blocks = writes % block == 0;
            let left_over = index == last && data.dtype == DType::I8 && !small;
            if reads < 2 || !(whole_blocks || left_over) || (small && reads % block != 0) {
                return Some(false);
            }
        }
        Some(scales_are_usual(data, filter, self.array(*whole.outputs.first()?)?) == Some(true))
    }

    /// Whether every part is elements of which no loop leaves a rest, none of them repeated but single numbers.
    fn in_blocks(&self, whole: &Op) -> Option<bool> {
        let mut parts = self.parts().peekable();
        parts.peek()?;
        for part in parts.chain([whole]) {
            let elements = self.array(*part.outputs.first()?)?.elements()?;
            if elements % BLOCK != 0 {
                return Some(false);
            }
            for t in part.reads() {
                let read = self.array(t)?.elements()?;
                if read != elements && read != 1 {
                    return Some(false);
                }
            }
        }
        Some(true)
    }
}

/// Whether XNNPACK takes the scales of every channel, so that it takes the whole if it takes a part.
fn scales_are_usual(data: &ArrayType, filter: &ArrayType, result: &ArrayType) -> Option<bool> {
    let scale = |array: &ArrayType| array.quantization.as_ref()?.scales.first().copied();
    let (data, result) = (scale(data)?, scale(result)?);
    let usual = |&filter: &f32| {
        let ratio = f64::from(data) * f64::from(filter) / f64::from(result);
        filter.is_normal() && filter > 0.0 && (2f64.powi(-32)..256.0).contains(&ratio)
    };
    let filters = &filter.quantization.as_ref()?.scales;
    Some(data.is_normal() && result.is_normal() && filters.iter().all(usual))
}

#[cfg(test)]
mod tests;
