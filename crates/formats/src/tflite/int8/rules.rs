//! Which operators compute the same in int8 as in uint8, and under what conditions. Whatever is not listed is refused.

use crate::error::Result;
use crate::tflite::constants::payload;
use crate::tflite::ops;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::{Model, Operator, SubGraph, Tensor};

use super::{is_uint8, refusal, tensors};

/// How an operator's two kernels compare.
enum Rule {
    /// Values are moved, compared, or computed from `stored - zero_point` alone.
    Same,
    /// The same if weights are symmetric: zero point 128, no stored 0, which would become -128.
    Weights,
    /// The same if all inputs and outputs have one quantisation: the int8 kernel cannot rescale.
    OneScale,
    /// The same if an odd number of values is averaged: halves are rounded up in uint8, away from zero in int8.
    OddAverage,
}

/// Operator, rule, and the version that brought its int8 kernel (`tensorflow/compiler/mlir/lite/tools/versioning/op_version.cc`).
const RULES: &[(Code, Rule, i32)] = &[
    (Code::ADD, Rule::Same, 2),
    (Code::ARG_MAX, Rule::Same, 2),
    (Code::ARG_MIN, Rule::Same, 2),
    (Code::AVERAGE_POOL_2D, Rule::OddAverage, 2),
    (Code::BATCH_TO_SPACE_ND, Rule::Same, 2),
    (Code::CONCATENATION, Rule::OneScale, 2),
    (Code::CONV_2D, Rule::Weights, 3),
    (Code::DEPTHWISE_CONV_2D, Rule::Weights, 3),
    (Code::DEPTH_TO_SPACE, Rule::Same, 1),
    (Code::DEQUANTIZE, Rule::Same, 2),
    (Code::EXPAND_DIMS, Rule::Same, 1),
    (Code::FULLY_CONNECTED, Rule::Weights, 4),
    (Code::GATHER, Rule::Same, 2),
    (Code::MAXIMUM, Rule::OneScale, 2),
    (Code::MAX_POOL_2D, Rule::OneScale, 2),
    (Code::MINIMUM, Rule::OneScale, 2),
    (Code::MUL, Rule::Same, 2),
    (Code::PACK, Rule::OneScale, 2),
    (Code::PAD, Rule::OneScale, 2),
    (Code::QUANTIZE, Rule::Same, 2),
    (Code::RELU, Rule::Same, 2),
    (Code::RELU6, Rule::Same, 2),
    (Code::RESHAPE, Rule::Same, 1),
    (Code::RESIZE_NEAREST_NEIGHBOR, Rule::Same, 2),
    (Code::SLICE, Rule::Same, 2),
    (Code::SOFTMAX, Rule::Same, 2),
    (Code::SPACE_TO_BATCH_ND, Rule::OneScale, 2),
    (Code::SPACE_TO_DEPTH, Rule::Same, 2),
    (Code::SPLIT, Rule::OneScale, 2),
    (Code::SPLIT_V, Rule::OneScale, 2),
    (Code::SQUEEZE, Rule::Same, 1),
    (Code::STRIDED_SLICE, Rule::Same, 2),
    (Code::SUB, Rule::Same, 2),
    (Code::TRANSPOSE, Rule::Same, 2),
    (Code::UNPACK, Rule::OneScale, 2),
];

fn rule(code: Code) -> Option<&'static (Code, Rule, i32)> {
    RULES.iter().find(|rule| rule.0 == code)
}

/// The version of the operator that brought its int8 kernel; 0 for operators without a rule.
pub(super) fn int8_version(code: Code) -> i32 {
    rule(code).map_or(0, |rule| rule.2)
}

/// Whether `operator`, which touches a uint8 tensor, computes the same in int8.
///
/// # Errors
/// Names the tensor and the reason.
pub(super) fn check(model: &Model, subgraph: &SubGraph, operator: &Operator) -> Result<()> {
    let Some(first) = tensors(subgraph, operator).find(|tensor| is_uint8(tensor)) else {
        return Ok(());
    };
    let label = ops::label(model, operator);
    let verdict = match rule(ops::code(model, operator)) {
        None => Err(format!("{label} has no int8 kernel that is known to compute the same")),
        Some((_, Rule::Same, _)) => Ok(()),
        Some((_, Rule::Weights, _)) => return check_weights(model, subgraph, operator),
        Some((_, Rule::OneScale, _)) => one_scale(subgraph, operator)
            .then_some(())
            .ok_or_else(|| format!("{label} has inputs and outputs of several scales, which it cannot have in int8")),
        Some((_, Rule::OddAverage, _)) => averages_odd(subgraph, operator)
            .then_some(())
            .ok_or_else(|| format!("{label} averages an even number of values, and int8 rounds halves in another way")),
    };
    verdict.map_err(|why| refusal(first, why))
}

fn check_weights(model: &Model, subgraph: &SubGraph, operator: &Operator) -> Result<()> {
    let weights = operator
        .inputs
        .get(1)
        .and_then(|&index| subgraph.tensors.get(usize::try_from(index).ok()?));
    let Some(weights) = weights.filter(|tensor| is_uint8(tensor)) else {
        return Ok(());
    };
    let symmetric = weights
        .quantization
        .as_ref()
        .is_some_and(|q| *q.zero_point == [super::SHIFT]);
    match payload(model, weights) {
        None => Err(refusal(
            weights,
            "these weights are computed, so their values cannot be checked",
        )),
        Some(_) if !symmetric => Err(refusal(
            weights,
            "its zero point is not 128, and int8 weights must be symmetric",
        )),
        Some(data) if data.contains(&0) => Err(refusal(
            weights,
            "it holds the value 0, which would become -128, outside int8's symmetric range",
        )),
        Some(_) => Ok(()),
    }
}

/// Whether all uint8 tensors of the operator have one scale and zero point.
fn one_scale(subgraph: &SubGraph, operator: &Operator) -> bool {
    let parameters = |tensor: &Tensor| {
        let q = tensor.quantization.as_ref()?;
        Some((q.scales().next()?.to_bits(), *q.zero_point.first()?))
    };
    let mut quantized = tensors(subgraph, operator)
        .filter(|tensor| is_uint8(tensor))
        .map(parameters);
    let first = quantized.next().flatten();
    first.is_some() && quantized.all(|other| other == first)
}

/// Whether every window of an average pooling holds an odd number of values: an odd filter that never leaves the input.
fn averages_odd(subgraph: &SubGraph, operator: &Operator) -> bool {
    let Some(options) = operator.options_of(&tables::Pool2DOptions) else {
        return false;
    };
    let int = |name: &str| options.int(name).unwrap_or(0);
    let (height, width) = (int("filter_height"), int("filter_width"));
    let valid = int("padding") == 1;
    let covers = tensors(subgraph, operator).next().is_some_and(|input| {
        let fits = |extent: Option<&i32>, filter: i64, stride: i64| match extent {
            Some(&extent) if stride > 0 => needed_padding(i64::from(extent), filter, stride) == 0,
            _ => false,
        };
        fits(input.shape.get(1), height, int("stride_h"))
            && fits(input.shape.get(2), width, int("stride_w"))
    });
    (height % 2, width % 2) == (1, 1) && (valid || covers)
}

/// Rows or columns that SAME padding adds.
fn needed_padding(extent: i64, filter: i64, stride: i64) -> i64 {
    let outputs = (extent + stride - 1) / stride;
    ((outputs - 1) * stride + filter - extent).max(0)
}
