//! What LiteRT's kernels ask for beside inputs and outputs: it lies in the arena, planned together with the activations.
//!
//! Source: `tflite/kernels/{conv,fully_connected,reduce}.cc` of LiteRT, run by one thread. With it the arenas of the interpreter are met byte
//! for byte on all test models, with either kind of kernels (`tests/runtimes/test_litert.py`); kernels of other operators are taken to need none
//! that matters (`TRANSPOSE_CONV` of some types, recurrent operators, detection).

mod arithmetic;

pub use arithmetic::exactness;

use lowtide_core::ids::{Id, OpId};
use lowtide_core::memory::Scratch;
use lowtide_core::units::Bytes;

use super::schema::facts::operators::BuiltinOperator as Code;
use super::schema::facts::tables;
use super::schema::facts::types::TensorType;
use super::schema::{Model, Tensor};
use super::tflm::node::{Node, elements, extent, nodes};

/// Which of LiteRT's own kernels run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kernels {
    /// Plain loops, for comparison.
    Reference,
    /// What an interpreter without delegates runs: matrix products, for which convolutions unfold their input.
    Optimised,
}

impl Kernels {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Reference, Self::Optimised];

    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Optimised => "optimised",
        }
    }
}

/// The scratch of all operators of the main subgraph, in the order in which the planner gets it: after all tensors.
#[must_use]
pub fn scratch(model: &Model, kernels: Kernels) -> Vec<Scratch> {
    let main = nodes(model).filter(|&(subgraph, ..)| subgraph == 0);
    main.flat_map(|(_, operator, node)| {
        requests(&node, kernels)
            .into_iter()
            .map(move |bytes| Scratch {
                op: OpId::from_index(operator),
                bytes: Bytes(bytes),
            })
    })
    .collect()
}

/// The sizes that one operator asks for.
fn requests(node: &Node, kernels: Kernels) -> Vec<u64> {
    match node.code {
        Code::CONV_2D => unfolded(node, kernels).into_iter().collect(),
        Code::FULLY_CONNECTED if is_hybrid(node) => quantised_rows(node),
        Code::MEAN | Code::SUM => reduction(node),
        _ => Vec::new(),
    }
}

/// Float activations, integer weights: the kernel quantises its input.
fn is_hybrid(node: &Node) -> bool {
    let weights = node.input_type(1);
    node.input_type(0) == Some(TensorType::FLOAT32)
        && matches!(
            weights,
            Some(TensorType::INT8 | TensorType::UINT8 | TensorType::INT4)
        )
}

/// The window of every output position, side by side, where that is not the input itself.
fn unfolded(node: &Node, kernels: Kernels) -> Option<u64> {
    let (input, filter, output) = (node.input(0)?, node.input(1)?, node.output(0)?);
    let options = node.operator.options_of(&tables::Conv2DOptions)?;
    let steps = [
        "stride_w",
        "stride_h",
        "dilation_w_factor",
        "dilation_h_factor",
    ];
    let is_one = |name: &&str| options.int(name).unwrap_or(1) == 1;
    let is_pointwise = extent(filter, 1) == 1 && extent(filter, 2) == 1;
    if (is_pointwise && steps.iter().all(is_one))
        || (kernels == Kernels::Reference && !is_hybrid(node))
    {
        return None;
    }
    let window = (1..4).map(|axis| extent(filter, axis));
    let positions = (0..3).map(|axis| extent(output, axis));
    let width = if is_hybrid(node) { 1 } else { width(input) };
    Some(positions.chain(window).fold(width, u64::saturating_mul))
}

fn width(tensor: &Tensor) -> u64 {
    u64::from(tensor.element_type().bits().unwrap_or(0)).div_ceil(8)
}

/// The input as integers, a scale a row, the sums before they are scaled back, a zero point a row.
fn quantised_rows(node: &Node) -> Vec<u64> {
    let (Some(input), Some(weights)) = (node.input(0), node.input(1)) else {
        return Vec::new();
    };
    let (units, depth) = (extent(weights, 0), extent(weights, 1));
    let rows = elements(input).checked_div(depth).unwrap_or(0);
    let words = |count: u64| count.saturating_mul(4);
    vec![
        elements(input),
        words(rows),
        words(units.saturating_mul(rows)),
        words(rows),
    ]
}

/// A position in the input, the axes, and of integers the sums.
fn reduction(node: &Node) -> Vec<u64> {
    let (Some(input), Some(axes), Some(output)) = (node.input(0), node.input(1), node.output(0))
    else {
        return Vec::new();
    };
    let is_float = input.element_type() == TensorType::FLOAT32;
    let sums = if is_float { 0 } else { elements(output) };
    [input.shape.len() as u64, elements(axes), sums]
        .map(|count| count.saturating_mul(4))
        .to_vec()
}
