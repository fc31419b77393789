use proptest::prelude::*;

mod kinds;

use super::{parse, print};
use crate::graph::{ArrayType, DType, Graph, GraphBuilder, Op, OpKind, Quantization, Role, Tensor};
use crate::ids::{OpId, TensorId};
use crate::units::Bytes;
use kinds::kind;

const EVERYTHING: &str = r#"
graph "all there is"
x: 8 i8[2,4] q(0.5:-1) input
w: 30 const
s: 4 f32[] variable
a: 10 i8[10] q@3(0.1:0, 0.2:0)          # per slice
%4: 6 u8[?,2] "a name that is \"no\" identifier"
a, %4 = SPLIT{split data=2}(x, -, w) @"op name" !
b: i8[5,5], c: 1 = "odd label"{pad amounts=[1:-2,0:0]}(a, a, %4)
d: 9 = T{transpose perm=[1,0]}(b)
input: 3 = ADD{elementwise}(d, c)       # words of the syntax are good keys too
ASSIGN(s, input) !
after 0 3
output d, input, d
input x
"#;

#[test]
fn all_of_the_syntax_is_read() {
    let graph = parse(EVERYTHING).unwrap();
    assert_eq!(graph.name(), "all there is");
    assert_eq!((graph.ops().len(), graph.tensors().len()), (5, 9));
    assert_eq!(graph.inputs(), [TensorId(0), TensorId(0)]);
    assert_eq!(graph.outputs(), [TensorId(7), TensorId(8), TensorId(7)]);
    assert_eq!(graph.control(), [(OpId(0), OpId(3))]);
    let split = graph.op(OpId(0));
    assert_eq!(
        split.kind,
        OpKind::Split {
            data: 2,
            axis: None
        }
    );
    assert_eq!(split.inputs, [Some(TensorId(0)), None, Some(TensorId(1))]);
    assert_eq!((split.name.as_str(), split.has_effects), ("op name", true));
    assert_eq!(
        graph.tensor(TensorId(4)).name,
        "a name that is \"no\" identifier"
    );
    assert_eq!(graph.tensor(TensorId(5)).bytes, Bytes(25));
    assert_eq!(graph.op(OpId(1)).label, "odd label");
    assert_eq!(graph.op(OpId(4)).outputs, []);
    assert_eq!(graph.tensor(TensorId(2)).role, Role::Variable);
}

#[test]
fn the_documented_example_reads_back() {
    let doc = include_str!("../text.rs");
    let lines = doc
        .lines()
        .skip_while(|line| *line != "//! ```text")
        .skip(1);
    let example: Vec<&str> = lines
        .take_while(|line| *line != "//! ```")
        .map(|line| line.trim_start_matches("//!"))
        .collect();
    let graph = parse(&example.join("\n")).unwrap();
    assert_eq!((graph.ops().len(), graph.tensors().len()), (3, 7));
    assert_eq!(parse(&print(&graph)).unwrap(), graph);
}

#[test]
fn what_is_printed_reads_back() {
    let graph = parse(EVERYTHING).unwrap();
    let printed = graph.to_string();
    assert_eq!(printed.parse::<Graph>().unwrap(), graph);
    assert_eq!(parse(&printed).unwrap().to_string(), printed);
}

#[test]
fn constants_that_are_computed_survive() {
    let graph = parse("w: 4 const\nc: 8 = DEQUANTIZE(w)\ny: 1 output = F(c)").unwrap();
    assert_eq!(graph.tensor(TensorId(1)).role, Role::Constant);
    assert_eq!(parse(&print(&graph)).unwrap(), graph);
}

/// Wrong texts and the beginning or heart of what is said of them.
const WRONG: &[(&str, &str)] = &[
    (
        "x: 8\n y = F(x)",
        "line 2, column 2: `y` is not declared above; add a line `y: BYTES`",
    ),
    ("x: 8\nx: 9", "line 2, column 1: `x` is declared twice"),
    ("x: eight", "line 1, column 4: found `eight`, write bytes"),
    (
        "x:",
        "line 1, column 3: found the end of the line, write the tensor's bytes",
    ),
    (
        "x: i9[2]",
        "line 1, column 4: unknown element type, write one of bool",
    ),
    (
        "%1: 8",
        "line 1, column 1: `%1` is no key; write an identifier or `%0`",
    ),
    (
        "x: 8 \"open",
        "line 1, column 6: the quoted text does not end",
    ),
    ("x: 8 \"\\q\"", "line 1, column 6: unknown escape"),
    (
        "x: 8\ngraph \"late\"",
        "line 2, column 1: `graph` comes once and before all else",
    ),
    (
        "x: 8\nF{fold}(x)",
        "line 2, column 3: `fold` is no kind of operator",
    ),
    (
        "x: 8\nF(x",
        "line 2, column 4: found the end of the line, write `,` or `)`",
    ),
    ("ä: 8", "line 1, column 1: 'ä' has no meaning here"),
    (
        "after 0",
        "line 1, column 8: found the end of the line, write the number of an operator",
    ),
    ("x: 8 input\nx = F(x)", "is a graph input but @0 writes it"),
    ("after 1 0", "control edge from @1 to @0"),
];

