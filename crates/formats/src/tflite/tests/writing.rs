use lowtide_core::compile::rewritten;
use lowtide_core::ids::OpId;
use lowtide_core::plan::{Order, Rewriting};
use lowtide_core::rewrite::rules::CLEAN_UP;

use super::workshop::Workshop;
use crate::tflite::Model;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::types::TensorType as Type;
use crate::tflite::schema::{Buffer, File, SubGraph};

/// x -> SPLIT of one -> a; RELU(a) -> b; TANH(a) -> c; ADD(b, c) -> y, and an orphan; two subgraphs.
fn model() -> Vec<u8> {
    let mut shop = Workshop::new();
    let axis = shop.tensor("axis", Type::INT32, &[], None);
    shop.payload(axis, &[0; 4]);
    let [x, orphan, a, inner, b, c, y] = ["x", "orphan", "a", "inner", "b", "c", "y"]
        .map(|name| shop.tensor(name, Type::INT8, &[4], None));
    shop.payload(orphan, &[1; 16]);
    shop.operator(Code::SPLIT, &[axis, x], &[a], None);
    shop.operator(Code::RELU, &[a], &[b], None);
    shop.operator(Code::TANH, &[a], &[c], None);
    shop.operator(Code::ADD, &[b, c, -1], &[y], None);
    shop.main.operators.edit()[3].intermediates = vec![inner].into();
    shop.metadata("min_runtime_version", b"1.5.0");
    shop.metadata("OfflineMemoryAllocation", &[0; 40]);
    // RELU before TANH, as zigzag varints; the second subgraph ties nothing.
    shop.metadata("model_control_dependencies", &[1, 2, 1, 2, 4, 0]);
    shop.signature(&[("in", x)], &[("out", y)]);
    let mut other = SubGraph {
        name: Some("other".into()),
        ..SubGraph::default()
    };
    other.tensors = shop.main.tensors.clone();
    other.operators = vec![shop.main.operators[2].clone()].into();
    shop.model.subgraphs.edit().push(other.into());
    shop.finish(&[x], &[y])
}

fn names(subgraph: &SubGraph, tensors: &[i32]) -> Vec<String> {
    let name = |&t: &i32| match usize::try_from(t) {
        Ok(t) => subgraph.tensors[t]
            .name
            .as_ref()
            .unwrap()
            .text()
            .into_owned(),
        Err(_) => "-".into(),
    };
    tensors.iter().map(name).collect()
}

fn read(bytes: Vec<u8>) -> File {
    File::read(bytes).unwrap()
}

#[test]
fn an_unchanged_model_keeps_everything_but_the_stale_plan() {
    let model = Model::parse(model()).unwrap();
    let order = Order::new(model.graph().file_order());
    let written = read(
        model
            .write(&Rewriting::unchanged(model.graph().clone()), &order)
            .unwrap(),
    );
    let mut expected = model.file().model.clone();
    expected.metadata.edit().remove(1);
    let plan = expected
        .buffers
        .iter()
        .position(|b| b.data.as_ref().is_some_and(|d| d.len() == 40));
    expected.buffers.edit().remove(plan.unwrap());
    let entry = &mut expected.metadata.edit()[1];
    let moved = entry.buffer() - 1;
    entry.set_buffer(moved);
    let Buffer { data, .. } = &**expected.buffers.last().unwrap();
    assert_eq!(data.as_deref(), Some([1, 2, 1, 2, 4, 0].as_slice()));
    assert_eq!(written.model, expected);
}

/// The model cleaned up, TANH before RELU: the referee would not let it pass, but the writer does not care.
fn cleaned() -> File {
    let model = Model::parse(model()).unwrap();
    let rewriting = rewritten(model.graph(), CLEAN_UP).unwrap();
    let order = Order::new([1, 0, 2].map(OpId).to_vec());
    read(model.write(&rewriting, &order).unwrap())
}

