//! What of a model stands in its graph only by reference: payloads of constants, and attributes of operators.

use std::borrow::Cow;

use lowtide_core::graph::Graph;
use lowtide_core::ids::{Id, OpId, TensorId};

use crate::error::Result;
use crate::source::Source;
use crate::{onnx, tflite};

/// The payloads and attributes of one model.
pub struct Contents<'s>(Kind<'s>);

enum Kind<'s> {
    Tflite(&'s tflite::Model),
    Onnx(onnx::Contents<'s>, &'s Graph),
    Json,
}

impl<'s> Contents<'s> {
    /// Those of `source`.
    ///
    /// # Errors
    /// Damaged bytes, which reading has ruled out.
    pub fn of(source: &'s Source) -> Result<Self> {
        Ok(Self(match source {
            Source::Tflite(model) => Kind::Tflite(model),
            Source::Onnx(model) => Kind::Onnx(onnx::Contents::of(model.bytes())?, source.graph()),
            Source::Json(_) => Kind::Json,
        }))
    }

    /// The elements of a constant as the file has them; `None` if they do not stand in the file one after the other.
    #[must_use]
    pub fn constant(&self, t: TensorId) -> Option<Cow<'_, [u8]>> {
        match &self.0 {
            Kind::Tflite(model) => model.constant(t).map(Cow::Borrowed),
            Kind::Onnx(contents, graph) => contents.constant(&graph.tensor(t).name).map(Cow::Owned),
            Kind::Json => None,
        }
    }

    /// Whether an operator is of the same type and has the same attributes as one of another model, whatever both are wired to.
    #[must_use]
    pub fn same_operator(&self, op: OpId, other: &Self, theirs: OpId) -> bool {
        match (&self.0, &other.0) {
            (Kind::Tflite(a), Kind::Tflite(b)) => a.same_operator(op, b, theirs),
            (Kind::Onnx(a, _), Kind::Onnx(b, _)) => {
                a.attributes(op.index()).is_some()
                    && a.attributes(op.index()) == b.attributes(theirs.index())
            }
            // A JSON graph names types alone, which whoever asks has compared.
            (Kind::Json, Kind::Json) => true,
            _ => false,
        }
    }
}
