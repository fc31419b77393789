//! What became of the weights of a model: each of the second model is one of the first, a part of one, or zeros.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use lowtide_core::graph::{ArrayType, Graph, Quantization, Role};
use lowtide_core::ids::{Table, TensorId};
use lowtide_formats::Contents;

use super::tensors::same_type;

/// Bytes that lists of sizes and scales of single channels may be equal in by chance.
const SMALL: usize = 16;

/// What became of weights.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeightChanges {
    /// Weights of both models, equal in every bit.
    pub equal: usize,
    /// Weights of the second model that are slices of one of the first, bit for bit.
    pub cut: usize,
    /// Weights of the second model of nothing but zeros.
    pub zeros: usize,
    /// Weights of the first model that are not in the second as a whole.
    pub gone: usize,
    /// Weights of which the elements are in other files or computed elsewhere: only their declarations were compared.
    pub unread: usize,
    /// Weights of the second model that are nothing of that.
    pub other: Vec<TensorId>,
    /// Weights that no operator reads and no caller, more than in the first model.
    pub dead: usize,
    /// Bytes of payloads that are stored once more than in the first model, small ones left aside.
    pub twice: u64,
    /// Bytes of all weights of the first and of the second model.
    pub bytes: (u64, u64),
}

impl WeightChanges {
    /// Whether both models have the same weights.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.cut + self.zeros + self.gone == 0 && self.other.is_empty()
    }

    /// Compares the weights of two models.
    pub(super) fn of(
        (first, second): (&Graph, &Graph),
        contents: (&Contents<'_>, &Contents<'_>),
        pairs: &Table<TensorId, Option<TensorId>>,
    ) -> Self {
        let (ours, theirs) = (weights(first), weights(second));
        let bytes = |graph: &Graph, all: &[TensorId]| {
            all.iter().map(|&t| graph.tensor(t).bytes.get()).sum()
        };
        let mut changes = Self {
            bytes: (bytes(first, &ours), bytes(second, &theirs)),
            dead: dead(second, &theirs).saturating_sub(dead(first, &ours)),
            twice: repeated(contents.1, &theirs).saturating_sub(repeated(contents.0, &ours)),
            ..Self::default()
        };
        let mut whole = vec![];
        for &t in &theirs {
            let same = ours.iter().copied().find(|&a| pairs[a] == Some(t));
            let same = same.filter(|&a| same_type(first.tensor(a), second.tensor(t)));
            let payload = contents.1.constant(t);
            match (same, payload) {
                (Some(a), payload) if contents.0.constant(a) == payload => {
                    whole.push(a);
                    match payload {
                        Some(_) => changes.equal += 1,
                        None => changes.unread += 1,
                    }
                }
                (_, Some(payload)) => {
                    let part = (second.tensor(t).array.as_ref(), &*payload);
                    let is_slice = |&a: &TensorId| {
                        let array = first.tensor(a).array.as_ref();
                        let source = contents.0.constant(a);
                        array.zip(source).is_some_and(|(array, source)| {
                            part.0
                                .is_some_and(|cut| is_cut((array, &source), (cut, part.1)))
                        })
                    };
                    if payload.iter().all(|&byte| byte == 0) {
                        changes.zeros += 1;
                    } else if ours.iter().any(is_slice) {
                        changes.cut += 1;
                    } else {
                        changes.other.push(t);
                    }
                }
                _ => changes.other.push(t),
            }
        }
        changes.gone = ours.iter().filter(|a| !whole.contains(a)).count();
        changes
    }
}

/// How many nobody reads.
fn dead(graph: &Graph, weights: &[TensorId]) -> usize {
    let unread =
        |&&t: &&TensorId| graph.topology().consumers(t).is_empty() && !graph.outputs().contains(&t);
    weights.iter().filter(unread).count()
}

/// Bytes of payloads that stand in the file already, at another place.
fn repeated(contents: &Contents<'_>, weights: &[TensorId]) -> u64 {
    let (mut places, mut known, mut bytes) = (HashSet::new(), HashSet::new(), 0);
    for payload in weights.iter().filter_map(|&t| contents.constant(t)) {
        // Tensors may share one payload.
        let is_shared = matches!(payload, Cow::Borrowed(bytes) if !places.insert(bytes.as_ptr()));
        if is_shared || payload.len() < SMALL {
            continue;
        }
        let mut hasher = DefaultHasher::new();
        payload.hash(&mut hasher);
        if !known.insert((payload.len(), hasher.finish())) {
            bytes += payload.len() as u64;
        }
    }
    bytes
}

/// The constants that stand in the file.
fn weights(graph: &Graph) -> Vec<TensorId> {
    let tensors = graph.tensors().iter();
    let constants = tensors.filter(|&(t, tensor)| {
        tensor.role == Role::Constant && graph.topology().producer(t).is_none()
    });
    constants.map(|(t, _)| t).collect()
}

/// Whether the second constant is made of slices of the first, next to each other along one axis, quantised alike.
fn is_cut((whole, source): (&ArrayType, &[u8]), (part, bytes): (&ArrayType, &[u8])) -> bool {
    let same_rank = whole.shape.len() == part.shape.len() && whole.dtype == part.dtype;
    let axes = whole.shape.iter().zip(&part.shape).enumerate();
    let mut differing = axes.filter(|(_, (a, b))| a != b).map(|(axis, _)| axis);
    let (Some(axis), None, true) = (differing.next(), differing.next(), same_rank) else {
        return false;
    };
    let extent = |array: &ArrayType, axis: usize| {
        usize::try_from(array.shape.get(axis).copied().flatten()?).ok()
    };
    let found = || -> Option<bool> {
        let (whole_extent, part_extent) = (extent(whole, axis)?, extent(part, axis)?);
        let rows: usize = (0..axis)
            .map(|axis| extent(whole, axis))
            .product::<Option<_>>()?;
        let step = source.len().checked_div(rows.checked_mul(whole_extent)?)?;
        let is_whole = step > 0
            && step * rows * whole_extent == source.len()
            && step * rows * part_extent == bytes.len();
        let last = whole_extent.checked_sub(part_extent)?;
        let at = |start: usize| {
            let ours = source.chunks_exact(step * whole_extent);
            let ours = ours.map(|row| &row[start * step..(start + part_extent) * step]);
            ours.eq(bytes.chunks_exact(step * part_extent))
        };
        let fits = |&start: &usize| {
            at(start) && is_cut_quantization(whole, part, axis, start..start + part_extent)
        };
        Some(is_whole && part_extent > 0 && (0..=last).any(|start| fits(&start)))
    };
    found().unwrap_or(false)
}

/// Whether the scales and zero points of slices are those that the whole has for them.
fn is_cut_quantization(
    whole: &ArrayType,
    part: &ArrayType,
    axis: usize,
    range: std::ops::Range<usize>,
) -> bool {
    let expected = |whole: &Quantization| {
        if whole.scales.len() <= 1 || whole.axis as usize != axis {
            return Some(whole.clone());
        }
        Some(Quantization {
            scales: whole.scales.get(range.clone())?.to_vec(),
            zero_points: whole.zero_points.get(range.clone())?.to_vec(),
            axis: whole.axis,
        })
    };
    match (&whole.quantization, &part.quantization) {
        (None, None) => true,
        (Some(whole), Some(part)) => expected(whole).is_some_and(|whole| whole.same(part)),
        _ => false,
    }
}
