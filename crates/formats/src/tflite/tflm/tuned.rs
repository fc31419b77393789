//! What is not counted because kernels tuned for a processor are built in instead of the reference kernels.

use super::node::{Node, nodes};
use crate::tflite::schema::Model;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::types::TensorType;

/// The operators whose kernels of CMSIS-NN ask for scratch buffers in `Prepare` that the reference kernels do without
/// (`micro/kernels/cmsis_nn`): how large they are depends on the processor's extensions.
const WITH_SCRATCH: &[Code] = &[
    Code::AVERAGE_POOL_2D,
    Code::BATCH_MATMUL,
    Code::CONV_2D,
    Code::DEPTHWISE_CONV_2D,
    Code::FULLY_CONNECTED,
    Code::SVDF,
    Code::TRANSPOSE_CONV,
    Code::UNIDIRECTIONAL_SEQUENCE_LSTM,
];

/// The labels of the operators of `model`, each once, that need more with kernels of CMSIS-NN, which take quantised tensors only.
pub(super) fn tuned(model: &Model) -> Vec<String> {
    let has_more = |node: &Node| {
        // The first input of a transposed convolution is a shape.
        let data = if node.code == Code::TRANSPOSE_CONV {
            2
        } else {
            0
        };
        let kind = node.input_type(data);
        WITH_SCRATCH.contains(&node.code)
            && matches!(kind, Some(TensorType::INT8 | TensorType::INT16))
    };
    let found = nodes(model).map(|(_, _, node)| node).filter(has_more);
    let mut labels: Vec<String> = found.map(|node| node.label()).collect();
    labels.sort();
    labels.dedup();
    labels
}
