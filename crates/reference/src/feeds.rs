//! Seeded inputs.

use fastrand::Rng;
use lowtide_core::graph::{ArrayType, DType};

use crate::CannotRun;
use crate::tflite::Storage;

/// The elements of one input, as the engine takes them.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names say it all")]
pub enum Feed {
    Floats(Vec<f32>),
    Ints(Vec<i32>),
    Bytes(Vec<u8>),
    SignedBytes(Vec<i8>),
}

impl Feed {
    /// Elements for an input of a lowered TFLite model: floats between -1 and 1, or any number that can be stored, less the zero point.
    #[allow(clippy::cast_possible_truncation, reason = "they are small")]
    pub(crate) fn stored(
        array: &ArrayType,
        count: usize,
        rng: &mut Rng,
    ) -> Result<Self, CannotRun> {
        let storage = Storage::of(array)?;
        let one = |rng: &mut Rng| match storage {
            Storage::Real => rng.f32() * 2.0 - 1.0,
            Storage::Steps {
                least, greatest, ..
            } => rng.i32(least as i32..=greatest as i32) as f32,
        };
        Ok(Self::Floats((0..count).map(|_| one(rng)).collect()))
    }

    /// Elements for an input of an ONNX model: floats between -1 and 1, bytes of any value, other integers 0 or 1, which are
    /// valid as indices, as numbers of words, and as masks.
    pub(crate) fn plain(array: &ArrayType, count: usize, rng: &mut Rng) -> Result<Self, CannotRun> {
        let indices = 0..count;
        Ok(match array.dtype {
            DType::F32 | DType::F64 => {
                Self::Floats(indices.map(|_| rng.f32() * 2.0 - 1.0).collect())
            }
            DType::I32 | DType::I64 | DType::Bool => {
                Self::Ints(indices.map(|_| rng.i32(0..=1)).collect())
            }
            DType::U8 => Self::Bytes(indices.map(|_| rng.u8(..)).collect()),
            DType::I8 => Self::SignedBytes(indices.map(|_| rng.i8(..)).collect()),
            other => return Err(CannotRun::new(format_args!("inputs of {other}"))),
        })
    }
}
