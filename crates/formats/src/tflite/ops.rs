//! What TFLite's operators mean, as far as the rest of lowtide needs to know.

mod slices;

use lowtide_core::graph::OpKind;

use super::constants::integers;
use super::schema::facts::operators::BuiltinOperator as Code;
use super::schema::facts::tables;
use super::schema::{Model, Operator, SubGraph, Tensor};

/// Operators whose output elements depend on the input elements at the same place alone, apart from broadcasting.
const ELEMENTWISE: &[Code] = &[
    Code::SUB,
    Code::MUL,
    Code::DIV,
    Code::MAXIMUM,
    Code::MINIMUM,
    Code::SQUARED_DIFFERENCE,
    Code::FLOOR_DIV,
    Code::FLOOR_MOD,
    Code::POW,
    Code::ATAN2,
    Code::RELU,
    Code::RELU6,
    Code::RELU_N1_TO_1,
    Code::RELU_0_TO_1,
    Code::LEAKY_RELU,
    Code::PRELU,
    Code::ELU,
    Code::GELU,
    Code::HARD_SWISH,
    Code::LOGISTIC,
    Code::TANH,
    Code::ABS,
    Code::NEG,
    Code::SQRT,
    Code::RSQRT,
    Code::SQUARE,
    Code::EXP,
    Code::LOG,
    Code::SIN,
    Code::COS,
    Code::CEIL,
    Code::FLOOR,
    Code::ROUND,
    Code::SIGN,
    Code::LOGICAL_AND,
    Code::LOGICAL_OR,
    Code::LOGICAL_NOT,
    Code::BITWISE_XOR,
    Code::RIGHT_SHIFT,
];

/// Operators that read or change what no tensor shows, in this or another subgraph: they keep the file's order among
/// themselves and are never removed.
const STATEFUL: &[Code] = &[
    Code::CALL,
    Code::CALL_ONCE,
    Code::IF,
    Code::WHILE,
    Code::DELEGATE,
    Code::VAR_HANDLE,
    Code::READ_VARIABLE,
    Code::ASSIGN_VARIABLE,
    Code::HASHTABLE,
    Code::HASHTABLE_FIND,
    Code::HASHTABLE_IMPORT,
    Code::HASHTABLE_SIZE,
    Code::STABLEHLO_WHILE,
    Code::STABLEHLO_CASE,
    Code::STABLEHLO_CUSTOM_CALL,
    Code::STABLEHLO_COMPOSITE,
    Code::RANDOM_STANDARD_NORMAL,
    Code::RANDOM_UNIFORM,
    Code::MULTINOMIAL,
    Code::STABLEHLO_RNG_BIT_GENERATOR,
];

/// Whether the operator touches state that no tensor shows.
pub(super) fn is_stateful(code: Code) -> bool {
    STATEFUL.contains(&code)
}

/// The builtin operator; [`Code::CUSTOM`] where the file names none.
pub(super) fn code(model: &Model, operator: &Operator) -> Code {
    let code = model.operator_codes.get(operator.opcode_index() as usize);
    code.map_or(Code::CUSTOM, |code| code.builtin())
}

/// The operator's type as people know it: the schema's name, or the name of a custom operator.
pub(super) fn label(model: &Model, operator: &Operator) -> String {
    let Some(code) = model.operator_codes.get(operator.opcode_index() as usize) else {
        return "UNKNOWN".into();
    };
    match (code.builtin(), &code.custom_code) {
        (Code::CUSTOM, Some(name)) => name.text().into_owned(),
        (builtin, _) => builtin
            .name()
            .map_or_else(|| format!("BUILTIN_{}", builtin.0), Into::into),
    }
}

/// What the operator means.
pub(super) fn kind(model: &Model, subgraph: &SubGraph, operator: &Operator, code: Code) -> OpKind {
    match code {
        Code::ADD => OpKind::Add {
            activation: operator
                .options_of(&tables::AddOptions)
                .and_then(|options| options.int("fused_activation_function"))
                .is_some_and(|function| function != 0),
        },
        Code::ADD_N => OpKind::Add { activation: false },
        _ if ELEMENTWISE.contains(&code) => OpKind::Elementwise,
        Code::RESHAPE | Code::SQUEEZE | Code::EXPAND_DIMS => OpKind::Reshape,
        Code::SOFTMAX | Code::LOG_SOFTMAX => OpKind::Normalize,
        Code::QUANTIZE => OpKind::Requantize,
        Code::SPLIT => split(model, subgraph, operator, 1, 0),
        Code::SPLIT_V => split(model, subgraph, operator, 0, 2),
        Code::TRANSPOSE => OpKind::Transpose {
            perm: permutation(model, subgraph, operator),
        },
        Code::PAD | Code::PADV2 | Code::MIRROR_PAD => OpKind::Pad {
            amounts: paddings(model, subgraph, operator),
        },
        Code::CONV_2D | Code::FULLY_CONNECTED => {
            contraction(subgraph, operator).unwrap_or_default()
        }
        Code::DEPTHWISE_CONV_2D => channelwise(subgraph, operator, vec![(1, 3), (2, 0)]),
        Code::MAX_POOL_2D
        | Code::AVERAGE_POOL_2D
        | Code::RESIZE_BILINEAR
        | Code::RESIZE_NEAREST_NEIGHBOR => channelwise(subgraph, operator, Vec::new()),
        Code::CONCATENATION => concatenation(subgraph, operator).unwrap_or_default(),
        Code::CAST
            if same(subgraph, operator, |a, b| {
                a.element_type() == b.element_type()
            }) =>
        {
            OpKind::Identity
        }
        // Where nothing is cut off or repeated, nothing is moved either: these have no other way to keep the shape.
        Code::SLICE | Code::TILE | Code::BROADCAST_TO
            if same(subgraph, operator, |a, b| {
                is_static(a) && a.shape == b.shape
            }) =>
        {
            OpKind::Identity
        }
        Code::STRIDED_SLICE if slices::takes_all_channels(model, subgraph, operator) => {
            channelwise(subgraph, operator, Vec::new())
        }
        Code::SLICE | Code::STRIDED_SLICE => {
            slices::kind(model, subgraph, operator).unwrap_or_default()
        }
        Code::MEAN | Code::REDUCE_MAX | Code::REDUCE_MIN | Code::SUM
            if slices::keeps_channels(model, subgraph, operator) =>
        {
            channelwise(subgraph, operator, Vec::new())
        }
        _ => OpKind::Opaque,
    }
}

