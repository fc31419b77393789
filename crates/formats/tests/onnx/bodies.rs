//! Bodies of If, Loop and Scan: what they need inside, and their nodes in another order.

use lowtide_core::ids::OpId;
use lowtide_core::memory::{Instance, Target, profile};
use lowtide_core::plan::Order;
use lowtide_core::units::Bytes;
use lowtide_formats::onnx;

use crate::proto::{
    Model, field, five_rounds, graph_attribute, info, int_attribute, node, read, typed,
};

/// Two wide tensors before either is made narrow: 4 + 400 + 400 bytes, where 4 + 400 + 4 would do.
fn wasteful(reads: &str, writes: &str) -> Model {
    let expand = |model: Model, to: &str| model.node("Expand", &format!("{reads} wide"), to);
    let narrow = |model: Model, from: &str, to: &str| {
        model.node_with("ReduceMax", from, to, &[int_attribute("keepdims", 1)])
    };
    let model = expand(expand(Model::new(), "a"), "b");
    let model = narrow(narrow(model, "a", "na"), "b", "nb");
    model.node("Add", "na nb", writes).output(info(writes, "1"))
}

fn outer() -> Model {
    Model::new()
        .input(info("x", "1"))
        .input(typed("c", 9, ""))
        .constant(crate::proto::ints("wide", &[100]))
}

fn branching(then: &Model, other: &Model) -> Model {
    let branches = [
        graph_attribute("then_branch", then.graph()),
        graph_attribute("else_branch", other.graph()),
    ];
    outer()
        .node("Relu", "x", "r")
        .node_with("If", "c", "y", &branches)
        .output(info("y", "1"))
}

fn peak(graph: &lowtide_core::graph::Graph) -> Bytes {
    profile(
        &Instance::new(graph, &Target::TFLM),
        &Order::new(graph.file_order()),
    )
    .peak
}

fn small() -> Model {
    Model::new().node("Neg", "r", "e").output(info("e", "1"))
}

#[test]
fn a_branch_counts_while_its_node_runs() {
    let model = branching(&wasteful("r", "t"), &small());
    let model = onnx::Model::parse(model.bytes(), &[]).unwrap();
    let [then, other] = model.bodies() else {
        panic!("two bodies")
    };
    assert_eq!(then.title, "then_branch of If 'to_y'");
    // What is captured is counted outside: a and b, then one of the narrow ones.
    assert_eq!(peak(then.graph.as_ref().unwrap()), Bytes(804));
    assert_eq!(peak(other.graph.as_ref().unwrap()), Bytes(4));
    // The condition, what is captured, and the branch, whose output is the node's.
    assert_eq!(peak(model.graph()), Bytes(1 + 4 + 804));
    let graph = model.graph();
    let inside = graph.op(OpId(1)).outputs[1];
    assert_eq!(graph.tensor(inside).name, "inside If 'to_y'");
    assert_eq!(graph.tensor(inside).bytes, Bytes(800));
}

#[test]
fn a_body_in_another_order_needs_less_and_nothing_else_changes() {
    let source = branching(&wasteful("r", "t"), &small()).bytes();
    let model = onnx::Model::parse(source.clone(), &[]).unwrap();
    let order = Order::new([0, 2, 1, 3, 4].map(OpId).to_vec());
    let place = &model.bodies()[0].place;
    let changed = model.with_bodies(&[(place, &order)]).unwrap();
    assert_eq!(
        peak(changed.bodies()[0].graph.as_ref().unwrap()),
        Bytes(408)
    );
    assert_eq!(peak(changed.graph()), Bytes(1 + 4 + 408));
    assert_eq!(changed.bytes().len(), source.len());
    let back = Order::new([0, 2, 1, 3, 4].map(OpId).to_vec());
    let back = changed.with_bodies(&[(place, &back)]).unwrap();
    assert!(back.bytes() == source, "the same order twice undoes itself");
    let wrong = Order::new([0, 0, 1, 3, 4].map(OpId).to_vec());
    assert!(model.with_bodies(&[(place, &wrong)]).is_err());
}

#[test]
fn bodies_inside_bodies_are_counted_from_the_inside() {
    let inner = [
        graph_attribute("then_branch", wasteful("r", "t").graph()),
        graph_attribute("else_branch", small().graph()),
    ];
    let nested = Model::new()
        .node("Neg", "r", "n")
        .node_with("If", "c", "m", &inner)
        .node("Add", "m n", "o")
        .output(info("o", "1"));
    let model = branching(&nested, &small());
    let model = onnx::Model::parse(model.bytes(), &[]).unwrap();
    let titles: Vec<&str> = model.bodies().iter().map(|b| b.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "then_branch of If 'to_m'",
            "else_branch of If 'to_m'",
            "then_branch of If 'to_y'",
            "else_branch of If 'to_y'"
        ]
    );
    let depths: Vec<usize> = model.bodies().iter().map(|b| b.place.depth()).collect();
    assert_eq!(depths, [2, 2, 1, 1]);
    // n waits while the inner branch runs.
    let outer = model.bodies()[2].graph.as_ref().unwrap();
    assert_eq!(peak(outer), Bytes(4 + 804));
    let order = Order::new([0, 2, 1, 3, 4].map(OpId).to_vec());
    let place = &model.bodies()[0].place;
    let changed = model.with_bodies(&[(place, &order)]).unwrap();
    assert_eq!(
        peak(changed.bodies()[2].graph.as_ref().unwrap()),
        Bytes(4 + 408)
    );
}

#[test]
fn a_loop_counts_one_round_beside_what_it_stacks() {
    let graph = five_rounds(&[("Neg", "s", "s2"), ("Relu", "s2", "each")], "10");
    // x, all five slices, and a round: its number, the new condition, both states.
    assert_eq!(peak(&graph), Bytes(40 + 5 * 40 + 8 + 1 + 2 * 40));
}

#[test]
fn bodies_that_can_not_be_counted_stay_and_say_why() {
    let unknown = Model::new()
        .raw_node([node("Fancy", "r", "f", &[]), field(7, "com.example")].concat())
        .node("Relu", "f", "t")
        .output(info("t", "1"));
    let model = branching(&unknown, &small());
    let model = onnx::Model::parse(model.bytes(), &[]).unwrap();
    let error = model.bodies()[0].graph.as_ref().unwrap_err().to_string();
    assert!(
        error.contains("'f'") && error.contains("operator Fancy"),
        "{error}"
    );
    assert!(model.bodies()[1].graph.is_ok());
    // Cut out of its model, a body that reads before it writes is no graph either.
    let unsorted = Model::new()
        .node("Relu", "f", "t")
        .node("Neg", "r", "f")
        .output(info("t", "1"));
    let model = onnx::Model::parse(branching(&unsorted, &small()).bytes(), &[]).unwrap();
    let error = model.bodies()[0].graph.as_ref().unwrap_err().to_string();
    assert!(error.contains("reads 'f' before"), "{error}");
}

#[test]
fn functions_that_bodies_call_are_refused() {
    let calls = Model::new().node("Mine", "r", "t").output(info("t", "1"));
    let model = branching(&calls, &small()).beside(25, [field(1, "Mine"), field(10, "")].concat());
    let error = read(&model.bytes(), &[]).unwrap_err().to_string();
    assert!(
        error.contains("'to_t' calls the function 'Mine'"),
        "{error}"
    );
}
