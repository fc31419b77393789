//! Operators on single elements, and softmax.

use lowtide_core::ids::OpId;
use lowtide_formats::onnx::emit::Attribute;

use super::lowering::Lowering;
use crate::CannotRun;

/// Two operands, computed on real numbers.
pub(super) fn binary(
    net: &mut Lowering<'_>,
    op: OpId,
    op_type: &'static str,
) -> Result<(), CannotRun> {
    let operands = [net.operand(op, 0)?, net.operand(op, 1)?];
    let [a, b] = operands.map(|operand| net.real(&operand));
    let value = net.node(op_type, &[&a, &b], &[]);
    let activation = net
        .options(op)
        .and_then(|options| options.int("fused_activation_function"));
    net.store((op, 0), value, &[1.0], activation.unwrap_or(0))
}

/// The square of a difference.
pub(super) fn squared_difference(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let operands = [net.operand(op, 0)?, net.operand(op, 1)?];
    let [a, b] = operands.map(|operand| net.real(&operand));
    let difference = net.node("Sub", &[&a, &b], &[]);
    let value = net.node("Mul", &[&difference, &difference], &[]);
    net.store((op, 0), value, &[1.0], 0)
}

/// One operand, computed on real numbers by `op_types` one after the other.
pub(super) fn unary(
    net: &mut Lowering<'_>,
    op: OpId,
    op_types: &[&'static str],
) -> Result<(), CannotRun> {
    let operand = net.operand(op, 0)?;
    let mut value = net.real(&operand);
    for op_type in op_types {
        value = net.node(op_type, &[&value], &[]);
    }
    net.store((op, 0), value, &[1.0], 0)
}

/// The product of a number with itself.
pub(super) fn square(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let operand = net.operand(op, 0)?;
    let value = net.real(&operand);
    let value = net.node("Mul", &[&value, &value], &[]);
    net.store((op, 0), value, &[1.0], 0)
}

/// A number, moved to other steps and kept within an activation's ends: `RELU` and its kin, `QUANTIZE`, `DEQUANTIZE`.
pub(super) fn moved(net: &mut Lowering<'_>, op: OpId, activation: i64) -> Result<(), CannotRun> {
    let operand = net.operand(op, 0)?;
    net.store((op, 0), operand.name, &[operand.storage.unit()], activation)
}

/// `LEAKY_RELU` and `PRELU`: what is below zero times a slope.
pub(super) fn sloped(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let operand = net.operand(op, 0)?;
    let slope = match net.options(op).and_then(|options| options.float("alpha")) {
        Some(alpha) => net.scalar(alpha.into()),
        None => {
            let slope = net.operand(op, 1)?;
            net.real(&slope)
        }
    };
    let value = net.real(&operand);
    let above = net.clipped(&value, (Some(0.0), None), None);
    let below = net.clipped(&value, (None, Some(0.0)), None);
    let below = net.node("Mul", &[&below, &slope], &[]);
    let value = net.node("Add", &[&above, &below], &[]);
    net.store((op, 0), value, &[1.0], 0)
}

/// `SOFTMAX` along the last axis.
pub(super) fn softmax(net: &mut Lowering<'_>, op: OpId) -> Result<(), CannotRun> {
    let operand = net.operand(op, 0)?;
    let beta = net.options(op).and_then(|options| options.float("beta"));
    let worth = operand.storage.unit() * f64::from(beta.unwrap_or(1.0));
    let value = net.times(operand.name, &[worth]);
    let value = net.node("Softmax", &[&value], &[("axis", Attribute::Int(-1))]);
    net.store((op, 0), value, &[1.0], 0)
}
