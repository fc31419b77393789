//! TFLite models as ONNX models of the engine, number for number.
//!
//! Float tensors stay what they are. A quantised tensor becomes floats that hold its stored integers less the zero point; an operator
//! computes on them, and what it writes is scaled to the steps of its output, rounded to a whole number of them and kept within
//! the type. Sums of products are exact, as single precision holds integers of 24 bits. A runtime rescales in fixed point and
//! breaks ties its own way, so that it may store the neighbouring step; what is compared is two models under one arithmetic.
//!
//! Tensors keep TFLite's order of axes: convolutions, pooling and resizing stand between two transpositions.

mod convolve;
mod layout;
mod lowering;
mod pointwise;
mod pool;
mod storage;

use std::collections::BTreeSet;

use lowtide_core::ids::OpId;
use lowtide_formats::onnx::emit::NewModel;
use lowtide_formats::tflite::Model;

use crate::CannotRun;
use lowering::Lowering;

pub(crate) use lowering::{shape, wire};
pub(crate) use storage::Storage;

/// The model as the engine runs it. A tensor goes by [`wire`].
///
/// # Errors
/// Names the types of operators that are not known here, or not in this form.
pub(crate) fn lowered(model: &Model) -> Result<NewModel, CannotRun> {
    let mut net = Lowering::new(model);
    let mut faults = BTreeSet::new();
    for op in model.graph().ops().ids() {
        if let Err(fault) = operator(&mut net, op) {
            faults.insert(format!("{} ({fault})", net.op(op).label));
        }
    }
    if faults.is_empty() {
        return net.finish();
    }
    let more = faults.len().saturating_sub(NAMED);
    let mut text: Vec<String> = faults.into_iter().take(NAMED).collect();
    if more > 0 {
        text.push(format!("{more} more types"));
    }
    Err(CannotRun::new(text.join(", ")))
}

/// Operators that an error names.
const NAMED: usize = 4;

fn operator(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    match net.op(op).label.as_str() {
        "CONV_2D" => convolve::convolution(net, op),
        "DEPTHWISE_CONV_2D" => convolve::depthwise(net, op),
        "FULLY_CONNECTED" => convolve::dense(net, op),
        "MAX_POOL_2D" => pool::pooling(net, op, "MaxPool"),
        "AVERAGE_POOL_2D" => pool::pooling(net, op, "AveragePool"),
        "RESIZE_BILINEAR" => pool::resize(net, op, "linear"),
        "RESIZE_NEAREST_NEIGHBOR" => pool::resize(net, op, "nearest"),
        "MEAN" => pool::mean(net, op),
        "RESHAPE" | "SQUEEZE" | "EXPAND_DIMS" => layout::reshape(net, op),
        "CONCATENATION" => layout::concatenation(net, op),
        "PACK" => layout::pack(net, op),
        "UNPACK" => layout::unpack(net, op),
        "SPLIT" | "SPLIT_V" => layout::split(net, op),
        "SLICE" => layout::slice(net, op),
        "STRIDED_SLICE" => layout::strided_slice(net, op),
        "TRANSPOSE" => layout::transpose(net, op),
        "PAD" => layout::pad(net, op),
        "TILE" => layout::tile(net, op),
        "ADD" => pointwise::binary(net, op, "Add"),
        "SUB" => pointwise::binary(net, op, "Sub"),
        "MUL" => pointwise::binary(net, op, "Mul"),
        "DIV" => pointwise::binary(net, op, "Div"),
        "MAXIMUM" => pointwise::binary(net, op, "Max"),
        "MINIMUM" => pointwise::binary(net, op, "Min"),
        "SQUARED_DIFFERENCE" => pointwise::squared_difference(net, op),
        "RELU" => pointwise::moved(net, op, 1),
        "RELU_N1_TO_1" => pointwise::moved(net, op, 2),
        "RELU6" => pointwise::moved(net, op, 3),
        "QUANTIZE" | "DEQUANTIZE" => pointwise::moved(net, op, 0),
        "LEAKY_RELU" | "PRELU" => pointwise::sloped(net, op),
        "SOFTMAX" => pointwise::softmax(net, op),
        "SQUARE" => pointwise::square(net, op),
        "RSQRT" => pointwise::unary(net, op, &["Sqrt", "Reciprocal"]),
        label => match unary(label) {
            Some(op_type) => pointwise::unary(net, op, &[op_type]),
            None => Err(CannotRun::new("not known here")),
        },
    }
}

/// Functions of one number that ONNX has too.
fn unary(label: &str) -> Option<&'static str> {
    Some(match label {
        "LOGISTIC" => "Sigmoid",
        "TANH" => "Tanh",
        "HARD_SWISH" => "HardSwish",
        "ELU" => "Elu",
        "ABS" => "Abs",
        "SQRT" => "Sqrt",
        "EXP" => "Exp",
        "LOG" => "Log",
        "SIN" => "Sin",
        "COS" => "Cos",
        "FLOOR" => "Floor",
        "CEIL" => "Ceil",
        _ => return None,
    })
}
