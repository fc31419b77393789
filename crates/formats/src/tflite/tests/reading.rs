use lowtide_core::graph::{DType, OpKind, Role};
use lowtide_core::ids::{OpId, TensorId};
use lowtide_core::units::Bytes;

use super::workshop::Workshop;
use crate::error::ErrorKind;
use crate::tflite::Model;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::facts::types::TensorType as Type;
use crate::tflite::schema::{File, Node};

#[track_caller]
fn error(bytes: Vec<u8>, kind: ErrorKind, words: &[&str]) {
    let error = Model::parse(bytes)
        .map(|_| ())
        .expect_err("the file is refused");
    assert_eq!(error.kind(), kind, "{error}");
    for word in words {
        assert!(
            error.to_string().contains(word),
            "'{error}' does not say '{word}'"
        );
    }
}

#[test]
fn constants_and_what_is_computed_from_them_do_not_count() {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::FLOAT32, &[1, 4], None);
    let half = shop.tensor("half", Type::FLOAT16, &[4], None);
    shop.payload(half, &[0; 8]);
    let weights = shop.tensor("weights", Type::FLOAT32, &[4], None);
    let y = shop.tensor("y", Type::FLOAT32, &[1, 4], None);
    shop.operator(Code::DEQUANTIZE, &[half], &[weights], None);
    shop.operator(Code::FULLY_CONNECTED, &[x, weights, -1], &[y], None);
    let model = Model::parse(shop.finish(&[x], &[y])).unwrap();
    let graph = model.graph();
    let roles: Vec<Role> = graph.tensors().rows().map(|t| t.role).collect();
    assert_eq!(
        roles,
        [
            Role::Activation,
            Role::Constant,
            Role::Constant,
            Role::Activation
        ]
    );
    assert!(graph.is_constant_op(OpId(0)) && !graph.is_constant_op(OpId(1)));
    assert_eq!(
        graph.op(OpId(1)).inputs,
        [Some(TensorId(0)), Some(TensorId(2)), None]
    );
    assert_eq!(graph.tensor(TensorId(1)).bytes, Bytes(8));
}

#[test]
fn narrow_and_open_shapes_are_sized() {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::INT4, &[1, 5], Some((0.5, -3)));
    shop.main.tensors.edit()[0].shape_signature = vec![-1, 5].into();
    let model = Model::parse(shop.finish(&[x], &[x])).unwrap();
    let tensor = model.graph().tensor(TensorId(0));
    let array = tensor.array.as_ref().unwrap();
    assert_eq!((tensor.bytes, array.dtype), (Bytes(3), DType::I4));
    assert_eq!(array.shape, [None, Some(5)]);
    assert_eq!(array.quantization.as_ref().unwrap().zero_points, [-3]);
}

#[test]
fn users_of_one_variable_and_stateful_operators_keep_their_order() {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::INT8, &[4], None);
    let state = shop.tensor("state", Type::INT8, &[4], None);
    shop.variable(state);
    let outputs: Vec<i32> = (0..4)
        .map(|i| shop.tensor(&format!("y{i}"), Type::INT8, &[4], None))
        .collect();
    shop.operator(Code::SVDF, &[x, x, x, -1, state], &outputs[..1], None);
    shop.operator(Code::READ_VARIABLE, &[x], &outputs[1..2], None);
    shop.operator(Code::SVDF, &[x, x, x, -1, state], &outputs[2..3], None);
    shop.operator(Code::READ_VARIABLE, &[x], &outputs[3..], None);
    // The converter's own: the last operator waits for the first. Numbers are zigzag varints.
    shop.metadata("model_control_dependencies", &[1, 1, 1, 0, 6]);
    let model = Model::parse(shop.finish(&[x], &outputs)).unwrap();
    let pairs = [(OpId(0), OpId(2)), (OpId(0), OpId(3)), (OpId(1), OpId(3))];
    assert_eq!(model.graph().control(), pairs);
    assert!(model.graph().ops().rows().all(|op| op.has_effects));
    assert_eq!(model.graph().tensor(TensorId(1)).role, Role::Variable);
}

/// What is understood of an operator with a constant permutation (tensor 2) and constant paddings (tensor 3) at hand.
fn kind_of(code: Code, inputs: &[i32], options: Option<Node>) -> OpKind {
    let mut shop = Workshop::new();
    let shape = [1, 2, 3];
    let x = shop.tensor("x", Type::INT8, &shape, None);
    let other = shop.tensor("other", Type::INT32, &[3], None);
    let perm = shop.tensor("perm", Type::INT32, &[3], None);
    shop.payload(perm, &[0i32, -1, 1].map(i32::to_le_bytes).concat());
    let pads = shop.tensor("pads", Type::INT64, &[3, 2], None);
    shop.payload(pads, &[0i64, 1, 2, 3, 0, 0].map(i64::to_le_bytes).concat());
    let y = shop.tensor("y", Type::INT8, &shape, None);
    shop.operator(code, inputs, &[y], options);
    let model = Model::parse(shop.finish(&[x, other], &[y])).unwrap();
    model.graph().op(OpId(0)).kind.clone()
}

