//! From changed graphs back to bytes: what changes, and that nothing else does.

use lowtide_core::graph::{Graph, GraphBuilder};
use lowtide_core::ids::{Id, OpId, Table, TensorId};
use lowtide_core::plan::{OpOrigin, Order, Rewriting, TensorOrigin};
use lowtide_formats::onnx;

use crate::proto::{Model, field, graph_attribute, info, int, node, read, split, typed, weight};

/// Removes operators and merges tensors, by index of the operator and by name of the tensor.
fn change(source: &Graph, removed: &[u32], merged: &[(&str, &str)]) -> Rewriting {
    let id = |name: &str| {
        let mut found = source.tensors().iter().filter(|(_, t)| t.name == name);
        found.next().unwrap().0
    };
    let merged: Vec<_> = merged.iter().map(|(old, new)| (id(old), id(new))).collect();
    let kept = |t| {
        merged
            .iter()
            .find(|(old, _)| *old == t)
            .map_or(t, |(_, new)| *new)
    };
    let gone = |t: &TensorId| merged.iter().any(|(old, _)| old == t);
    let tensor_origins: Table<TensorId, _> = source.tensors().ids().filter(|t| !gone(t)).collect();
    let new = |t: TensorId| {
        let place = tensor_origins.rows().position(|&origin| origin == kept(t));
        TensorId::from_index(place.unwrap())
    };
    let op_origins: Table<OpId, _> = source
        .ops()
        .ids()
        .filter(|op| !removed.contains(&op.0))
        .collect();
    let mut builder = GraphBuilder::new(source.name());
    for &origin in tensor_origins.rows() {
        builder.tensor(source.tensor(origin).clone());
    }
    for &origin in op_origins.rows() {
        let mut op = source.op(origin).clone();
        op.inputs = op.inputs.iter().map(|t| t.map(new)).collect();
        op.outputs = op.outputs.iter().map(|&t| new(t)).collect();
        builder.op(op);
    }
    source.inputs().iter().for_each(|&t| builder.input(new(t)));
    source
        .outputs()
        .iter()
        .for_each(|&t| builder.output(new(t)));
    Rewriting {
        graph: builder.build().unwrap(),
        op_origins: op_origins.rows().copied().map(OpOrigin::Source).collect(),
        tensor_origins: tensor_origins
            .rows()
            .copied()
            .map(TensorOrigin::Source)
            .collect(),
        applied: Vec::new(),
    }
}

/// The model after the edits, in the order that is left.
fn write(model: &Model, removed: &[u32], merged: &[(&str, &str)]) -> Result<Vec<u8>, String> {
    let model = onnx::Model::parse(model.bytes(), &[]).unwrap();
    let rewriting = change(model.graph(), removed, merged);
    let order = Order::new(rewriting.graph.file_order());
    let written = model.write(&rewriting, &order);
    written.map_err(|error| error.to_string())
}

/// The model in another order.
fn reorder(model: &Model, ops: &[u32]) -> Result<Vec<u8>, String> {
    let model = onnx::Model::parse(model.bytes(), &[]).unwrap();
    let order = Order::new(ops.iter().map(|&op| OpId(op)).collect());
    let written = model.write(&Rewriting::unchanged(model.graph().clone()), &order);
    written.map_err(|error| error.to_string())
}

/// Some fields of the graph of a model.
fn of_graph(model: &[u8], number: u32) -> Vec<Vec<u8>> {
    let graph = split(model).into_iter().find(|f| f.0 == 7).unwrap().1;
    let fields = split(graph).into_iter().filter(|f| f.0 == number);
    fields.map(|(_, value, _)| value.to_vec()).collect()
}

/// Names in the first field of some fields of the graph.
fn names(model: &[u8], number: u32) -> Vec<String> {
    let first = |value: Vec<u8>| String::from_utf8(split(&value)[0].1.to_vec()).unwrap();
    of_graph(model, number).into_iter().map(first).collect()
}

fn strange() -> Model {
    let odd = [node("Relu", "x", "b", &[]), field(50, "?"), int(51, -1)].concat();
    Model::new()
        .beside(99, "a field of the future")
        .beside(14, [field(1, "key"), field(2, "value")].concat())
        .beside(20, "")
        .graph_field(200, "of the future too")
        .input(info("x", "1 4"))
        .node("Neg", "x", "a")
        .raw_node(odd)
        .graph_field(10, "between nodes")
        .node("Add", "a b", "y")
        .value_info(info("of_nothing", "7"))
        .output(info("y", "1 4"))
}

