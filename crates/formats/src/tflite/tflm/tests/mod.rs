//! Figures of the interpreter of the Python package, measured on these very models, and what must hold for any.

mod head;

use lowtide_core::units::Bytes;

use super::{Build, Footprint, Item, Pointers, Scratch, declared, footprint, scratch};
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::facts::types::TensorType as Type;
use crate::tflite::schema::{File, Node};
use crate::tflite::tests::workshop::Workshop;

const Q: Option<(f32, i64)> = Some((0.5, 3));
const SYMMETRIC: Option<(f32, i64)> = Some((0.5, 0));

/// CONV_2D(x, weights, bias) -> y, MEAN(y, axes) -> z, ADD(z, z) -> sum, all int8.
fn network() -> File {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::INT8, &[1, 8, 8, 3], Q);
    let weights = shop.tensor("weights", Type::INT8, &[5, 3, 3, 3], SYMMETRIC);
    shop.payload(weights, &[1; 135]);
    let bias = shop.tensor("bias", Type::INT32, &[5], SYMMETRIC);
    shop.payload(bias, &[0; 20]);
    let y = shop.tensor("y", Type::INT8, &[1, 8, 8, 5], Q);
    let axes = shop.tensor("axes", Type::INT32, &[2], None);
    shop.payload(axes, &[1, 0, 0, 0, 2, 0, 0, 0]);
    let z = shop.tensor("z", Type::INT8, &[1, 5], Q);
    let sum = shop.tensor("sum", Type::INT8, &[1, 5], Q);
    let mut stride = Node::new(&tables::Conv2DOptions);
    for name in ["stride_w", "stride_h"] {
        stride.set_int(name, 1).unwrap();
    }
    shop.operator(Code::CONV_2D, &[x, weights, bias], &[y], Some(stride));
    shop.operator(
        Code::MEAN,
        &[y, axes],
        &[z],
        Some(Node::new(&tables::ReducerOptions)),
    );
    shop.operator(
        Code::ADD,
        &[z, z],
        &[sum],
        Some(Node::new(&tables::AddOptions)),
    );
    file(shop, &[x], &[sum])
}

/// SVDF(x, ..., state) -> y, float, with its state as a variable.
fn recurrent() -> File {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::FLOAT32, &[1, 8], None);
    let features = shop.tensor("features", Type::FLOAT32, &[4, 8], None);
    shop.payload(features, &[0; 128]);
    let time = shop.tensor("time", Type::FLOAT32, &[4, 5], None);
    shop.payload(time, &[0; 80]);
    let bias = shop.tensor("bias", Type::FLOAT32, &[2], None);
    shop.payload(bias, &[0; 8]);
    let state = shop.tensor("state", Type::FLOAT32, &[1, 20], None);
    shop.variable(state);
    let y = shop.tensor("y", Type::FLOAT32, &[1, 2], None);
    let mut options = Node::new(&tables::SVDFOptions);
    options.set_int("rank", 2).unwrap();
    shop.operator(
        Code::SVDF,
        &[x, features, time, bias, state],
        &[y],
        Some(options),
    );
    file(shop, &[x], &[y])
}

fn file(shop: Workshop, inputs: &[i32], outputs: &[i32]) -> File {
    File::read(shop.finish(inputs, outputs)).unwrap()
}

fn item(need: &Footprint, what: &str) -> Item {
    *need.items.iter().find(|item| item.what == what).unwrap()
}

/// Name, bytes and count of every item.
fn table(need: &Footprint) -> Vec<(&'static str, u64, u64)> {
    let row = |item: &Item| (item.what, item.bytes.get(), item.count);
    need.items.iter().map(row).collect()
}

#[test]
fn the_tail_is_that_of_the_python_package() {
    let need = footprint(&network(), Bytes(512), Build::PYTHON);
    let expected = [
        ("interpreter objects", 464, 4),
        ("subgraph tables", 24, 1),
        ("TfLiteEvalTensor", 168, 7),
        ("NodeAndRegistration", 192, 3),
        ("operator parameters", 40, 3),
        ("operator data", 200, 3),
        ("kernel buffers", 64, 2),
        ("scratch handles", 24, 3),
        ("input and output tensors", 216, 2),
    ];
    assert_eq!(table(&need), expected);
    assert_eq!((need.tail, need.planning), (Bytes(1392), Bytes(2040)));
    assert_eq!(
        need.total,
        Bytes(2048),
        "the smallest arena in which it starts"
    );
    assert!(need.unknown.is_empty());
}

#[test]
fn variables_are_kept_in_the_tail() {
    let need = footprint(&recurrent(), Bytes(64), Build::PYTHON);
    assert_eq!((need.tail, need.total), (Bytes(1008), Bytes(1424)));
    assert_eq!(item(&need, "variable tensors").count, 1);
}

