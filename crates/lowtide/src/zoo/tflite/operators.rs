//! What each layer is called in the schema, and with which options.

use lowtide_formats::tflite::schema::facts::operators::BuiltinOperator as Code;
use lowtide_formats::tflite::schema::facts::{Table, tables};
use lowtide_formats::tflite::schema::{Node, Result};

use crate::zoo::Element;
use crate::zoo::net::{Activation, Op, Padding, Window};

/// The operator and its version: the lowest that has kernels for this element type.
pub(super) fn kind(op: &Op, element: Element) -> (Code, i32) {
    let (code, float, int8) = match op {
        Op::Conv2d { .. } => (Code::CONV_2D, 1, 3),
        Op::DepthwiseConv2d { .. } => (Code::DEPTHWISE_CONV_2D, 1, 3),
        Op::FullyConnected { .. } => (Code::FULLY_CONNECTED, 1, 4),
        Op::Concat => (Code::CONCATENATION, 1, 2),
        Op::Add { .. } => (Code::ADD, 1, 2),
        Op::MaxPool(_) => (Code::MAX_POOL_2D, 1, 2),
        Op::AveragePool(_) => (Code::AVERAGE_POOL_2D, 1, 2),
        Op::Relu => (Code::RELU, 1, 2),
        Op::GlobalMean => (Code::MEAN, 1, 2),
        Op::Upsample { .. } => (Code::RESIZE_NEAREST_NEIGHBOR, 1, 2),
        Op::DropFirst => (Code::STRIDED_SLICE, 1, 2),
        Op::SplitOfOne => (Code::SPLIT, 1, 2),
        Op::Softmax => (Code::SOFTMAX, 1, 2),
    };
    let version = match element {
        Element::Float32 => float,
        Element::Int8 => int8,
    };
    (code, version)
}

/// Values and constants in the order of the operator's signature.
pub(super) fn arguments(op: &Op, values: &[i32], constants: &[i32]) -> Vec<i32> {
    match op {
        Op::SplitOfOne => [constants, values].concat(),
        _ => [values, constants].concat(),
    }
}

/// The options; none where the schema has no table for them.
pub(super) fn options(op: &Op) -> Result<Option<Node>> {
    let fused = ("fused_activation_function", activation(op.activation()));
    let node = match op {
        Op::Conv2d { window, .. } => {
            let mut node = of(&tables::Conv2DOptions, &[fused])?;
            dilated(&mut node, window)?;
            node
        }
        Op::DepthwiseConv2d { window, .. } => {
            let mut node = of(
                &tables::DepthwiseConv2DOptions,
                &[("depth_multiplier", 1), fused],
            )?;
            dilated(&mut node, window)?;
            node
        }
        Op::MaxPool(window) | Op::AveragePool(window) => {
            let [height, width] = window.size.map(i64::from);
            let size = [("filter_height", height), ("filter_width", width)];
            let mut node = of(&tables::Pool2DOptions, &size)?;
            moving(&mut node, window)?;
            node
        }
        Op::FullyConnected { .. } => of(&tables::FullyConnectedOptions, &[fused])?,
        Op::Concat => of(&tables::ConcatenationOptions, &[("axis", 3)])?,
        Op::Add { .. } => of(&tables::AddOptions, &[fused])?,
        Op::Relu => return Ok(None),
        Op::GlobalMean => of(&tables::ReducerOptions, &[("keep_dims", 1)])?,
        Op::Upsample { .. } => of(&tables::ResizeNearestNeighborOptions, &[])?,
        // The ends are those of the input, whatever the operand says.
        Op::DropFirst => of(&tables::StridedSliceOptions, &[("end_mask", 0b1111)])?,
        Op::SplitOfOne => of(&tables::SplitOptions, &[("num_splits", 1)])?,
        Op::Softmax => {
            let mut node = Node::new(&tables::SoftmaxOptions);
            node.set_float("beta", 1.0)?;
            node
        }
    };
    Ok(Some(node))
}

fn of(table: &'static Table, fields: &[(&str, i64)]) -> Result<Node> {
    let mut node = Node::new(table);
    for &(name, value) in fields {
        node.set_int(name, value)?;
    }
    Ok(node)
}

fn moving(node: &mut Node, window: &Window) -> Result<()> {
    let padding = match window.padding {
        Padding::Same => 0,
        Padding::Valid => 1,
    };
    node.set_int("padding", padding)?;
    node.set_int("stride_h", window.stride.into())?;
    node.set_int("stride_w", window.stride.into())
}

fn dilated(node: &mut Node, window: &Window) -> Result<()> {
    moving(node, window)?;
    node.set_int("dilation_h_factor", window.dilation.into())?;
    node.set_int("dilation_w_factor", window.dilation.into())
}

fn activation(activation: Activation) -> i64 {
    match activation {
        Activation::None => 0,
        Activation::Relu => 1,
        Activation::Relu6 => 3,
    }
}
