use crate::error::ErrorKind;
use crate::tflite::Model;
use crate::tflite::schema::Node;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::facts::types::TensorType as Type;
use crate::tflite::tests::workshop::Workshop;

const Q: Option<(f32, i64)> = Some((0.5, 128));

/// CONV_2D(x, weights, bias) -> y, all uint8 but the bias.
fn convolution(weights: &[u8; 4], zero_point: i64) -> Vec<u8> {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::UINT8, &[1, 2, 2, 1], Some((0.25, 3)));
    let w = shop.tensor("w", Type::UINT8, &[4, 1, 1, 1], Some((0.5, zero_point)));
    shop.payload(w, weights);
    let bias = shop.tensor("bias", Type::INT32, &[4], Some((0.125, 0)));
    shop.payload(bias, &[9; 16]);
    let y = shop.tensor("y", Type::UINT8, &[1, 2, 2, 4], Q);
    shop.operator(Code::CONV_2D, &[x, w, bias], &[y], None);
    shop.finish(&[x], &[y])
}

#[test]
fn every_stored_number_and_zero_point_moves_by_128() {
    let model = Model::parse(convolution(&[1, 127, 128, 255], 128))
        .unwrap()
        .to_int8()
        .unwrap();
    let file = &model.file().model;
    let tensors = &file.subgraphs[0].tensors;
    let zero_points: Vec<i64> = tensors
        .iter()
        .map(|t| t.quantization.as_ref().unwrap().zero_point[0])
        .collect();
    assert_eq!(zero_points, [-125, 0, 0, 0]);
    let types: Vec<Type> = tensors.iter().map(|t| t.element_type()).collect();
    assert_eq!(types, [Type::INT8, Type::INT8, Type::INT32, Type::INT8]);
    let data = |t: usize| {
        file.buffers[tensors[t].buffer() as usize]
            .data
            .clone()
            .unwrap()
            .to_vec()
    };
    let weights: Vec<i8> = data(1).into_iter().map(u8::cast_signed).collect();
    assert_eq!(weights, [-127, -1, 0, 127]);
    assert_eq!(data(2), [9; 16], "the bias counts in units of its own");
    assert!(
        file.operator_codes[0].version() >= 3,
        "the version with int8 kernels"
    );
}

#[track_caller]
fn refused(bytes: Vec<u8>, words: &[&str]) {
    let error = Model::parse(bytes)
        .unwrap()
        .to_int8()
        .map(|_| ())
        .expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Refused);
    for word in words {
        assert!(
            error.to_string().contains(word),
            "'{error}' does not say '{word}'"
        );
    }
}

#[test]
fn weights_must_be_symmetric() {
    refused(convolution(&[1, 2, 3, 4], 127), &["'w'", "zero point"]);
    refused(convolution(&[0, 2, 3, 4], 128), &["'w'", "value 0"]);
}

/// One operator between two tensors of the given type and quantisation.
fn single(
    code: Code,
    from: Type,
    q_from: Option<(f32, i64)>,
    q_to: Option<(f32, i64)>,
    options: Option<Node>,
) -> Vec<u8> {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", from, &[1, 6, 6, 1], q_from);
    let y = shop.tensor("y", Type::UINT8, &[1, 1, 1, 1], q_to);
    shop.operator(code, &[x], &[y], options);
    shop.finish(&[x], &[y])
}

fn pooling(filter: i64, stride: i64, valid: bool) -> Vec<u8> {
    let mut options = Node::new(&tables::Pool2DOptions);
    for (name, value) in [
        ("filter_width", filter),
        ("filter_height", filter),
        ("stride_w", stride),
        ("stride_h", stride),
    ] {
        options.set_int(name, value).unwrap();
    }
    options.set_int("padding", i64::from(valid)).unwrap();
    single(Code::AVERAGE_POOL_2D, Type::UINT8, Q, Q, Some(options))
}

#[test]
fn averages_of_an_even_number_round_differently() {
    for (filter, stride, valid) in [(3, 1, true), (3, 3, false), (1, 1, false)] {
        Model::parse(pooling(filter, stride, valid))
            .unwrap()
            .to_int8()
            .unwrap();
    }
    for (filter, stride, valid) in [(2, 2, true), (6, 6, true), (3, 1, false), (3, 2, false)] {
        refused(
            pooling(filter, stride, valid),
            &["'x'", "AVERAGE_POOL_2D", "even"],
        );
    }
}

#[test]
fn what_is_not_known_to_be_the_same_is_refused() {
    refused(
        single(Code::LOGISTIC, Type::UINT8, Q, Q, None),
        &["'x'", "LOGISTIC"],
    );
    refused(single(Code::CUSTOM, Type::FLOAT32, None, Q, None), &["'y'"]);
    refused(
        single(Code::MAX_POOL_2D, Type::UINT8, Q, Some((0.75, 128)), None),
        &["several scales"],
    );
    refused(
        single(Code::RESHAPE, Type::UINT8, Q, None, None),
        &["'y'", "zero point"],
    );
    let model = Model::parse(single(Code::QUANTIZE, Type::FLOAT32, None, Q, None)).unwrap();
    assert_eq!(
        model.to_int8().unwrap().file().model.subgraphs[0].tensors[0].element_type(),
        Type::FLOAT32
    );
}

#[test]
fn bytes_read_under_two_types_and_variables_are_refused() {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::UINT8, &[4], Q);
    let c = shop.tensor("c", Type::UINT8, &[4], Q);
    shop.payload(c, &[1, 2, 3, 4]);
    let alias = shop.tensor("alias", Type::INT32, &[1], None);
    let buffer = shop.main.tensors[c as usize].buffer();
    shop.main.tensors.edit()[alias as usize].set_buffer(buffer);
    let y = shop.tensor("y", Type::UINT8, &[4], Q);
    shop.operator(Code::ADD, &[x, c], &[y], None);
    refused(shop.finish(&[x], &[y]), &["'alias'"]);

    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::UINT8, &[4], Q);
    let state = shop.tensor("state", Type::UINT8, &[4], Q);
    shop.variable(state);
    let y = shop.tensor("y", Type::UINT8, &[4], Q);
    shop.operator(Code::ADD, &[x, state], &[y], None);
    refused(shop.finish(&[x], &[y]), &["'state'", "variable"]);
}
