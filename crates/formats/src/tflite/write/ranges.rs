//! How partial sums are stored where the whole is quantised: from what range their real values are likely to be.
//!
//! The whole's own quantisation will not do: it was made for values after the activation, while a partial sum may lie far
//! below zero. The largest value possible, all inputs at their worst at once, would waste bits that no input ever needs. So the range is that of a sum of
//! independent inputs, or terms, each anywhere in its range with equal probability: its mean, and [`DEVIATIONS`] standard deviations to both sides, within
//! what is possible. Rarer values saturate.

use std::collections::HashMap;

use lowtide_core::graph::{DType, Graph, Op, Quantization};
use lowtide_core::ids::{Id, TensorId};
use lowtide_core::plan::{OpOrigin, Rewriting, TensorOrigin};

use super::tensors::cut;
use crate::error::{Error, Result};
use crate::tflite::schema::{Model, SubGraph};

/// One sum in 15,000 lies further out, were it normal.
const DEVIATIONS: f64 = 4.0;

/// A quantisation that was chosen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    /// One scale for the whole tensor.
    pub(super) scale: f32,
    /// One zero point.
    pub(super) zero_point: i64,
}

/// What is known of one channel of a sum.
#[derive(Clone, Copy, Default)]
struct Channel {
    mean: f64,
    variance: f64,
    lowest: f64,
    highest: f64,
}

/// A quantisation for each incomplete sum that needs one.
pub(super) fn choose(
    model: &Model,
    main: &SubGraph,
    rewriting: &Rewriting,
) -> Result<HashMap<TensorId, Chosen>> {
    let graph = &rewriting.graph;
    let mut sums: HashMap<TensorId, Vec<Channel>> = HashMap::new();
    let mut chosen = HashMap::new();
    for (id, op) in graph.ops().iter() {
        let channels = match rewriting.op_origins[id] {
            OpOrigin::Part { linear: true, .. } => product(model, main, rewriting, op),
            OpOrigin::Sum { .. } => added(graph, &sums, op),
            _ => continue,
        };
        for &t in &op.outputs {
            let whole = &main.tensors[rewriting.tensor_origins[t].tensor().index()];
            if whole.quantization.is_none() {
                continue;
            }
            let channels = channels.clone().ok_or_else(|| unknown(graph, t))?;
            if let TensorOrigin::Partial { .. } = rewriting.tensor_origins[t] {
                chosen.insert(
                    t,
                    range(graph, t, &channels).ok_or_else(|| unknown(graph, t))?,
                );
            }
            sums.insert(t, channels);
        }
    }
    Ok(chosen)
}

fn unknown(graph: &Graph, t: TensorId) -> Error {
    let name = &graph.tensor(t).name;
    Error::refused(format_args!(
        "the range of partial sum '{name}' is not known; leave approximate rewriting out"
    ))
}

/// The sum of two, each known by its channels, or by a range for all of them.
fn added(graph: &Graph, sums: &HashMap<TensorId, Vec<Channel>>, op: &Op) -> Option<Vec<Channel>> {
    let term = |t: TensorId| match sums.get(&t) {
        Some(channels) => Some(channels.clone()),
        None => anywhere(graph, t).map(|all| vec![all]),
    };
    let mut terms = op.reads().map(term);
    let (a, b) = (terms.next()??, terms.next()??);
    let add = |(a, b): (&Channel, &Channel)| Channel {
        mean: a.mean + b.mean,
        variance: a.variance + b.variance,
        lowest: a.lowest + b.lowest,
        highest: a.highest + b.highest,
    };
    let channels = a.len().max(b.len());
    let pairs = a.iter().cycle().zip(b.iter().cycle());
    Some(pairs.take(channels).map(add).collect())
}

/// What may lie anywhere in the range of an activation.
fn anywhere(graph: &Graph, t: TensorId) -> Option<Channel> {
    let array = graph.tensor(t).array.as_ref()?;
    let (low, high) = limits(array.dtype)?;
    let quantization = array.quantization.as_ref()?;
    let (lowest, highest) = (real(quantization, 0, low)?, real(quantization, 0, high)?);
    Some(Channel {
        mean: f64::midpoint(lowest, highest),
        variance: (highest - lowest).powi(2) / 12.0,
        lowest,
        highest,
    })
}