/// A split of the input at `data`, along the axis that the input at `axis` names.
fn split(
    model: &Model,
    subgraph: &SubGraph,
    operator: &Operator,
    data: u32,
    axis: usize,
) -> OpKind {
    let named = || {
        let list = integers(model, subgraph, *operator.inputs.get(axis)?)?;
        let rank = input(subgraph, operator, data as usize)?.shape.len() as i64;
        let &[axis] = list.as_slice() else {
            return None;
        };
        u32::try_from(if axis < 0 { axis + rank } else { axis }).ok()
    };
    OpKind::Split {
        data,
        axis: named(),
    }
}

fn is_static(tensor: &Tensor) -> bool {
    tensor.shape_signature.iter().all(|&extent| extent >= 0)
}

/// Whether input 0 and output 0 are alike in some respect.
fn same(
    subgraph: &SubGraph,
    operator: &Operator,
    alike: impl Fn(&Tensor, &Tensor) -> bool,
) -> bool {
    let tensor = |index: Option<&i32>| subgraph.tensors.get(usize::try_from(*index?).ok()?);
    match (
        tensor(operator.inputs.first()),
        tensor(operator.outputs.first()),
    ) {
        (Some(input), Some(output)) => alike(input, output),
        _ => false,
    }
}

fn permutation(model: &Model, subgraph: &SubGraph, operator: &Operator) -> Option<Vec<u32>> {
    let axes = integers(model, subgraph, *operator.inputs.get(1)?)?;
    let rank = axes.len() as i64;
    let axis = |axis: i64| u32::try_from(if axis < 0 { axis + rank } else { axis }).ok();
    axes.into_iter().map(axis).collect()
}

fn paddings(model: &Model, subgraph: &SubGraph, operator: &Operator) -> Option<Vec<(i64, i64)>> {
    let amounts = integers(model, subgraph, *operator.inputs.get(1)?)?;
    Some(
        amounts
            .as_chunks()
            .0
            .iter()
            .map(|&[before, after]| (before, after))
            .collect(),
    )
}

/// The tensor at a position among an operator's inputs.
fn input<'s>(subgraph: &'s SubGraph, operator: &Operator, position: usize) -> Option<&'s Tensor> {
    let index = usize::try_from(*operator.inputs.get(position)?).ok()?;
    subgraph.tensors.get(index).map(|tensor| &**tensor)
}

/// Whether a tensor's payload is its elements one after the other, each with a scale of its tensor or slice.
fn is_plain(tensor: &Tensor) -> bool {
    let details = tensor.quantization.as_ref();
    let details = details.is_some_and(|parameters| parameters.rest.child("details").is_some());
    !details && tensor.rest.child("sparsity").is_none()
}

/// A sum over the last axis of the data, which is the last of the weights too; `None` where a convolution is grouped, a
/// dense layer flattens its data, or the weights are packed in some other way.
fn contraction(subgraph: &SubGraph, operator: &Operator) -> Option<OpKind> {
    let (data, weights) = (input(subgraph, operator, 0)?, input(subgraph, operator, 1)?);
    let convolution = operator.options_of(&tables::Conv2DOptions);
    let options = convolution.or_else(|| operator.options_of(&tables::FullyConnectedOptions))?;
    let packed = options.int("weights_format").unwrap_or_default() != 0;
    let sums_all = data.shape.last()? == weights.shape.last()? && is_static(data);
    let axis = |tensor: &Tensor| u32::try_from(tensor.shape.len() - 1).ok();
    if packed || !sums_all || !is_plain(weights) {
        return None;
    }
    Some(OpKind::Contract {
        data_axis: axis(data)?,
        weight_axis: axis(weights)?,
        activation: options.int("fused_activation_function")? != 0,
    })
}

/// What works on each channel of NHWC data apart.
fn channelwise(subgraph: &SubGraph, operator: &Operator, params: Vec<(u32, u32)>) -> OpKind {
    let plain = |&(position, _): &(u32, u32)| {
        input(subgraph, operator, position as usize).is_none_or(is_plain)
    };
    let four = input(subgraph, operator, 0).is_some_and(|data| data.shape.len() == 4);
    if !four || !params.iter().all(plain) {
        return OpKind::Opaque;
    }
    OpKind::Channelwise {
        axis: 3,
        group: 1,
        params,
    }
}

/// A plain concatenation; `None` where an activation is fused, which makes it more than one.
fn concatenation(subgraph: &SubGraph, operator: &Operator) -> Option<OpKind> {
    let options = operator.options_of(&tables::ConcatenationOptions)?;
    if options.int("fused_activation_function")? != 0 {
        return None;
    }
    let output = subgraph
        .tensors
        .get(usize::try_from(*operator.outputs.first()?).ok()?)?;
    let axis = options.int("axis")?;
    let axis = if axis < 0 {
        axis + output.shape.len() as i64
    } else {
        axis
    };
    Some(OpKind::Concat {
        axis: u32::try_from(axis).ok()?,
    })
}
