//! Small models that damage shows in.

use super::proto::{
    Message, Model, field, graph_attribute, info, int, int_attribute, ints, ints_attribute, typed,
    weight,
};

/// A model with a bit of everything.
pub(crate) fn sample() -> Vec<u8> {
    let body = |out: &str| {
        let graph = Model::new().node("Neg", "a", out);
        graph.output(info(out, "1 8 4 4")).graph()
    };
    let branches = [
        graph_attribute("then_branch", body("t")),
        graph_attribute("else_branch", body("e")),
    ];
    Model::new()
        .beside(99, "unknown")
        .input(info("x", "batch 3 8 8"))
        .input(typed("c", 9, ""))
        .constant(weight("w", &[8, 3, 3, 3]))
        .constant(ints("shape", &[1, -1]))
        .node_with(
            "Conv",
            "x w",
            "a",
            &[
                ints_attribute("strides", &[2, 2]),
                ints_attribute("pads", &[1, 1, 1, 1]),
            ],
        )
        .node("Shape", "a", "s")
        .node_with("If", "c", "i", &branches)
        .node("Add", "a i", "b")
        .node("Reshape", "b shape", "r")
        .node("Softmax", "r", "y")
        .value_info(info("a", "1 8 4 4"))
        .output(info("y", "1 128"))
        .bytes()
}

/// All of them, with names.
#[allow(dead_code, reason = "not every test takes all")]
pub(crate) fn samples() -> Vec<(&'static str, Message)> {
    let open = Model::new()
        .input(info("x", "1 ? n 4"))
        .node("Relu", "x", "y");
    vec![
        ("everything", sample()),
        ("joined", joined()),
        ("rounds", rounds()),
        ("idle", idle()),
        ("open", open.bytes()),
    ]
}

/// A float weight that stands in the file.
fn inline(name: &str, dims: &[i64]) -> Message {
    let elements = dims.iter().product::<i64>() as usize;
    let dims: Message = dims.iter().flat_map(|&dim| int(1, dim)).collect();
    let raw = [0, 0, 0x80, 0x3f].repeat(elements);
    [dims, int(2, 1), field(8, name), field(9, raw)].concat()
}

/// Convolutions, dense and depthwise, behind concatenations: what rewriting takes apart.
fn joined() -> Message {
    let pads = ints_attribute("pads", &[1, 1, 1, 1]);
    let axis = int_attribute("axis", 1);
    let depthwise = [pads.clone(), int_attribute("group", 8)];
    Model::new()
        .input(info("x", "1 2 4 4"))
        .constant(inline("w1", &[4, 2, 1, 1]))
        .constant(inline("w2", &[4, 2, 1, 1]))
        .constant(inline("wd", &[8, 1, 3, 3]))
        .constant(inline("wc", &[3, 8, 3, 3]))
        .constant(inline("bias", &[3]))
        .node("Conv", "x w1", "a")
        .node("Conv", "x w2", "b")
        .node_with("Concat", "a b", "ab", std::slice::from_ref(&axis))
        .node_with("Conv", "ab wd", "d", &depthwise)
        .node_with("Conv", "d wc bias", "c", &[pads])
        .node("Relu", "c", "r")
        .node("GlobalAveragePool", "r", "y")
        .output(info("y", "1 3 1 1"))
        .bytes()
}

/// A Loop in which a body is in a body.
fn rounds() -> Message {
    let branch = |op: &str| {
        let graph = Model::new().node(op, "s", "t").node("Exp", "t", "e");
        graph.output(field(1, "e")).graph()
    };
    let inner = [
        graph_attribute("then_branch", branch("Neg")),
        graph_attribute("else_branch", branch("Abs")),
    ];
    let body = Model::new()
        .input(typed("i", 7, ""))
        .input(typed("go", 9, ""))
        .input(info("s", "2 3"))
        .node("Identity", "go", "go_on")
        .node_with("If", "go", "n", &inner)
        .output(typed("go_on", 9, ""))
        .output(info("n", "2 3"));
    Model::new()
        .input(info("x", "2 3"))
        .node_with("Constant", "", "m", &[int_attribute("value_int", 3)])
        .node_with(
            "Loop",
            "m _ x",
            "y",
            &[graph_attribute("body", body.graph())],
        )
        .output(info("y", "2 3"))
        .bytes()
}

/// What clean-up removes.
fn idle() -> Message {
    Model::new()
        .input(info("x", "2 3"))
        .constant(ints("shape", &[2, 3]))
        .constant(ints("none", &[0, 0, 0, 0]))
        .node("Identity", "x", "a")
        .node("Reshape", "a shape", "b")
        .node("Pad", "b none", "c")
        .node("Dropout", "c", "d mask")
        .node_with("Cast", "d", "e", &[int_attribute("to", 1)])
        .node_with("Transpose", "e", "f", &[ints_attribute("perm", &[0, 1])])
        .node_with("Concat", "f", "g", &[int_attribute("axis", 0)])
        .node("Sum", "g", "h")
        .node("Exp", "h", "y")
        .output(info("y", "2 3"))
        .bytes()
}
