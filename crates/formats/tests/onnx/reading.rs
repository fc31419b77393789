//! From bytes to graphs, and what is refused.

use lowtide_core::graph::{Graph, Role};
use lowtide_core::ids::TensorId;
use lowtide_core::units::Bytes;

use crate::proto::{
    Model, field, five_rounds, graph_attribute, info, ints, node, read, typed, weight,
};

fn tensor(graph: &Graph, name: &str) -> TensorId {
    let mut found = graph.tensors().iter().filter(|(_, t)| t.name == name);
    found.next().unwrap().0
}

fn chain() -> Model {
    Model::new()
        .input(info("x", "1 4"))
        .node("Relu", "x", "a")
        .node("Add", "a x", "y")
        .output(info("y", "1 4"))
}

#[test]
fn nodes_become_operators_in_the_order_of_the_file() {
    let graph = chain().read();
    let labels: Vec<&str> = graph.ops().rows().map(|op| op.label.as_str()).collect();
    assert_eq!(labels, ["Relu", "Add"]);
    assert_eq!(graph.op(graph.file_order()[0]).title(), "Relu 'to_a'");
    assert_eq!(graph.tensor(tensor(&graph, "a")).bytes, Bytes(16));
    assert_eq!(graph.inputs(), [tensor(&graph, "x")]);
    assert_eq!(graph.outputs(), [tensor(&graph, "y")]);
}

#[test]
fn inputs_and_outputs_may_be_left_out() {
    let graph = Model::new()
        .input(info("x", "1 4"))
        .constant(weight("max", &[]))
        .node("Clip", "x _ max", "y")
        .node("Dropout", "y", "z mask")
        .node("MaxPool", "z", "_ _")
        .output(info("z", "1 4"))
        .read();
    let clip = &graph.ops().as_slice()[0];
    let max = tensor(&graph, "max");
    assert_eq!(clip.inputs, [Some(tensor(&graph, "x")), None, Some(max)]);
    assert_eq!(graph.ops().as_slice()[1].outputs.len(), 2);
    assert_eq!(graph.tensor(tensor(&graph, "mask")).bytes, Bytes(4));
    assert!(graph.ops().as_slice()[2].outputs.is_empty());
}

#[test]
fn weights_and_what_is_computed_from_them_are_constants() {
    let graph = Model::new()
        .input(info("x", "1 4"))
        // Old models list weights among the inputs.
        .input(info("w", "4 4"))
        .constant(weight("w", &[4, 4]))
        .node("Transpose", "w", "wt")
        .node("MatMul", "x wt", "y")
        .output(info("y", "1 4"))
        .read();
    assert_eq!(graph.inputs().len(), 1);
    assert_eq!(graph.tensor(tensor(&graph, "w")).role, Role::Constant);
    assert_eq!(graph.tensor(tensor(&graph, "wt")).role, Role::Constant);
    assert!(graph.is_constant_op(graph.file_order()[0]));
}

/// `If` with a branch that captures `a`, and another whose inner `If` captures `b`.
fn with_bodies() -> Model {
    let leaf = |reads: &str, writes: &str| {
        let body = Model::new().node("Relu", reads, writes);
        body.output(info(writes, "1 4")).graph()
    };
    let branches = [
        graph_attribute("then_branch", leaf("b", "t2")),
        graph_attribute("else_branch", leaf("b", "e2")),
    ];
    let nested = Model::new()
        .node("Identity", "c", "own")
        .node_with("If", "c", "n", &branches);
    let nested = nested.output(info("n", "1 4")).graph();
    let branches = [
        graph_attribute("then_branch", leaf("a", "t")),
        graph_attribute("else_branch", nested),
    ];
    Model::new()
        .input(info("x", "1 4"))
        .input(typed("c", 9, ""))
        .node("Relu", "x", "a")
        .node("Neg", "x", "b")
        .node_with("If", "c", "y", &branches)
        .output(info("y", "1 4"))
}

#[test]
fn what_bodies_capture_is_read_by_the_node_around_them() {
    let graph = with_bodies().read();
    let branch = &graph.ops().as_slice()[2];
    let names = branch.reads().map(|t| graph.tensor(t).name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["c", "a", "c", "b"]);
}

