//! The head by hand: what lives when, where control flow calls subgraphs and where kernels have scratch.

use lowtide_core::limits::Limits;
use lowtide_core::units::Bytes;

use super::{Q, network, recurrent};
use crate::tflite::Model;
use crate::tflite::plan::OfflinePlan;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::facts::types::TensorType as Type;
use crate::tflite::schema::{File, Node, SubGraph};
use crate::tflite::tests::workshop::Workshop;
use crate::tflite::tflm::{Owner, Pointers, head, planner_problem};

fn of(file: &File) -> Bytes {
    head(file, Pointers::Bits32).unwrap()
}

/// IF(truth, x) -> y in the main subgraph; subgraphs 1 and 2 are `calls`, of two tensors like x, the second computed from
/// the first.
fn choice(calls: [i64; 2]) -> File {
    let mut shop = Workshop::new();
    let truth = shop.tensor("truth", Type::BOOL, &[1], None);
    let x = shop.tensor("x", Type::FLOAT32, &[10], None);
    let y = shop.tensor("y", Type::FLOAT32, &[10], None);
    shop.operator(Code::ABS, &[0], &[1], None);
    let absolute = shop.main.operators.edit().pop().unwrap();
    let mut options = Node::new(&tables::IfOptions);
    options.set_int("then_subgraph_index", calls[0]).unwrap();
    options.set_int("else_subgraph_index", calls[1]).unwrap();
    shop.operator(Code::IF, &[truth, x], &[y], Some(options));
    for _ in 0..2 {
        let pair = [x, y].map(|tensor| shop.main.tensors[tensor as usize].clone());
        let branch = SubGraph {
            tensors: pair.to_vec().into(),
            inputs: vec![0].into(),
            outputs: vec![1].into(),
            operators: vec![absolute.clone()].into(),
            ..SubGraph::default()
        };
        shop.model.subgraphs.edit().push(branch.into());
    }
    super::file(shop, &[truth, x], &[y])
}

/// Both branches live while the operator runs, one after the other: 16 + 48 + 48 and the larger branch, 48 + 48.
#[test]
fn branches_live_one_after_the_other_within_their_operator() {
    let file = choice([1, 2]);
    let problem = planner_problem(&file, Pointers::Bits32, None).unwrap();
    let lives: Vec<(u64, u64)> = problem.buffers.rows().map(|b| (b.start, b.end)).collect();
    let expected = [(1, 7), (1, 7), (2, 7), (3, 5), (4, 5), (5, 7), (6, 7)];
    assert_eq!(lives, expected);
    assert_eq!(of(&file), Bytes(208));
    // What is never called lies in a scope of its own, all side by side, which is lower here.
    assert_eq!(of(&choice([1, 1])), Bytes(208));
    assert_eq!(of(&choice([-1, -1])), Bytes(192));
}

#[test]
fn the_called_subgraphs_are_left_to_the_interpreter() {
    let model = Model::parse(choice([1, 2]).write().unwrap()).unwrap();
    assert!(
        model.planned(&Limits::default()).unwrap().is_none(),
        "nothing to win"
    );
    let mut offsets = vec![None; 7];
    offsets[..3].copy_from_slice(&[96, 48, 0].map(|offset| Some(Bytes(offset))));
    let planned = model.with_plan(&OfflinePlan::new(offsets)).unwrap();
    assert_eq!(of(planned.file()), Bytes(208));
}

#[test]
fn subgraphs_that_call_themselves_end_in_an_error() {
    let mut file = choice([1, 2]);
    let subgraphs = file.model.subgraphs.edit();
    let call = subgraphs[0].operators[0].clone();
    subgraphs[1].operators = vec![call].into();
    let error = head(&file, Pointers::Bits32).unwrap_err();
    assert!(
        error.to_string().contains("subgraph 1 is called"),
        "{error}"
    );
    let model = Model::parse(file.write().unwrap()).unwrap();
    assert_eq!(model.declared().device.unknown.len(), 1);
    assert!(model.planned(&Limits::default()).unwrap().is_none());
}

/// MEAN has 20 + 16 + 8 bytes of scratch for its step: x (192) and y (320) are gone or there by then.
#[test]
fn scratch_lies_with_the_activations() {
    let problem = planner_problem(&network(), Pointers::Bits32, None).unwrap();
    let scratch = problem
        .owners
        .rows()
        .filter(|owner| matches!(owner, Owner::Scratch { .. }));
    assert_eq!(scratch.count(), 3);
    assert_eq!(of(&network()), Bytes(192 + 320));
    // The variable lies in the tail, unless a plan moves it.
    assert_eq!(of(&recurrent()), Bytes(32 + 16 + 16));
}

/// What a plan costs where it leaves no gap for scratch: one that puts `y` in the middle of the arena drives the buffers of
/// MEAN above it. None is written then.
#[test]
fn a_plan_that_scratch_makes_harmful_is_not_written() {
    let model = Model::parse(network().write().unwrap()).unwrap();
    let mut offsets = vec![None; 7];
    offsets[0] = Some(Bytes(320));
    offsets[3] = Some(Bytes(0));
    offsets[5] = Some(Bytes(496));
    let planned = model.with_plan(&OfflinePlan::new(offsets)).unwrap();
    assert!(planned.declared().device.head >= of(model.file()));
    assert!(model.planned(&Limits::default()).unwrap().is_none());
}

#[test]
fn orphans_lie_side_by_side() {
    let mut shop = Workshop::new();
    let x = shop.tensor("x", Type::INT8, &[4], Q);
    let y = shop.tensor("y", Type::INT8, &[4], Q);
    for name in ["a", "b", "c"] {
        shop.tensor(name, Type::INT8, &[100], Q);
    }
    shop.operator(Code::RELU, &[x], &[y], None);
    assert_eq!(of(&super::file(shop, &[x], &[y])), Bytes(3 * 112));
}
