//! Operators taken apart: what of their weights, scales and options stands in the file.

use lowtide_core::check::check_rewriting;
use lowtide_core::plan::{Order, Rewriting};
use lowtide_core::rewrite::rules::{ChannelWise, KernelWise};
use lowtide_core::rewrite::{Rule, rewrite};

use super::workshop::Workshop;
use crate::tflite::Model;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::types::TensorType as Type;
use crate::tflite::schema::facts::{Table, tables};
use crate::tflite::schema::{File, Node, QuantizationParameters, SubGraph, Tensor};

const RULES: &[&dyn Rule] = &[
    &KernelWise,
    &ChannelWise {
        sum: "ADD",
        biased: &["CONV_2D"],
    },
];

fn options(table: &'static Table, ints: &[(&str, i64)]) -> Node {
    let mut node = Node::new(table);
    ints.iter()
        .for_each(|(name, value)| node.set_int(name, *value).unwrap());
    node
}

/// `concat(x, y)` of 2 and 3 channels.
fn joined(shop: &mut Workshop, kind: Type) -> [i32; 3] {
    let q = (kind != Type::FLOAT32).then_some((0.5, 3));
    let x = shop.tensor("x", kind, &[1, 1, 2, 2], q);
    let y = shop.tensor("y", kind, &[1, 1, 2, 3], q);
    let c = shop.tensor("c", kind, &[1, 1, 2, 5], q);
    shop.operator(
        Code::CONCATENATION,
        &[x, y],
        &[c],
        Some(options(&tables::ConcatenationOptions, &[("axis", -1)])),
    );
    [x, y, c]
}

/// Gives a tensor a scale for each slice of an axis.
fn scales(shop: &mut Workshop, tensor: i32, scales: &[f32], axis: i64) {
    let bytes: Vec<u8> = scales
        .iter()
        .flat_map(|scale| scale.to_le_bytes())
        .collect();
    let mut parameters = QuantizationParameters {
        scale: Some(bytes.into()),
        zero_point: vec![0; scales.len()].into(),
        ..Default::default()
    };
    parameters
        .rest
        .set_int("quantized_dimension", axis)
        .unwrap();
    shop.main.tensors.edit()[tensor as usize].quantization = Some(parameters.into());
}

fn taken_apart(bytes: Vec<u8>) -> File {
    let model = Model::parse(bytes).unwrap();
    let rewriting: Rewriting = rewrite(model.graph(), RULES).unwrap();
    check_rewriting(model.graph(), &rewriting).unwrap();
    assert!(!rewriting.applied.is_empty());
    let order = Order::new(rewriting.graph.file_order());
    let written = model.write(&rewriting, &order).unwrap();
    // What was written is a valid model of its own.
    assert_eq!(
        Model::parse(written.clone()).unwrap().graph().ops().len(),
        rewriting.graph.ops().len()
    );
    File::read(written).unwrap()
}

fn named<'m>(main: &'m SubGraph, name: &str) -> &'m Tensor {
    let mut tensors = main.tensors.iter();
    tensors
        .find(|t| t.name.as_ref().unwrap().text() == name)
        .unwrap()
}

fn payload<'f>(file: &'f File, name: &str) -> &'f [u8] {
    let tensor = named(&file.model.subgraphs[0], name);
    file.model.buffers[tensor.buffer() as usize]
        .data
        .as_ref()
        .unwrap()
}

fn codes(file: &File) -> Vec<Code> {
    let codes = &file.model.operator_codes;
    let operators = file.model.subgraphs[0].operators.iter();
    operators
        .map(|op| codes[op.opcode_index() as usize].builtin())
        .collect()
}

