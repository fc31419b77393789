//! What operators mean to rewrite rules.

use lowtide_core::graph::OpKind;

use crate::proto::{
    Model, field, info, int_attribute, ints, ints_attribute, read, tensor_attribute, weight,
};

/// The meaning of the only node of the model.
fn kind(model: &Model) -> OpKind {
    let graph = model.read();
    graph.ops().as_slice().last().unwrap().kind.clone()
}

fn one() -> Model {
    Model::new().input(info("x", "2 3 4 4"))
}

#[test]
fn operators_that_only_rename() {
    let cases = [
        one().node("Identity", "x", "y"),
        one().node("Dropout", "x", "y"),
        one().node("Dropout", "x", "y mask"),
        one().node("Sum", "x", "y"),
        one().node_with("Cast", "x", "y", &[int_attribute("to", 1)]),
        one()
            .constant(ints("n", &[1, 1, 1, 1]))
            .node("Tile", "x n", "y"),
        one()
            .constant(ints("n", &[3, 1, 1]))
            .node("Expand", "x n", "y"),
        one()
            .constant(ints("s", &[0]))
            .constant(ints("e", &[99]))
            .node("Slice", "x s e", "y"),
    ];
    for model in cases {
        assert_eq!(kind(&model.output(field(1, "y"))), OpKind::Identity);
    }
}

#[test]
fn operators_that_only_look_like_it() {
    let cases = [
        one()
            .node("Dropout", "x", "y mask")
            .output(info("mask", "")),
        one()
            .input(info("training", ""))
            .node("Dropout", "x _ training", "y"),
        one()
            .constant(ints("n", &[1, 2, 1, 1]))
            .node("Tile", "x n", "y"),
    ];
    for model in cases {
        assert_eq!(kind(&model), OpKind::Opaque);
    }
    // Backwards through the columns: of the same shape, and each channel by itself.
    let reversed = one()
        .constant(ints("s", &[-1]))
        .constant(ints("e", &[-99]))
        .constant(ints("a", &[3]))
        .constant(ints("t", &[-1]))
        .node("Slice", "x s e a t", "y");
    let by_channel = OpKind::Channelwise {
        axis: 1,
        group: 1,
        params: Vec::new(),
    };
    assert_eq!(kind(&reversed), by_channel);
}

#[test]
fn layouts_carry_their_constants() {
    let perm = ints_attribute("perm", &[0, 2, 3, 1]);
    let transposed = kind(&one().node_with("Transpose", "x", "y", &[perm]));
    assert_eq!(
        transposed,
        OpKind::Transpose {
            perm: Some(vec![0, 2, 3, 1])
        }
    );
    let reversed = kind(&one().node("Transpose", "x", "y"));
    assert_eq!(
        reversed,
        OpKind::Transpose {
            perm: Some(vec![3, 2, 1, 0])
        }
    );
    let pads = ints("p", &[0, 0, 1, 1, 0, 0, 2, 2]);
    let padded = kind(&one().constant(pads).node("Pad", "x p", "y"));
    let amounts = Some(vec![(0, 0), (0, 0), (1, 2), (1, 2)]);
    assert_eq!(padded, OpKind::Pad { amounts });
    let joined = one().node_with("Concat", "x x", "y", &[int_attribute("axis", -3)]);
    assert_eq!(kind(&joined), OpKind::Concat { axis: 1 });
    let parts = one().node_with("Split", "x", "y", &[int_attribute("axis", 1)]);
    assert_eq!(
        kind(&parts),
        OpKind::Split {
            data: 0,
            axis: Some(1)
        }
    );
    assert_eq!(kind(&one().node("Flatten", "x", "y")), OpKind::Reshape);
    assert_eq!(kind(&one().node("Mul", "x x", "y")), OpKind::Elementwise);
    let cast = one().node_with("Cast", "x", "y", &[int_attribute("to", 10)]);
    assert_eq!(kind(&cast), OpKind::Elementwise);
    assert_eq!(kind(&one().node("Softmax", "x", "y")), OpKind::Normalize);
}

#[test]
fn constants_are_equal_by_their_bytes() {
    let constant = |name: &str, values: &[i64]| tensor_attribute("value", ints(name, values));
    let graph = one()
        .node_with("Constant", "", "a", &[constant("one name", &[1, 2])])
        .node_with("Constant", "", "b", &[constant("another", &[1, 2])])
        .node_with("Constant", "", "c", &[constant("", &[2, 1])])
        .node_with("Constant", "", "d", &[ints_attribute("value_ints", &[3])])
        .node_with("Constant", "", "e", &[ints_attribute("value_ints", &[3])])
        .node_with("Constant", "", "f", &[int_attribute("value_int", 3)])
        .read();
    let kinds: Vec<Option<u32>> = graph
        .ops()
        .rows()
        .map(|op| match op.kind {
            OpKind::Constant { value } => Some(value),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, [Some(0), Some(0), None, Some(2), Some(2), None]);
}

#[test]
fn sizes_given_for_open_dimensions_say_nothing_of_meaning() {
    // For a batch of 3 neither of them does anything, for another one both do.
    let cases = [("Expand", OpKind::Opaque), ("Reshape", OpKind::Reshape)];
    for (op_type, expected) in cases {
        let model = Model::new()
            .input(info("x", "batch 4"))
            .constant(ints("shape", &[3, 4]))
            .node(op_type, "x shape", "y")
            .output(field(1, "y"));
        let graph = read(&model.bytes(), &[("batch".to_owned(), 3)]).unwrap();
        assert_eq!(graph.ops().as_slice()[0].kind, expected);
        let x = graph.tensor(graph.inputs()[0]);
        assert_eq!(x.bytes.get(), 48);
        assert_eq!(x.array.as_ref().unwrap().shape, [None, Some(4)]);
    }
}

#[test]
fn shapes_that_do_not_fit_make_no_elements() {
    let two = |op: &str, other: &str, output: &str| {
        let model = Model::new().input(info("x", "1 8 4 4"));
        let model = model.constant(weight("w", &dims(other)));
        kind(&model.node(op, "x w", "y").output(info("y", output)))
    };
    assert_eq!(
        two("Add", "8 1 1", "1 8 4 4"),
        OpKind::Add { activation: false }
    );
    assert_eq!(two("Add", "8 1 3 3", "1 8 4 4"), OpKind::Opaque);
    assert_eq!(two("Selu", "8 1 3 3", "1 8 4 4"), OpKind::Opaque);
    assert_eq!(two("Sub", "5 1 1 1", "1 8 4 4"), OpKind::Opaque);
}

fn dims(text: &str) -> Vec<i64> {
    text.split(' ').map(|dim| dim.parse().unwrap()).collect()
}