/// What a convolution or dense layer makes of data anywhere in its range, by channel: the first axis of the weights.
fn product(model: &Model, main: &SubGraph, rewriting: &Rewriting, op: &Op) -> Option<Vec<Channel>> {
    let quantization = |t: TensorId| {
        rewriting
            .graph
            .tensor(t)
            .array
            .as_ref()?
            .quantization
            .as_ref()
    };
    let (data, weights) = (op.inputs.first().copied()??, op.inputs.get(1).copied()??);
    let array = rewriting.graph.tensor(data).array.as_ref()?;
    let (low, high) = limits(array.dtype)?;
    let data = quantization(data)?;
    let (low, high) = (real(data, 0, low)?, real(data, 0, high)?);
    let weight_array = rewriting.graph.tensor(weights).array.as_ref()?;
    let count = usize::try_from((*weight_array.shape.first()?)?).ok()?;
    let bytes = cut(model, main, rewriting.tensor_origins[weights])?;
    let signed = weight_array.dtype == DType::I8;
    let row = |(channel, row): (usize, &[u8])| {
        let mut sum = Channel::default();
        for &byte in row {
            let stored = if signed {
                i64::from(byte.cast_signed())
            } else {
                byte.into()
            };
            let weight = real(quantization(weights)?, channel, stored)?;
            let ends = (weight * low, weight * high);
            sum.mean += (ends.0 + ends.1) / 2.0;
            sum.variance += (ends.1 - ends.0).powi(2) / 12.0;
            sum.lowest += ends.0.min(ends.1).min(0.0);
            sum.highest += ends.0.max(ends.1).max(0.0);
        }
        Some(sum)
    };
    let rows = bytes.chunks_exact(bytes.len().checked_div(count)?.max(1));
    let mut channels: Vec<Channel> = rows.enumerate().map(row).collect::<Option<_>>()?;
    if let Some(bias) = op.inputs.get(2).copied().flatten() {
        let bytes = cut(model, main, rewriting.tensor_origins[bias])?;
        for (channel, (sum, bytes)) in channels.iter_mut().zip(bytes.as_chunks().0).enumerate() {
            let value = real(
                quantization(bias)?,
                channel,
                i32::from_le_bytes(*bytes).into(),
            )?;
            sum.mean += value;
            sum.lowest += value;
            sum.highest += value;
        }
    }
    Some(channels)
}

/// The least and the greatest number that is stored.
fn limits(dtype: DType) -> Option<(i64, i64)> {
    match dtype {
        DType::I8 => Some((-128, 127)),
        DType::U8 => Some((0, 255)),
        _ => None,
    }
}

/// The real number that is stored in a channel.
fn real(quantization: &Quantization, channel: usize, stored: i64) -> Option<f64> {
    let at = if quantization.scales.len() > 1 {
        channel
    } else {
        0
    };
    let scale = f64::from(*quantization.scales.get(at)?);
    let zero_point = quantization.zero_points.get(at).copied().unwrap_or(0);
    #[allow(
        clippy::cast_precision_loss,
        reason = "stored numbers have 32 bits at most"
    )]
    Some(scale * (stored - zero_point) as f64)
}

/// The quantisation of a range that holds the likely values of all channels, and zero, which padding needs.
#[allow(
    clippy::cast_possible_truncation,
    reason = "a scale is a 32-bit float, a zero point lies within the type"
)]
fn range(graph: &Graph, t: TensorId, channels: &[Channel]) -> Option<Chosen> {
    let (least, greatest) = limits(graph.tensor(t).array.as_ref()?.dtype)?;
    let (mut low, mut high) = (0.0f64, 0.0f64);
    for channel in channels {
        let spread = DEVIATIONS * channel.variance.sqrt();
        low = low.min((channel.mean - spread).max(channel.lowest));
        high = high.max((channel.mean + spread).min(channel.highest));
    }
    let scale = ((high - low) / 255.0) as f32;
    if !scale.is_finite() || scale < f32::MIN_POSITIVE {
        return Some(Chosen {
            scale: 1.0,
            zero_point: 0,
        });
    }
    let zero_point = least + (-low / f64::from(scale)).round() as i64;
    Some(Chosen {
        scale,
        zero_point: zero_point.clamp(least, greatest),
    })
}