fn concatenation(activation: i64) -> Option<Node> {
    let mut options = Node::new(&tables::ConcatenationOptions);
    options.set_int("axis", -1).unwrap();
    options
        .set_int("fused_activation_function", activation)
        .unwrap();
    Some(options)
}

#[test]
fn parameters_of_copies_are_understood() {
    let perm = Some(vec![0, 2, 1]);
    let amounts = Some(vec![(0, 1), (2, 3), (0, 0)]);
    assert_eq!(
        kind_of(Code::TRANSPOSE, &[0, 2], None),
        OpKind::Transpose { perm }
    );
    assert_eq!(
        kind_of(Code::TRANSPOSE, &[0, 1], None),
        OpKind::Transpose { perm: None }
    );
    assert_eq!(kind_of(Code::PAD, &[0, 3], None), OpKind::Pad { amounts });
    assert_eq!(
        kind_of(Code::CONCATENATION, &[0], concatenation(0)),
        OpKind::Concat { axis: 2 }
    );
    assert_eq!(
        kind_of(Code::CONCATENATION, &[0], concatenation(1)),
        OpKind::Opaque
    );
    assert_eq!(kind_of(Code::SQUEEZE, &[0], None), OpKind::Reshape);
    assert_eq!(kind_of(Code::SLICE, &[0, 2, 2], None), OpKind::Identity);
    assert_eq!(kind_of(Code::SLICE, &[1, 2, 2], None), OpKind::Opaque);
    assert_eq!(kind_of(Code::RELU6, &[0], None), OpKind::Elementwise);
    assert_eq!(kind_of(Code(9999), &[0], None), OpKind::Opaque);
}

/// RELU(x) -> y, changed before it is written.
fn model(change: &dyn Fn(&mut Workshop)) -> Vec<u8> {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::INT8, &[4], None);
    let y = shop.tensor("y", Type::INT8, &[4], None);
    shop.operator(Code::RELU, &[x], &[y], None);
    change(&mut shop);
    shop.finish(&[x], &[y])
}

#[test]
fn damaged_files_are_refused_by_name() {
    let malformed = |change: &dyn Fn(&mut Workshop), words: &[&str]| {
        error(model(change), ErrorKind::Malformed, words);
    };
    let operator = |shop: &mut Workshop, inputs: &[i32], outputs: &[i32]| {
        shop.operator(Code::RELU, inputs, outputs, None);
    };
    malformed(
        &|shop| operator(shop, &[7], &[1]),
        &["RELU", "tensor 7 of 2"],
    );
    malformed(
        &|shop| operator(shop, &[-2], &[1]),
        &["RELU", "tensor -2 of 2"],
    );
    malformed(&|shop| operator(shop, &[0], &[1]), &["'y'", "again"]);
    malformed(&|shop| operator(shop, &[1], &[0]), &["'x'", "graph input"]);
    malformed(
        &|shop| shop.main.tensors.edit()[0].set_buffer(3),
        &["tensor 0", "buffer 3 of 1"],
    );
    malformed(
        &|shop| shop.main.operators.edit()[0].set_opcode_index(2),
        &["operator code 2 of 1"],
    );
    let huge: &dyn Fn(&mut Workshop) = &|shop| {
        shop.main.tensors.edit()[0].shape = vec![i32::MAX, i32::MAX, i32::MAX].into();
    };
    malformed(huge, &["tensor 0 'x'"]);
    error(
        File::default().write().unwrap(),
        ErrorKind::Malformed,
        &["no subgraph"],
    );
}

#[test]
fn what_cannot_be_carried_is_refused_with_a_remedy() {
    let negative = |shop: &mut Workshop| shop.main.tensors.edit()[0].shape = vec![-1, 4].into();
    error(
        model(&negative),
        ErrorKind::Unsupported,
        &["tensor 0 'x'", "static shapes"],
    );
    let outside = |shop: &mut Workshop| {
        let tensor = &mut shop.main.tensors.edit()[0];
        tensor.rest.set_int("external_buffer", 1).unwrap();
    };
    error(
        model(&outside),
        ErrorKind::Unsupported,
        &["tensor 0", "another file", "re-export"],
    );
    let newer = |shop: &mut Workshop| shop.main.tensors.edit()[0].set_element_type(Type(99));
    error(
        model(&newer),
        ErrorKind::Unsupported,
        &["'x'", "99", "update"],
    );
}
