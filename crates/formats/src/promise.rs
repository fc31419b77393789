//! What of a rule's promise the kernels of a runtime keep.
//!
//! A rule says what the arithmetic is: whole and parts compute each element by the same operations. A runtime with one kernel for each
//! operator (TFLM's) keeps that to the bit. Others have several kernels for one operator, and choose among them by the shapes: then whole and parts may be
//! rounded in two ways.

use lowtide_core::graph::{Graph, OpKind};
use lowtide_core::ids::OpId;
use lowtide_core::memory::Target;
use lowtide_core::plan::{Exactness, Patch};
use lowtide_core::rewrite::Rule;

use crate::Format;
use crate::tflite::litert;

/// A rule whose patches promise what a runtime's kernels keep, and no more than the rule does.
#[derive(Clone, Copy)]
pub struct Kept {
    rule: &'static dyn Rule,
    kernels: fn(&Graph, &Patch) -> Exactness,
}

impl Rule for Kept {
    fn name(&self) -> &'static str {
        self.rule.name()
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let patch = self.rule.propose(graph, op)?;
        let exactness = patch.exactness.max((self.kernels)(graph, &patch));
        Some(Patch { exactness, ..patch })
    }
}

impl Format {
    /// The rules that take concatenations apart, with the promises that hold where models of this format run on `target`.
    #[must_use]
    pub fn taking_apart_for(self, target: &Target) -> Vec<Kept> {
        let kernels = match self {
            Self::Onnx => onnx_runtime,
            Self::Tflite if *target == Target::LITERT => litert::exactness,
            Self::Tflite | Self::Json => reference,
        };
        let rules = self.taking_apart().iter();
        rules.map(|&rule| Kept { rule, kernels }).collect()
    }
}

/// One kernel for each operator, which treats all elements alike. TFLM's are plain loops; CMSIS-NN's are documented to be bit-exact with them.
fn reference(_: &Graph, _: &Patch) -> Exactness {
    Exactness::BitExact
}

/// ONNX Runtime lays out floats in blocks of channels where their number allows (NCHWc), and has other kernels for that; what only moves
/// bytes is moved alike. Integers are computed alike everywhere.
fn onnx_runtime(graph: &Graph, patch: &Patch) -> Exactness {
    let site = graph.op(patch.site);
    let is_float = |t| {
        let array = graph.tensor(t).array.as_ref();
        array.is_none_or(|array| array.dtype.is_float())
    };
    match site.kind {
        OpKind::Channelwise { .. }
        | OpKind::Elementwise
        | OpKind::Add { .. }
        | OpKind::Requantize
            if site.reads().any(is_float) =>
        {
            Exactness::Rounding
        }
        _ => Exactness::BitExact,
    }
}
