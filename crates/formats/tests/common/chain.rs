//! A small model built by hand.

use lowtide_formats::tflite::schema::facts::operators::BuiltinOperator;
use lowtide_formats::tflite::schema::facts::tables;
use lowtide_formats::tflite::schema::facts::types::TensorType;
use lowtide_formats::tflite::schema::{
    Buffer, File, Node, Operator, OperatorCode, Shared, SubGraph, Tensor,
};

/// A chain of this many convolutions, all with the same options, and one tensor more. Buffer 1 holds 33 bytes.
pub(crate) fn chain(length: u16) -> File {
    let mut file = File::default();
    let mut code = OperatorCode::default();
    code.set_builtin(BuiltinOperator::CONV_2D);
    file.model.set_version(3);
    file.model.operator_codes = vec![code.into()].into();
    let payload = Buffer {
        data: Some(vec![7; 33].into()),
        ..Buffer::default()
    };
    file.model.buffers = vec![Buffer::default().into(), payload.into()].into();
    let options = options();
    let subgraph = SubGraph {
        tensors: (0..=length).map(|index| tensor(index).into()).collect(),
        inputs: vec![0].into(),
        outputs: vec![length.into()].into(),
        operators: (0..length)
            .map(|index| convolution(index, &options).into())
            .collect(),
        name: Some("main".into()),
        ..SubGraph::default()
    };
    file.model.subgraphs = vec![subgraph.into()].into();
    file
}

fn options() -> Shared<Node> {
    let mut options = Node::new(&tables::Conv2DOptions);
    for name in ["stride_w", "stride_h", "dilation_h_factor"] {
        options.set_int(name, 2).expect("an integer field");
    }
    options.into()
}

fn convolution(index: u16, options: &Shared<Node>) -> Operator {
    let index = i32::from(index);
    let mut operator = Operator {
        inputs: vec![index, -1].into(),
        outputs: vec![index + 1].into(),
        ..Operator::default()
    };
    operator
        .set_options(Some(options.clone()))
        .expect("builtin options");
    operator
}

/// A tensor of 32 elements without payload.
pub(crate) fn tensor(index: u16) -> Tensor {
    let name = format!("t{index}");
    let mut tensor = Tensor {
        shape: vec![1, 4, 4, 2].into(),
        name: Some(name.as_str().into()),
        ..Tensor::default()
    };
    tensor.set_element_type(TensorType::INT8);
    tensor.set_buffer(0);
    tensor
}