#[test]
fn a_convolution_is_cut_along_its_input_channels() {
    let mut shop = Workshop::new();
    let [x, y, c] = joined(&mut shop, Type::INT8);
    let [w, b] = [
        ("w", Type::INT8, &[2, 1, 1, 5][..]),
        ("b", Type::INT32, &[2]),
    ]
    .map(|(n, t, s)| shop.tensor(n, t, s, None));
    shop.payload(w, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    shop.payload(b, &[1, 0, 0, 0, 255, 255, 255, 255]);
    scales(&mut shop, w, &[0.5, 0.25], 0);
    scales(&mut shop, b, &[0.25, 0.125], 0);
    let z = shop.tensor("z", Type::INT8, &[1, 1, 2, 2], Some((0.125, -128)));
    let conv = options(
        &tables::Conv2DOptions,
        &[
            ("stride_w", 1),
            ("stride_h", 1),
            ("fused_activation_function", 3),
        ],
    );
    shop.operator(Code::CONV_2D, &[c, w, b], &[z], Some(conv));
    let file = taken_apart(shop.finish(&[x, y], &[z]));
    assert_eq!(codes(&file), [Code::CONV_2D, Code::CONV_2D, Code::ADD]);
    assert_eq!(payload(&file, "w/part0"), [1, 2, 6, 7]);
    assert_eq!(payload(&file, "w/part1"), [3, 4, 5, 8, 9, 10]);
    assert_eq!(payload(&file, "b/zeros"), [0; 8]);
    // Nothing, both slices, the bias and its zeros: the whole weights are gone, and so is the code of CONCATENATION.
    assert_eq!(file.model.buffers.len(), 5);
    assert_eq!(file.model.operator_codes.len(), 2);
    let main = &file.model.subgraphs[0];
    let activations: Vec<_> = main
        .operators
        .iter()
        .map(|op| op.options().unwrap().int("fused_activation_function"))
        .collect();
    assert_eq!(activations, [Some(0), Some(0), Some(3)]);
    assert_eq!(
        [
            main.operators[0].inputs.len(),
            main.operators[1].inputs.len()
        ],
        [3, 3]
    );
    assert_eq!(file.model.operator_codes[1].version(), 2);
    let q = |name: &str| named(main, name).quantization.clone().unwrap();
    assert_eq!(q("w/part1").scales().collect::<Vec<_>>(), [0.5, 0.25]);
    assert_eq!(q("z").scales().collect::<Vec<_>>(), [0.125]);
    // Data in [-65.5, 62] times weights 1.5 and -0.25 * -1: within what is possible, and zero is exact.
    let partial = q("z/part0");
    let (scale, zero) = (partial.scales().next().unwrap(), partial.zero_point[0]);
    assert!((-128..=127).contains(&zero));
    let (low, high) = (scale * (-128 - zero) as f32, scale * (127 - zero) as f32);
    assert!(
        low < -90.0 && high > 80.0 && high - low <= 1.1 * (13.0 * 0.25 * 127.5 + 1.0),
        "{low} {high}"
    );
}

#[test]
fn a_depthwise_convolution_keeps_the_scales_of_its_channels() {
    let mut shop = Workshop::new();
    let [x, y, c] = joined(&mut shop, Type::INT8);
    let w = shop.tensor("w", Type::INT8, &[1, 2, 1, 5], None);
    let b = shop.tensor("b", Type::INT32, &[5], None);
    shop.payload(w, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    shop.payload(b, &(1..=20).collect::<Vec<u8>>());
    scales(&mut shop, w, &[1.0, 2.0, 3.0, 4.0, 5.0], 3);
    scales(&mut shop, b, &[0.5, 1.0, 1.5, 2.0, 2.5], 0);
    let z = shop.tensor("z", Type::INT8, &[1, 1, 2, 5], Some((0.125, -128)));
    let depthwise = options(
        &tables::DepthwiseConv2DOptions,
        &[("depth_multiplier", 1), ("fused_activation_function", 1)],
    );
    shop.operator(Code::DEPTHWISE_CONV_2D, &[c, w, b], &[z], Some(depthwise));
    let file = taken_apart(shop.finish(&[x, y], &[z]));
    assert_eq!(
        codes(&file),
        [
            Code::DEPTHWISE_CONV_2D,
            Code::DEPTHWISE_CONV_2D,
            Code::CONCATENATION
        ]
    );
    assert_eq!(payload(&file, "w/part1"), [3, 4, 5, 8, 9, 10]);
    assert_eq!(payload(&file, "b/part0"), [1, 2, 3, 4, 5, 6, 7, 8]);
    let main = &file.model.subgraphs[0];
    let scales = |name: &str| {
        named(main, name)
            .quantization
            .as_ref()
            .unwrap()
            .scales()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (scales("w/part0"), scales("w/part1")),
        (vec![1.0, 2.0], vec![3.0, 4.0, 5.0])
    );
    assert_eq!(
        (scales("b/part1"), scales("z/part1")),
        (vec![1.5, 2.0, 2.5], vec![0.125])
    );
    assert!(
        main.operators.iter().take(2).all(|op| op
            .options()
            .unwrap()
            .int("fused_activation_function")
            == Some(1))
    );
}

#[test]
fn a_dense_layer_in_floats_needs_no_ranges() {
    let mut shop = Workshop::new();
    let [x, y, c] = joined(&mut shop, Type::FLOAT32);
    let w = shop.tensor("w", Type::FLOAT32, &[1, 5], None);
    let numbers: Vec<u8> = (1..=5u8).flat_map(|n| f32::from(n).to_le_bytes()).collect();
    shop.payload(w, &numbers);
    let z = shop.tensor("z", Type::FLOAT32, &[1, 1, 2, 1], None);
    let dense = options(&tables::FullyConnectedOptions, &[("keep_num_dims", 1)]);
    shop.operator(Code::FULLY_CONNECTED, &[c, w, -1], &[z], Some(dense));
    let file = taken_apart(shop.finish(&[x, y], &[z]));
    assert_eq!(
        codes(&file),
        [Code::FULLY_CONNECTED, Code::FULLY_CONNECTED, Code::ADD]
    );
    assert_eq!(payload(&file, "w/part1"), &numbers[8..]);
    let main = &file.model.subgraphs[0];
    assert!(
        main.tensors
            .iter()
            .all(|tensor| tensor.quantization.is_none())
    );
    assert_eq!(file.model.operator_codes[1].version(), 1);
}