#[test]
fn open_dimensions_are_given_by_symbol_or_by_place() {
    let model = Model::new()
        .input(info("x", "batch 4"))
        .input(info("z", "? 4"))
        .node("Concat", "x z", "y")
        .output(info("y", "total 8"))
        .bytes();
    let error = read(&model, &[]).unwrap_err().to_string();
    assert!(error.contains("--dim batch=1 --dim z:0=1"), "{error}");
    let dims = [("batch".to_owned(), 3), ("z:0".to_owned(), 3)];
    let graph = read(&model, &dims).unwrap();
    assert_eq!(graph.tensor(graph.outputs()[0]).bytes, Bytes(3 * 8 * 4));
    let mistyped = [dims.as_slice(), &[("bacth".to_owned(), 1)]].concat();
    let error = read(&model, &mistyped).unwrap_err().to_string();
    assert!(
        error.contains("no open dimension 'bacth'") && error.contains("batch, z:0"),
        "{error}"
    );
}

#[test]
fn sizes_that_depend_on_data_are_asked_for() {
    let model = Model::new()
        .input(info("x", "4 4"))
        .node("NonZero", "x", "places")
        .output(typed("places", 7, "2 ?"));
    let error = model.error();
    assert!(
        error.contains("'places'") && error.contains("--dim places:1=1"),
        "{error}"
    );
    let graph = read(&model.bytes(), &[("places:1".to_owned(), 16)]).unwrap();
    assert_eq!(graph.tensor(graph.outputs()[0]).bytes, Bytes(2 * 16 * 8));
}

#[test]
fn unknown_operators_need_a_declared_shape() {
    let other = |model: Model| {
        let node = [node("Fancy", "x", "y", &[]), field(7, "com.example")].concat();
        model
            .input(info("x", "1 4"))
            .raw_node(node)
            .node("Relu", "y", "z")
    };
    let error = other(Model::new()).output(info("z", "")).error();
    assert!(
        error.contains("'y'") && error.contains("operator Fancy"),
        "{error}"
    );
    let declared = other(Model::new())
        .value_info(info("y", "2 2"))
        .output(info("z", "2 2"));
    assert_eq!(
        declared.read().ops().as_slice()[0].label,
        "com.example.Fancy"
    );
}

#[test]
fn faults_name_what_is_wrong_and_what_to_do() {
    let faults = [
        (
            chain().node("Relu", "y", "a"),
            "'a' is defined twice, by node Relu 'to_a'",
        ),
        (
            chain().node("Relu", "nowhere", "b"),
            "reads 'nowhere', which nothing defines",
        ),
        (
            chain().output(info("nowhere", "1")),
            "output 'nowhere' is written by no node",
        ),
        (
            Model::new().node("Relu", "b", "a").node("Relu", "a", "b"),
            "the nodes form a cycle",
        ),
        (
            chain().constant(weight("a", &[1])),
            "'a' is defined twice, by an initializer",
        ),
        (chain().opset(6), "7 is the oldest"),
        (chain().node("", "y", "b"), "has no operator type"),
        (
            chain().beside(25, [field(1, "Relu"), field(10, "")].concat()),
            "calls the function 'Relu', which the model defines",
        ),
        (chain().beside(7, []), "two graphs"),
        (
            chain()
                .node_with("Reshape", "y huge", "b", &[])
                .constant(ints("huge", &[1 << 62])),
            "tensor",
        ),
    ];
    for (model, expected) in faults {
        let error = model.error();
        assert!(error.contains(expected), "'{error}' lacks '{expected}'");
    }
    let error = read(b"no model at all", &[]).unwrap_err().to_string();
    assert!(error.contains("is it an ONNX model?"), "{error}");
}

#[test]
fn names_hidden_by_a_body_are_not_captured() {
    let body = Model::new()
        .node("Relu", "x", "a")
        .node("Relu", "a", "t")
        .output(info("t", "1 4"));
    let branches = [
        graph_attribute("then_branch", body.graph()),
        graph_attribute("else_branch", body.graph()),
    ];
    let graph = chain()
        .input(typed("c", 9, ""))
        .node_with("If", "c", "z", &branches)
        .output(info("z", "1 4"))
        .read();
    let reads = graph.ops().as_slice()[2]
        .reads()
        .map(|t| graph.tensor(t).name.as_str());
    assert_eq!(reads.collect::<Vec<_>>(), ["c", "x"]);
}

#[test]
fn counts_of_a_loop_stack_what_each_round_adds() {
    let graph = five_rounds(&[("Add", "s x", "s2"), ("Neg", "s2", "each")], "1 4");
    let bytes = |i: usize| graph.tensor(graph.outputs()[i]).bytes;
    assert_eq!((bytes(0), bytes(1)), (Bytes(16), Bytes(5 * 16)));
    // Two inputs, one left out, and what the body captures.
    assert_eq!(graph.ops().as_slice()[1].inputs.len(), 4);
}