#[test]
fn what_is_dropped_leaves_no_trace_and_numbers_follow() {
    let file = cleaned();
    let main = &file.model.subgraphs[0];
    let wiring: Vec<_> = main
        .operators
        .iter()
        .map(|op| (names(main, &op.inputs), names(main, &op.outputs)))
        .collect();
    let list = |names: &[&str]| {
        names
            .iter()
            .map(|name| String::from(*name))
            .collect::<Vec<_>>()
    };
    let expected = [
        (list(&["x"]), list(&["c"])),
        (list(&["x"]), list(&["b"])),
        (list(&["b", "c", "-"]), list(&["y"])),
    ];
    assert_eq!(wiring, expected);
    assert_eq!(names(main, &main.operators[2].intermediates), ["inner"]);
    assert_eq!(
        names(main, &(0..main.tensors.len() as i32).collect::<Vec<_>>()),
        ["x", "inner", "b", "c", "y"]
    );
    assert_eq!(
        (names(main, &main.inputs), names(main, &main.outputs)),
        (list(&["x"]), list(&["y"]))
    );
    let signature = &file.model.signature_defs[0];
    let named = [
        signature.inputs[0].tensor_index(),
        signature.outputs[0].tensor_index(),
    ];
    assert_eq!(names(main, &named.map(|t| t as i32)), ["x", "y"]);
}

#[test]
fn lists_that_subgraphs_share_are_pruned_and_renumbered() {
    let file = cleaned();
    let other = &file.model.subgraphs[1];
    // SPLIT is gone from the list of operators a device must register; TANH of the other subgraph is renumbered.
    let codes: Vec<_> = file
        .model
        .operator_codes
        .iter()
        .map(|code| code.builtin())
        .collect();
    assert_eq!(codes, [Code::RELU, Code::TANH, Code::ADD]);
    assert_eq!(other.operators[0].opcode_index(), 1);
    assert_eq!(other.tensors.len(), 8);
    let entries: Vec<_> = file
        .model
        .metadata
        .iter()
        .map(|entry| entry.name.as_ref().unwrap().text())
        .collect();
    assert_eq!(
        entries,
        ["min_runtime_version", "model_control_dependencies"]
    );
    let data = |entry: usize| {
        file.model.buffers[file.model.metadata[entry].buffer() as usize]
            .data
            .clone()
    };
    assert_eq!(data(0).as_deref(), Some(b"1.5.0".as_slice()));
    assert_eq!(
        data(1).as_deref(),
        Some([1, 2, 1, 2, 0, 0].as_slice()),
        "RELU is operator 1 now, TANH 0"
    );
}

#[test]
fn dead_weights_go_with_their_operator() {
    let mut shop = Workshop::new();
    let [x, w, y, dead] =
        ["x", "w", "y", "dead"].map(|name| shop.tensor(name, Type::INT8, &[64], None));
    shop.payload(w, &[7; 64]);
    shop.operator(Code::RELU, &[x], &[y], None);
    shop.operator(Code::MUL, &[x, w], &[dead], None);
    let model = Model::parse(shop.finish(&[x], &[y])).unwrap();
    let rewriting = rewritten(model.graph(), CLEAN_UP).unwrap();
    let bytes = model.write(&rewriting, &Order::new(vec![OpId(0)])).unwrap();
    assert!(
        !bytes.windows(64).any(|window| window == [7; 64]),
        "the weights are still in the file"
    );
    assert_eq!(read(bytes).model.buffers.len(), 1);
}

#[test]
fn writing_twice_gives_the_same_bytes() {
    let model = Model::parse(model()).unwrap();
    let rewriting = rewritten(model.graph(), CLEAN_UP).unwrap();
    let order = Order::new([0, 1, 2].map(OpId).to_vec());
    assert_eq!(
        model.write(&rewriting, &order).unwrap(),
        model.write(&rewriting, &order).unwrap()
    );
}
