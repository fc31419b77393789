//! Operators that work element by element, with or without broadcasting, and normalisations, which keep the shape.

use lowtide_core::graph::DType;

use super::super::super::schema::dtype;
use super::super::fact::{Call, Fact, Shape};
use super::Rule;

/// Each element from the element at the same place.
const UNARY: &[&str] = &[
    "Abs",
    "Acos",
    "Acosh",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "BitwiseNot",
    "Ceil",
    "Celu",
    "Clip",
    "Cos",
    "Cosh",
    "Elu",
    "Erf",
    "Exp",
    "Floor",
    "Gelu",
    "HardSigmoid",
    "HardSwish",
    "LeakyRelu",
    "Log",
    "Mish",
    "Neg",
    "Not",
    "Reciprocal",
    "Relu",
    "Round",
    "Selu",
    "Shrink",
    "Sigmoid",
    "Sign",
    "Sin",
    "Sinh",
    "Softplus",
    "Softsign",
    "Sqrt",
    "Swish",
    "Tan",
    "Tanh",
    "ThresholdedRelu",
];

/// Each element from those at the same place of all inputs, stretched to one shape. A slope of PRelu stretches one way.
const ARITHMETIC: &[&str] = &[
    "Add",
    "BitShift",
    "BitwiseAnd",
    "BitwiseOr",
    "BitwiseXor",
    "Div",
    "Max",
    "Mean",
    "Min",
    "Mod",
    "Mul",
    "PRelu",
    "Pow",
    "Sub",
    "Sum",
];

/// The same, with true or false as result.
const COMPARISON: &[&str] = &[
    "And",
    "Equal",
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
    "Or",
    "Xor",
];

/// Shape and element type of input 0, but elements from more than one place.
const KEEPING: &[&str] = &[
    "CumProd",
    "CumSum",
    "GroupNormalization",
    "Hardmax",
    "Identity",
    "InstanceNormalization",
    "LRN",
    "LogSoftmax",
    "LpNormalization",
    "MeanVarianceNormalization",
    "RMSNormalization",
    "RotaryEmbedding",
    "ReverseSequence",
    "Scatter",
    "ScatterElements",
    "ScatterND",
    "TensorScatter",
    "Softmax",
    "Trilu",
];

/// Whether each element of the (first) output comes from the elements at the same place of the inputs.
pub(crate) fn is_elementwise(op_type: &str) -> bool {
    const OTHERS: &[&str] = &["BatchNormalization", "IsInf", "IsNaN", "Where"];
    let all = [UNARY, ARITHMETIC, COMPARISON, OTHERS];
    all.iter().any(|list| list.contains(&op_type))
}

pub(super) fn rule(op_type: &str) -> Option<Rule> {
    Some(match op_type {
        _ if UNARY.contains(&op_type) || KEEPING.contains(&op_type) => same,
        _ if ARITHMETIC.contains(&op_type) => |call| broadcast(call, call.dtype(0)),
        _ if COMPARISON.contains(&op_type) => |call| broadcast(call, Some(DType::Bool)),
        "Where" => |call| broadcast(call, call.dtype(1).or(call.dtype(2))),
        "IsInf" | "IsNaN" => |call| Some(vec![like(call, 0, Some(DType::Bool))?]),
        "Cast" | "BitCast" => |call| Some(vec![like(call, 0, dtype(call.node.int("to")?))?]),
        "CastLike" => |call| Some(vec![like(call, 0, call.dtype(1))?]),
        "Dropout" => dropout,
        "BatchNormalization" => batch_normalization,
        "LayerNormalization" => layer_normalization,
        "QuantizeLinear" => quantize,
        "DequantizeLinear" => |call| Some(vec![like(call, 0, call.dtype(1))?]),
        "DynamicQuantizeLinear" => dynamic_quantize,
        _ => return None,
    })
}

