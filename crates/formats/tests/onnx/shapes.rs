//! Rules of shape inference, one line a case: operator, shapes in, shape out.

use crate::proto::{
    Message, Model, field, info, int, int_attribute, ints, ints_attribute, read, tensor_attribute,
    weight,
};

/// The shape of `y`, blank-separated; what is not known is `?`.
fn shape_of(model: Model) -> String {
    let bytes = model.output(field(1, "y")).bytes();
    match read(&bytes, &[]) {
        Err(error) => error.to_string(),
        Ok(graph) => {
            let array = graph.tensor(graph.outputs()[0]).array.clone().unwrap();
            let dims = array.shape.iter();
            let dims = dims.map(|dim| dim.map_or_else(|| "?".into(), |d| d.to_string()));
            dims.collect::<Vec<_>>().join(" ")
        }
    }
}

fn unary(op: &str, x: &str, attributes: &[Message]) -> String {
    shape_of(
        Model::new()
            .input(info("x", x))
            .node_with(op, "x", "y", attributes),
    )
}

fn list(name: &str, values: &[i64]) -> Message {
    ints_attribute(name, values)
}

#[test]
fn windows_slide() {
    let conv = |x: &str, w: &[i64], attributes: &[Message]| {
        let model = Model::new().input(info("x", x)).constant(weight("w", w));
        shape_of(model.node_with("Conv", "x w", "y", attributes))
    };
    assert_eq!(conv("1 3 224 224", &[8, 3, 3, 3], &[]), "1 8 222 222");
    let strided = [list("strides", &[2, 2]), list("pads", &[1, 1, 1, 1])];
    assert_eq!(conv("1 3 224 224", &[8, 3, 3, 3], &strided), "1 8 112 112");
    let same = [
        [field(1, "auto_pad"), field(4, "SAME_UPPER")].concat(),
        list("strides", &[2, 2]),
    ];
    assert_eq!(conv("1 3 7 7", &[8, 3, 3, 3], &same), "1 8 4 4");
    assert_eq!(
        conv("1 3 9", &[8, 3, 3], &[list("dilations", &[3])]),
        "1 8 3"
    );
    let pool = [
        list("kernel_shape", &[3, 3]),
        list("strides", &[2, 2]),
        int_attribute("ceil_mode", 1),
    ];
    assert_eq!(unary("MaxPool", "1 4 8 8", &pool), "1 4 4 4");
    // The last window of three places would begin in the padding.
    let padded = [
        list("kernel_shape", &[1]),
        list("strides", &[2]),
        list("pads", &[0, 1]),
        int_attribute("ceil_mode", 1),
    ];
    assert_eq!(unary("MaxPool", "1 4 4", &padded), "1 4 3");
}

#[test]
fn shapes_are_computed_from_shapes() {
    // What exporters write for `x.view(x.size(0), -1)`.
    let model = Model::new()
        .input(info("x", "2 3 4"))
        .constant(ints("zero", &[0]))
        .constant(ints("rest", &[-1]))
        .node("Shape", "x", "s")
        .node("Gather", "s zero", "n")
        .node_with("Concat", "n rest", "wanted", &[int_attribute("axis", 0)])
        .node("Reshape", "x wanted", "y");
    assert_eq!(shape_of(model), "2 12");
    let filled = Model::new()
        .input(info("x", "2 3 4"))
        .node("Shape", "x", "s")
        .node_with(
            "ConstantOfShape",
            "s",
            "y",
            &[tensor_attribute("value", ints("", &[7]))],
        );
    assert_eq!(shape_of(filled), "2 3 4");
}

#[test]
fn older_operator_sets_take_attributes() {
    assert_eq!(unary("Squeeze", "1 3 1", &[list("axes", &[0])]), "3 1");
    assert_eq!(unary("Unsqueeze", "3", &[list("axes", &[0, -1])]), "1 3 1");
    let slice = [
        list("starts", &[1]),
        list("ends", &[-1]),
        list("axes", &[1]),
    ];
    assert_eq!(unary("Slice", "2 8", &slice), "2 6");
    assert_eq!(unary("Pad", "2 8", &[list("pads", &[0, 1, 0, 2])]), "2 11");
    assert_eq!(unary("ReduceMean", "2 8", &[list("axes", &[1])]), "2 1");
    let split = [list("split", &[3, 5]), int_attribute("axis", 1)];
    assert_eq!(unary("Split", "2 8", &split), "2 3");
}

#[test]
fn shapes_that_do_not_fit_are_not_invented() {
    let broadcast = Model::new().input(info("x", "2 3")).input(info("z", "2 4"));
    let error = shape_of(broadcast.node("Add", "x z", "y"));
    assert!(error.contains("neither the file nor its inputs"), "{error}");
    let error = unary("Transpose", "2 3", &[list("perm", &[0, 7])]);
    assert!(error.contains("neither the file nor its inputs"), "{error}");
}

#[test]
fn letters_of_einsum_name_axes() {
    let einsum = |equation: &str, shapes: &[&str]| {
        let names = ["a", "b"];
        let mut model = Model::new();
        for (name, shape) in names.iter().zip(shapes) {
            model = model.input(info(name, shape));
        }
        let text = [field(1, "equation"), field(4, equation), int(20, 3)].concat();
        let reads = names[..shapes.len()].join(" ");
        shape_of(model.node_with("Einsum", &reads, "y", &[text]))
    };
    assert_eq!(einsum("bij,bjk->bik", &["2 3 4", "2 4 5"]), "2 3 5");
    assert_eq!(einsum("...ii->...i", &["2 3 3"]), "2 3");
    assert_eq!(einsum("a...j,j...->...a", &["5 2 1 3", "3 4"]), "2 4 5");
    assert_eq!(einsum("ji,kj", &["3 4", "5 3"]), "4 5");
}