#[test]
fn a_device_needs_less_than_a_workstation() {
    let totals = |file: &File| {
        let builds = [
            Pointers::Bits32.into(),
            Pointers::Bits64.into(),
            Build::PYTHON,
        ];
        builds.map(|build: Build| footprint(file, Bytes(64), build).total)
    };
    assert_eq!(totals(&network()), [Bytes(1328), Bytes(1792), Bytes(2048)]);
    assert_eq!(totals(&recurrent()), [Bytes(848), Bytes(1184), Bytes(1424)]);
}

#[test]
fn a_high_plan_decides_and_a_low_one_does_not() {
    let high = footprint(&network(), Bytes(100_000), Pointers::Bits32);
    assert_eq!(high.head, Bytes(100_000));
    assert_eq!(high.total, (high.head + high.tail).align_up(16));
    let low = footprint(&network(), Bytes(0), Pointers::Bits32);
    assert_eq!(low.total, low.planning.align_up(16));
    assert_eq!(low.tail, high.tail);
}

#[test]
fn scratch_is_listed_by_operator() {
    let of = |operator, bytes| Scratch {
        subgraph: 0,
        operator,
        bytes: Bytes(bytes),
    };
    let sums = [of(1, 20), of(1, 16), of(1, 8)];
    assert_eq!(scratch(&network(), Pointers::Bits32), sums);
    assert_eq!(scratch(&recurrent(), Pointers::Bits64), [of(0, 16)]);
}

#[test]
fn what_is_not_known_is_said_once() {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::INT8, &[4], Q);
    let y = shop.tensor("y", Type::INT8, &[8], Q);
    let z = shop.tensor("z", Type::INT8, &[16], Q);
    shop.operator(Code::TILE, &[x], &[y], None);
    shop.operator(Code::TILE, &[y], &[z], None);
    shop.operator(Code::CUSTOM, &[z], &[], None);
    shop.metadata("COMPRESSION_METADATA", &[1]);
    let need = footprint(&file(shop, &[x], &[z]), Bytes(32), Pointers::Bits32);
    assert_eq!(need.unknown, ["CUSTOM", "TILE", "compressed tensors"]);
}

/// TFLM has the operators, but not for uint8, so that no arena is large enough.
#[test]
fn kernels_without_the_type_are_named() {
    let mut file = network();
    for tensor in file.model.subgraphs.edit()[0].tensors.edit() {
        if tensor.element_type() == Type::INT8 {
            tensor.set_element_type(Type::UINT8);
        }
    }
    let need = footprint(&file, Bytes(512), Pointers::Bits32);
    assert_eq!(need.unknown, ["CONV_2D (u8, weights u8)"]);
}

#[test]
fn floats_that_are_dequantized_are_named() {
    let names = [
        (Type::INT8, None),
        (Type::INT16, None),
        (Type::FLOAT16, Some("DEQUANTIZE (f16)")),
        (Type::FLOAT32, Some("DEQUANTIZE (f32)")),
        (Type::INT32, Some("DEQUANTIZE (i32)")),
    ];
    for (kind, name) in names {
        let mut shop = Workshop::new();
        let x = shop.tensor("x", kind, &[4], None);
        let y = shop.tensor("y", Type::FLOAT32, &[4], None);
        shop.operator(Code::DEQUANTIZE, &[x], &[y], None);
        let need = footprint(&file(shop, &[x], &[y]), Bytes(32), Pointers::Bits32);
        assert_eq!(need.unknown, name.into_iter().collect::<Vec<_>>());
    }
}

/// Only what is quantised goes to CMSIS-NN.
#[test]
fn operators_that_need_more_with_tuned_kernels_are_named() {
    let mut file = network();
    let named = declared(&file).tuned;
    assert!(named.contains(&"CONV_2D".to_owned()), "{named:?}");
    for tensor in file.model.subgraphs.edit()[0].tensors.edit() {
        tensor.set_element_type(Type::FLOAT32);
    }
    assert!(declared(&file).tuned.is_empty());
}

#[test]
fn damaged_operands_and_endless_shapes_are_survived() {
    let mut hostile = network();
    let codes: Vec<_> = (0..Code::NAMES.len() as i32).map(Code).collect();
    for code in codes {
        let graph = &mut hostile.model.subgraphs.edit()[0];
        for tensor in graph.tensors.edit() {
            tensor.shape = vec![i32::MAX, -1, i32::MAX, i32::MAX, 0, 7].into();
        }
        for operator in graph.operators.edit() {
            operator.inputs = vec![-7, i32::MAX, 0].into();
            operator.outputs = Vec::new().into();
        }
        graph.inputs = vec![i32::MIN, 99].into();
        for entry in hostile.model.operator_codes.edit() {
            entry.set_builtin(code);
        }
        let need = footprint(&hostile, Bytes(u64::MAX), Pointers::Bits32);
        assert!(need.total >= need.planning);
        assert!(scratch(&hostile, Pointers::Bits64).len() <= 36);
    }
    assert_eq!(scratch(&File::default(), Pointers::Bits32), []);
    let empty = footprint(&File::default(), Bytes::ZERO, Pointers::Bits32);
    assert!(empty.unknown.is_empty());
}
