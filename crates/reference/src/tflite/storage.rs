//! How a tensor's numbers stand in the lowered network.

use lowtide_core::graph::{ArrayType, DType, Quantization};

use crate::CannotRun;

/// What a 32-bit float of the lowered network stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Storage {
    /// Itself.
    Real,
    /// A stored integer less its zero point: `real = scale * number`.
    Steps {
        /// The real number of one step.
        scale: f64,
        /// The least number that can be stored, less the zero point.
        least: f64,
        /// The greatest.
        greatest: f64,
    },
}

impl Storage {
    /// That of an activation.
    pub(crate) fn of(array: &ArrayType) -> Result<Self, CannotRun> {
        let fault = || CannotRun::new(format_args!("tensors of {}", array.dtype));
        match (array.dtype, &array.quantization) {
            (DType::F32, _) => Ok(Self::Real),
            (DType::I8 | DType::U8, Some(quantization)) => {
                let (least, greatest) = ends(array.dtype).ok_or_else(fault)?;
                let (scale, zero_point) = single(quantization)
                    .ok_or_else(|| CannotRun::new("activations with a scale per channel"))?;
                Ok(Self::Steps {
                    scale,
                    least: least - zero_point,
                    greatest: greatest - zero_point,
                })
            }
            _ => Err(fault()),
        }
    }

    /// The real number of one step; 1 for reals.
    pub(crate) fn unit(self) -> f64 {
        match self {
            Self::Real => 1.0,
            Self::Steps { scale, .. } => scale,
        }
    }
}

/// The ends of an integer type.
fn ends(dtype: DType) -> Option<(f64, f64)> {
    match dtype {
        DType::I8 => Some((-128.0, 127.0)),
        DType::U8 => Some((0.0, 255.0)),
        _ => None,
    }
}

/// The one scale and zero point.
fn single(quantization: &Quantization) -> Option<(f64, f64)> {
    match (&*quantization.scales, &*quantization.zero_points) {
        ([scale], [zero_point, ..]) => Some((f64::from(*scale), *zero_point as f64)),
        _ => None,
    }
}

/// The numbers of a constant, integers less their zero point; `None` for element types and layouts that are not known.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the engine computes in single precision"
)]
pub(super) fn numbers(array: &ArrayType, bytes: &[u8]) -> Option<Vec<f32>> {
    let stored: Vec<f32> = match array.dtype {
        DType::F32 => bytes
            .as_chunks()
            .0
            .iter()
            .map(|b| f32::from_le_bytes(*b))
            .collect(),
        DType::I8 => bytes.iter().map(|&b| f32::from(b.cast_signed())).collect(),
        DType::U8 => bytes.iter().map(|&b| f32::from(b)).collect(),
        DType::I16 => bytes
            .as_chunks()
            .0
            .iter()
            .map(|b| f32::from(i16::from_le_bytes(*b)))
            .collect(),
        DType::I32 => bytes
            .as_chunks()
            .0
            .iter()
            .map(|b| i32::from_le_bytes(*b) as f32)
            .collect(),
        DType::I64 => bytes
            .as_chunks()
            .0
            .iter()
            .map(|b| i64::from_le_bytes(*b) as f32)
            .collect(),
        _ => return None,
    };
    let zero_point = match array.quantization.as_ref().map(|q| &*q.zero_points) {
        Some([first, rest @ ..]) if rest.iter().all(|other| other == first) => *first as f32,
        Some([_, ..]) => return None,
        _ => 0.0,
    };
    let is_whole = array.elements() == Some(stored.len() as u64);
    is_whole.then(|| {
        stored
            .into_iter()
            .map(|number| number - zero_point)
            .collect()
    })
}

/// What a fused activation keeps its values within: NONE, RELU, RELU_N1_TO_1, RELU6 of the schema's `ActivationFunctionType`.
pub(super) fn within(activation: i64) -> Result<(Option<f64>, Option<f64>), CannotRun> {
    match activation {
        0 => Ok((None, None)),
        1 => Ok((Some(0.0), None)),
        2 => Ok((Some(-1.0), Some(1.0))),
        3 => Ok((Some(0.0), Some(6.0))),
        _ => Err(CannotRun::new("a fused TANH or SIGN_BIT")),
    }
}