/// Operators of ONNX Runtime's own domain that keep the shape of their first input.
pub(super) fn contributed(op_type: &str) -> Option<Rule> {
    Some(match op_type {
        "BiasGelu" | "FastGelu" | "Gelu" | "QLinearLeakyRelu" | "QLinearSigmoid"
        | "QLinearSoftmax" | "QuickGelu" => same,
        "QuantizeLinear" => |call| Some(vec![like(call, 0, call.dtype(2))?]),
        "DequantizeLinear" => |call| Some(vec![like(call, 0, call.dtype(1))?]),
        "QLinearAdd" | "QLinearMul" => |call| {
            let shape = broadcast_shapes(call.shape(0)?, call.shape(3)?)?;
            Some(vec![Fact::new(call.dtype(0), shape)])
        },
        _ => return None,
    })
}

fn same(call: &Call<'_>) -> Option<Vec<Fact>> {
    Some(vec![like(call, 0, call.dtype(0))?])
}

/// The shape of an input with this element type.
pub(super) fn like(call: &Call<'_>, input: usize, dtype: Option<DType>) -> Option<Fact> {
    Some(Fact::new(dtype, call.shape(input)?.clone()))
}

fn broadcast(call: &Call<'_>, dtype: Option<DType>) -> Option<Vec<Fact>> {
    let mut shape = Vec::new();
    for input in 0..call.inputs.len() {
        shape = broadcast_shapes(&shape, call.shape(input)?)?;
    }
    Some(vec![Fact::new(dtype, shape)])
}

/// Both shapes aligned at their last axis; axes of one element stretch. `None` where they do not fit.
pub(crate) fn broadcast_shapes(a: &Shape, b: &Shape) -> Option<Shape> {
    let rank = a.len().max(b.len());
    let at = |shape: &Shape, axis: usize| match (axis + shape.len()).checked_sub(rank) {
        Some(axis) => shape[axis],
        None => Some(1),
    };
    let stretch = |axis| match (at(a, axis), at(b, axis)) {
        (Some(1), dim) | (dim, Some(1)) => Some(dim),
        (Some(x), Some(y)) => (x == y).then_some(Some(x)),
        (x, y) => Some(x.or(y)),
    };
    (0..rank).map(stretch).collect()
}

fn dropout(call: &Call<'_>) -> Option<Vec<Fact>> {
    let mask = like(call, 0, Some(DType::Bool))?;
    Some(vec![like(call, 0, call.dtype(0))?, mask])
}

/// The type of the zero point; without one, of the attribute; without that, 8 bits unsigned.
fn quantize(call: &Call<'_>) -> Option<Vec<Fact>> {
    let attribute = call.node.int("output_dtype").and_then(dtype);
    let to = match call.fact(2) {
        Some(zero_point) => zero_point.dtype,
        None => attribute.or(Some(DType::U8)),
    };
    Some(vec![like(call, 0, to)?])
}

fn dynamic_quantize(call: &Call<'_>) -> Option<Vec<Fact>> {
    let scalar = |dtype| Fact::new(Some(dtype), Vec::new());
    let first = like(call, 0, Some(DType::U8))?;
    Some(vec![first, scalar(DType::F32), scalar(DType::U8)])
}

fn batch_normalization(call: &Call<'_>) -> Option<Vec<Fact>> {
    let mut facts = vec![like(call, 0, call.dtype(0))?];
    // In training, means and variances follow.
    if let Some(channels) = call.shape(1) {
        facts.resize(5, Fact::new(call.dtype(1), channels.clone()));
    }
    Some(facts)
}

fn layer_normalization(call: &Call<'_>) -> Option<Vec<Fact>> {
    let mut kept = call.shape(0)?.clone();
    let axis = call.axis(-1, kept.len())?;
    kept[axis..].fill(Some(1));
    let statistics = Fact::new(Some(DType::F32), kept);
    Some(vec![
        like(call, 0, call.dtype(0))?,
        statistics.clone(),
        statistics,
    ])
}