#[test]
fn another_order_moves_nodes_and_nothing_else() {
    let model = strange();
    let written = reorder(&model, &[1, 0, 2]).unwrap();
    let (before, after) = (of_graph(&model.bytes(), 1), of_graph(&written, 1));
    assert_eq!(after, [1, 0, 2].map(|i: usize| before[i].clone()));
    // Nodes of equal length apart, every other byte stands where it stood.
    let without = |model: &[u8]| {
        let graph = split(model)
            .into_iter()
            .find(|f| f.0 == 7)
            .unwrap()
            .1
            .to_vec();
        let beside = split(model)
            .into_iter()
            .filter(|f| f.0 != 7)
            .map(|f| f.2.to_vec());
        let inside = split(&graph)
            .into_iter()
            .filter(|f| f.0 != 1)
            .map(|f| f.2.to_vec());
        beside.chain(inside).collect::<Vec<_>>()
    };
    assert_eq!(without(&model.bytes()), without(&written));
    assert_eq!(model.bytes().len(), written.len());
}

#[test]
fn orders_that_are_none_are_refused() {
    let model = strange();
    let error = |ops: &[u32]| reorder(&model, ops).unwrap_err();
    assert!(error(&[0, 1, 1]).contains("twice"));
    assert!(error(&[0, 1]).contains("2 steps for 3"));
    assert!(error(&[0, 1, 7]).contains("not read from this model"));
}

#[test]
fn a_removed_node_takes_along_what_was_its_own() {
    let model = Model::new()
        .input(info("x", "1 4"))
        .constant(weight("used", &[4]))
        .constant(weight("shape", &[2]))
        .constant(weight("never used", &[4]))
        .node("Add", "x used", "a")
        .node("Reshape", "a shape", "b")
        .node("Relu", "b", "y")
        .value_info(info("a", "1 4"))
        .value_info(info("b", "1 4"))
        .output(info("y", "1 4"));
    let written = write(&model, &[1], &[("b", "a")]).unwrap();
    assert_eq!(names(&written, 13), ["a"]);
    assert_eq!(
        of_graph(&written, 5).len(),
        2,
        "'shape' went, 'never used' was nobody's"
    );
    let graph = read(&written, &[]).unwrap();
    assert_eq!(graph.ops().len(), 2);
}

#[test]
fn outputs_keep_their_names() {
    let model = Model::new()
        .input(info("x", "1 4"))
        .node("Neg", "x", "a")
        .node("Identity", "a", "y")
        .node("Relu", "a", "z")
        .value_info(info("a", "1 4"))
        .output(info("y", "1 4"))
        .output(info("z", "1 4"));
    let written = write(&model, &[1], &[("y", "a")]).unwrap();
    assert_eq!(names(&written, 12), ["y", "z"]);
    assert!(names(&written, 13).is_empty());
    let graph = read(&written, &[]).unwrap();
    let neg = &graph.ops().as_slice()[0];
    assert_eq!(graph.tensor(neg.outputs[0]).name, "y");
    assert_eq!(graph.ops().as_slice()[1].inputs, [Some(neg.outputs[0])]);
}

#[test]
fn ends_can_not_be_merged() {
    let model = Model::new()
        .input(info("x", "1 4"))
        .node("Identity", "x", "y")
        .output(info("y", "1 4"));
    let error = write(&model, &[0], &[("y", "x")]).unwrap_err();
    assert!(error.contains("'x' and 'y'"), "{error}");
}

fn branching(body: &Model) -> Model {
    let branches = [
        graph_attribute("then_branch", body.graph()),
        graph_attribute("else_branch", [body.graph(), field(77, "kept")].concat()),
    ];
    Model::new()
        .input(info("x", "1 4"))
        .input(typed("c", 9, ""))
        .node("Relu", "x", "a")
        .node("Identity", "a", "b")
        .node_with("If", "c", "y", &branches)
        .output(info("y", "1 4"))
}

#[test]
fn bodies_follow_the_names_they_capture() {
    let body = Model::new()
        .node("Neg", "b", "n")
        .node("Add", "n b", "t")
        .output(info("t", "1 4"));
    let written = write(&branching(&body), &[1], &[("b", "a")]).unwrap();
    let graph = read(&written, &[]).unwrap();
    let reads = graph.ops().as_slice()[1]
        .reads()
        .map(|t| graph.tensor(t).name.as_str());
    assert_eq!(reads.collect::<Vec<_>>(), ["c", "a"]);
    assert!(written.windows(4).any(|bytes| bytes == b"kept"));
}

#[test]
fn names_of_a_bodys_own_stay() {
    // `b` is the body's here: only `a`, which it captures too, is the graph's.
    let body = Model::new()
        .node("Neg", "a", "b")
        .node("Relu", "b", "t")
        .output(info("t", "1 4"));
    let written = write(&branching(&body), &[1], &[("b", "a")]).unwrap();
    let before = of_graph(&branching(&body).bytes(), 1);
    assert_eq!(
        of_graph(&written, 1),
        [before[0].clone(), before[2].clone()]
    );
    // A name that the body has already can not come in.
    let body = Model::new().node("Neg", "b", "a").output(info("a", "1 4"));
    let error = write(&branching(&body), &[1], &[("b", "a")]).unwrap_err();
    assert!(error.contains("'b' can not become 'a'"), "{error}");
}
