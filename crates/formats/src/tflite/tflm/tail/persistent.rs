//! What kernels ask for while they prepare and keep from then on, by the shapes and types of their operands.

use super::size::{EVAL_TENSOR, Size, WORD};
use crate::tflite::schema::Tensor;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::facts::types::TensorType;
use crate::tflite::tflm::Pointers;
use crate::tflite::tflm::node::{Node, bytes, extent, scales};

/// A table of the exponential function or of `1 / (1 + x)`, with 16 bits an entry.
const INT16_TABLE: u64 = 513 * 2;
/// `LogSoftmaxOpData`, only made for int8.
const LOG_SOFTMAX: Size = Size::of(28, 40);
/// The sums' parameters, only made for int8.
const CUMSUM: u64 = 36;
const ADD_N: u64 = 40;
/// The multiplier, shift, range and zero points of a quantised matrix product.
const BATCH_MATMUL: u64 = 28;
/// A scale and a number of columns.
const EMBEDDING_LOOKUP: Size = Size::of(8, 16);

/// The bytes of each buffer; the allocator rounds each to 16.
pub(super) fn buffers(node: &Node, pointers: Pointers) -> Vec<u64> {
    let is_int8 = node.input_type(0) == Some(TensorType::INT8);
    match node.code {
        Code::CONV_2D | Code::TRANSPOSE_CONV => per_channel(node.input(1), 0),
        Code::DEPTHWISE_CONV_2D => per_channel(node.input(1), 3),
        Code::FULLY_CONNECTED => per_row(node),
        Code::SOFTMAX if node.input_type(0) == Some(TensorType::INT16) => vec![INT16_TABLE; 2],
        Code::LOG_SOFTMAX if is_int8 => vec![LOG_SOFTMAX.at(pointers)],
        Code::CUMSUM if is_int8 => vec![CUMSUM],
        Code::ADD_N if is_int8 => vec![ADD_N],
        Code::BATCH_MATMUL => matrix_product(node, pointers),
        Code::EMBEDDING_LOOKUP => {
            let mut buffers = own_shape(node);
            buffers.push(EMBEDDING_LOOKUP.at(pointers));
            buffers
        }
        Code::GATHER
        | Code::GATHER_ND
        | Code::L2_POOL_2D
        | Code::DEPTH_TO_SPACE
        | Code::SPACE_TO_DEPTH => own_shape(node),
        _ => Vec::new(),
    }
}

/// A multiplier and a shift for each channel, whatever the type.
fn per_channel(filter: Option<&Tensor>, axis: usize) -> Vec<u64> {
    let channels = filter.map_or(0, |filter| extent(filter, axis));
    vec![channels.saturating_mul(WORD); 2]
}

/// A multiplier and a shift for each row, where rows have scales of their own.
fn per_row(node: &Node) -> Vec<u64> {
    let rows = node.input(1).map_or(0, scales);
    if rows <= 1 || node.input_type(0) == Some(TensorType::FLOAT32) {
        return Vec::new();
    }
    vec![rows.saturating_mul(WORD); 2]
}

/// A copy of the output's shape, which the kernel may change.
fn own_shape(node: &Node) -> Vec<u64> {
    node.output(0).map(shape).into_iter().collect()
}

/// `TfLiteIntArray` with the extents of a tensor.
fn shape(tensor: &Tensor) -> u64 {
    WORD * (1 + tensor.shape.len() as u64)
}

/// Operands that have to be transposed for it get a copy: the left one if the file says so, the right one if it does not.
fn matrix_product(node: &Node, pointers: Pointers) -> Vec<u64> {
    let mut buffers = Vec::new();
    if matches!(
        node.input_type(0),
        Some(TensorType::INT8 | TensorType::INT16)
    ) {
        buffers.push(BATCH_MATMUL);
    }
    let options = node.operator.options_of(&tables::BatchMatMulOptions);
    let is_set = |name| options.and_then(|node| node.int(name)).unwrap_or(0) != 0;
    let left = node.input(0).filter(|_| is_set("adj_x"));
    let right = node.input(1).filter(|_| !is_set("adj_y"));
    for operand in left.into_iter().chain(right) {
        buffers.extend([EVAL_TENSOR.at(pointers), shape(operand), bytes(operand)]);
    }
    buffers.extend(own_shape(node));
    buffers
}