#[test]
fn errors_name_line_column_and_remedy() {
    for (text, wanted) in WRONG {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{text:?} gave: {error}");
    }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z]{1,2}",
        "[A-Za-z_][A-Za-z0-9_./-]{0,6}",
        ".{0,8}",
        "[\\x00-\\x7f]{0,4}"
    ]
}

fn quantization() -> impl Strategy<Value = Quantization> {
    let scales = prop::collection::vec(any::<f32>(), 0..4);
    let zero_points = prop::collection::vec(any::<i64>(), 0..4);
    (scales, zero_points, any::<u32>()).prop_map(|(scales, zero_points, axis)| Quantization {
        scales,
        zero_points,
        axis,
    })
}

prop_compose! {
    fn array()(dtype in prop::sample::select(DType::ALL), shape in prop::collection::vec(any::<Option<u64>>(), 0..4),
               quantization in prop::option::of(quantization())) -> ArrayType {
        ArrayType { dtype, shape, quantization }
    }
}

prop_compose! {
    fn tensor()(name in name(), bytes in 0..=Bytes::LIMIT.get(), role in 0..3, array in prop::option::of(array())) -> Tensor {
        let role = [Role::Activation, Role::Constant, Role::Variable][role as usize];
        Tensor { name, bytes: Bytes(bytes), role, array }
    }
}

type Node = (String, String, OpKind, Vec<Option<u32>>, usize, bool);

fn node() -> impl Strategy<Value = Node> {
    let inputs = prop::collection::vec(any::<Option<u32>>(), 0..4);
    (name(), name(), kind(), inputs, 0..3usize, any::<bool>())
}

/// A graph of these parts. Operators write the tensors in turn and read what was written before.
fn assemble(name: &str, tensors: &[Tensor], nodes: &[Node], ends: &[Vec<u32>]) -> Graph {
    let mut builder = GraphBuilder::new(name);
    let count = tensors.len() as u32;
    let written = nodes
        .iter()
        .map(|node| node.4 as u32)
        .sum::<u32>()
        .min(count);
    for (tensor, id) in tensors.iter().zip(0..) {
        // What is computed from more than constants is no constant.
        let role = match tensor.role {
            Role::Constant if id < written => Role::Activation,
            role => role,
        };
        let tensor = tensor.clone();
        builder.tensor(Tensor { role, ..tensor });
    }
    let mut next = 0;
    for node in nodes {
        let end = count.min(next + node.4 as u32);
        builder.op(operator(node, next, end));
        next = end;
    }
    if count > written {
        let input = |t: &u32| TensorId(written + t % (count - written));
        ends[0].iter().for_each(|t| builder.input(input(t)));
        ends[1]
            .iter()
            .for_each(|t| builder.output(TensorId(t % count)));
    }
    if let Some(others @ 1..) = (nodes.len() as u32).checked_sub(1) {
        ends[2]
            .iter()
            .for_each(|t| builder.control(OpId(0), OpId(1 + t % others)));
    }
    builder.build().unwrap()
}

/// An operator that writes tensors `next..end` and reads some of those before.
fn operator((name, label, kind, inputs, _, has_effects): &Node, next: u32, end: u32) -> Op {
    let read = |t: u32| (next > 0).then(|| TensorId(t % next));
    Op {
        name: name.clone(),
        label: label.clone(),
        kind: kind.clone(),
        inputs: inputs.iter().map(|t| t.and_then(read)).collect(),
        outputs: (next..end).map(TensorId).collect(),
        has_effects: *has_effects,
    }
}

proptest! {
    #[test]
    fn any_graph_reads_back(
        title in name(),
        tensors in prop::collection::vec(tensor(), 0..10),
        nodes in prop::collection::vec(node(), 0..6),
        ends in prop::collection::vec(prop::collection::vec(any::<u32>(), 0..3), 3),
    ) {
        let graph = assemble(&title, &tensors, &nodes, &ends);
        let printed = print(&graph);
        let read = parse(&printed);
        prop_assert!(read.is_ok(), "{printed}\n{read:?}");
        // Compared as texts of the whole value: a scale may be NaN.
        prop_assert_eq!(format!("{:?}", read.unwrap()), format!("{graph:?}"), "{}", printed);
    }

    #[test]
    fn hostile_text_is_refused_or_read(text in "(?s).{0,200}") {
        let _ = parse(&text);
    }

    #[test]
    fn damaged_text_is_refused_or_read(at in 0..EVERYTHING.len(), insert in "[ -~\\n]{0,3}", cut in 0..5usize) {
        let end = (at + cut).min(EVERYTHING.len());
        let _ = parse(&format!("{}{insert}{}", &EVERYTHING[..at], &EVERYTHING[end..]));
    }
}
