//! TFLite's element types as lowtide's own.

use lowtide_core::graph::DType;

use super::schema::facts::types::TensorType;

/// The element type; `None` for codes newer than the schema known here, whose width is unknown.
pub(super) fn dtype(element_type: TensorType) -> Option<DType> {
    Some(match element_type {
        TensorType::FLOAT32 => DType::F32,
        TensorType::FLOAT16 => DType::F16,
        TensorType::BFLOAT16 => DType::BF16,
        TensorType::FLOAT64 => DType::F64,
        TensorType::FLOAT8_E4M3FN | TensorType::FLOAT8_E5M2 => DType::F8,
        TensorType::BOOL => DType::Bool,
        TensorType::INT2 => DType::I2,
        TensorType::INT4 => DType::I4,
        TensorType::INT8 => DType::I8,
        TensorType::INT16 => DType::I16,
        TensorType::INT32 => DType::I32,
        TensorType::INT64 => DType::I64,
        TensorType::UINT4 => DType::U4,
        TensorType::UINT8 => DType::U8,
        TensorType::UINT16 => DType::U16,
        TensorType::UINT32 => DType::U32,
        TensorType::UINT64 => DType::U64,
        TensorType::COMPLEX64 => DType::C64,
        TensorType::COMPLEX128 => DType::C128,
        TensorType::STRING => DType::String,
        TensorType::RESOURCE => DType::Resource,
        TensorType::VARIANT => DType::Variant,
        _ => return None,
    })
}
