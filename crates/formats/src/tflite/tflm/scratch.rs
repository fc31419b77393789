//! The buffers that kernels use while they run. They lie in the head, planned together with the activations.

use lowtide_core::units::Bytes;

use super::Pointers;
use super::node::{Node, bytes, elements, extent, nodes};
use super::tail::flexbuffer;
use super::tail::size::{POINTER, WORD};
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::facts::types::TensorType;
use crate::tflite::schema::{File, Tensor};

/// A buffer that is live while one operator runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scratch {
    /// The number of the subgraph.
    pub subgraph: usize,
    /// The number of the operator in it.
    pub operator: usize,
    /// The size as asked for; the planner rounds it to 16.
    pub bytes: Bytes,
}

/// The scratch buffers of TFLM's reference kernels, in the order in which the planner gets them: after all tensors.
///
/// An offline plan cannot place them. TFLM fits them in around it, so a plan without a gap for them can need more
/// memory than none. Operators of [`Footprint::unknown`](super::Footprint::unknown) may have buffers that are not here.
#[must_use]
pub fn scratch(file: &File, pointers: Pointers) -> Vec<Scratch> {
    let mut found = Vec::new();
    for (subgraph, operator, node) in nodes(&file.model) {
        found.extend(requests(&node, pointers).into_iter().map(|bytes| Scratch {
            subgraph,
            operator,
            bytes: Bytes(bytes),
        }));
    }
    found
}

/// The sizes that one operator asks for.
pub(super) fn requests(node: &Node, pointers: Pointers) -> Vec<u64> {
    match node.code {
        Code::CONV_2D | Code::DEPTHWISE_CONV_2D | Code::FULLY_CONNECTED => unpacked_weights(node),
        Code::TRANSPOSE_CONV => transposed_convolution(node),
        Code::MEAN | Code::SUM => {
            let mut sizes = sums(node);
            sizes.extend(reduction(node));
            sizes
        }
        Code::REDUCE_MAX | Code::REDUCE_MIN | Code::REDUCE_ALL => reduction(node),
        Code::MIRROR_PAD => vec![node.input(0).map_or(0, |input| words(rank(input))); 2],
        // Pointers to the inputs.
        Code::ADD_N => {
            vec![
                POINTER
                    .at(pointers)
                    .saturating_mul(node.operator.inputs.len() as u64),
            ]
        }
        Code::SVDF => filters(node),
        Code::UNIDIRECTIONAL_SEQUENCE_LSTM => gates(node),
        _ if node.is_detection() => boxes(node),
        _ => Vec::new(),
    }
}

fn words(count: u64) -> u64 {
    count.saturating_mul(WORD)
}

fn rank(tensor: &Tensor) -> u64 {
    tensor.shape.len() as u64
}

/// Weights of 4 bits are unpacked to 8 before use.
fn unpacked_weights(node: &Node) -> Vec<u64> {
    let weights = node.input(1);
    let narrow = weights.filter(|weights| weights.element_type() == TensorType::INT4);
    narrow.map(elements).into_iter().collect()
}

/// An accumulator for each element of a quantised output; for 16 bits of twice the width, and 16-bit biases too.
fn transposed_convolution(node: &Node) -> Vec<u64> {
    let output = node.output(0).map_or(0, elements);
    match node.input_type(2) {
        Some(TensorType::INT8) => vec![words(output)],
        Some(TensorType::INT16) => {
            let bias = node.input(3);
            let narrow = bias.filter(|bias| bias.element_type() == TensorType::INT16);
            let mut sizes = vec![words(output).saturating_mul(2)];
            sizes.extend(narrow.map(|bias| words(elements(bias)).saturating_mul(2)));
            sizes
        }
        _ => Vec::new(),
    }
}

/// Sums of integers.
fn sums(node: &Node) -> Vec<u64> {
    let is_integer = matches!(
        node.input_type(0),
        Some(TensorType::INT8 | TensorType::UINT8 | TensorType::INT16)
    );
    let output = node.output(0).filter(|_| is_integer);
    output
        .map(|output| words(elements(output)))
        .into_iter()
        .collect()
}

/// A position in the input, and the axes.
fn reduction(node: &Node) -> Vec<u64> {
    let position = node.input(0).map_or(0, rank);
    let axes = node.input(1).map_or(0, elements);
    vec![words(position), words(axes)]
}

/// An accumulator for each filter, and where the input is quantised one for each unit.
fn filters(node: &Node) -> Vec<u64> {
    let batch = node.input(0).map_or(0, |input| extent(input, 0));
    let filters = node.input(1).map_or(0, |weights| extent(weights, 0));
    let mut sizes = vec![words(batch.saturating_mul(filters))];
    if node.input_type(0) == Some(TensorType::INT8) {
        let options = node.operator.options_of(&tables::SVDFOptions);
        let rank = options.and_then(|node| node.int("rank")).unwrap_or(1);
        let units = filters / u64::try_from(rank).unwrap_or(1).max(1);
        sizes.push(words(batch.saturating_mul(units)));
    }
    sizes
}

/// Four gates, each as large as the cell state.
fn gates(node: &Node) -> Vec<u64> {
    const CELL_STATE: usize = 19;
    vec![node.input(CELL_STATE).map_or(0, bytes); 4]
}

/// Candidates, decoded boxes, scores, and lists for the selection.
fn boxes(node: &Node) -> Vec<u64> {
    let count = node.input(0).map_or(0, |boxes| extent(boxes, 1));
    let scores = node.input(1).map_or(0, |classes| {
        words(extent(classes, 1).saturating_mul(extent(classes, 2)))
    });
    let options = node.operator.custom_options.as_deref().unwrap_or_default();
    let option = |key| flexbuffer::integer(options, key).and_then(|n| u64::try_from(n).ok());
    let detections = option("max_detections").unwrap_or(0);
    let classes = option("num_classes").unwrap_or(0);
    let lists = |length: u64| words(count).saturating_mul(length);
    vec![
        count,
        lists(4),
        scores,
        lists(1),
        lists(1),
        lists(detections),
        lists(detections),
        lists(1),
        lists(detections),
        lists(classes.max(detections)),
        lists(count.min(detections)),
    ]
}
