//! Rules on graphs written as text: what goes, what must stay, and that the referee sees the difference.

use crate::check::{RewritingFault, check_rewriting};
use crate::graph::{Graph, text};
use crate::ids::OpId;
use crate::plan::{OpOrigin, Rewriting, TensorOrigin};

use crate::rewrite::{rewrite, rules::CLEAN_UP};

fn cleaned(source: &str) -> Rewriting {
    let graph: Graph = source.parse().expect("a valid graph");
    let rewriting = rewrite(&graph, CLEAN_UP).expect("rules make valid patches");
    check_rewriting(&graph, &rewriting).expect("the referee agrees");
    rewriting
}

fn labels(rewriting: &Rewriting) -> Vec<&str> {
    rewriting
        .graph
        .ops()
        .rows()
        .map(|op| op.label.as_str())
        .collect()
}

#[track_caller]
fn assert_left(source: &str, expected: &[&str]) {
    let rewriting = cleaned(source);
    assert_eq!(
        labels(&rewriting),
        expected,
        "\n{}",
        text::print(&rewriting.graph)
    );
}

#[test]
fn every_kind_of_copy_goes() {
    let copies = [
        ("i8[2,3]", "SPLIT{split data=1}(axis, x)", "i8[2,3]"),
        ("i8[2,3]", "CONCATENATION{concat axis=1}(x)", "i8[2,3]"),
        ("i8[2,3]", "IDENTITY{identity}(x)", "i8[2,3]"),
        ("i8[2,3]", "RESHAPE{reshape}(x, axis)", "i8[2,3]"),
        (
            "i8[2,1,3]",
            "TRANSPOSE{transpose perm=[0,1,2]}(x, axis)",
            "i8[2,1,3]",
        ),
        (
            "i8[1,1,3]",
            "TRANSPOSE{transpose perm=[1,0,2]}(x, axis)",
            "i8[1,1,3]",
        ),
        ("i8[2,3]", "PAD{pad amounts=[0:0,0:0]}(x, axis)", "i8[2,3]"),
        (
            "i8[2,3] q(0.5:3)",
            "QUANTIZE{requantize}(x)",
            "i8[2,3] q(0.5:3)",
        ),
    ];
    for (from, copy, to) in copies {
        let source =
            format!("axis: 4 const\nx: {from} input\ny: {to} = {copy}\nz: 6 output = CONV(y)");
        let rewriting = cleaned(&source);
        assert_eq!(labels(&rewriting), ["CONV"], "{copy}");
        assert_eq!(rewriting.op_origins[OpId(0)].op(), OpId(1), "{copy}");
        assert_eq!(
            rewriting.graph.tensors().len(),
            2,
            "{copy}: the constant and the copy are gone"
        );
    }
}

#[test]
fn what_is_no_copy_stays() {
    let kept = [
        ("i8[2,3]", "RESHAPE{reshape}(x)", "i8[3,2]"),
        ("i8[?,3] 6", "RESHAPE{reshape}(x)", "i8[?,3] 6"),
        ("i8[2,3]", "TRANSPOSE{transpose perm=[1,0]}(x)", "i8[3,2]"),
        ("i8[2,2]", "TRANSPOSE{transpose perm=[1,0]}(x)", "i8[2,2]"),
        ("i8[2,3]", "TRANSPOSE{transpose}(x)", "i8[2,3]"),
        ("i8[2,3]", "PAD{pad amounts=[0:0,0:1]}(x)", "i8[2,4]"),
        (
            "i8[2,3] q(0.5:3)",
            "QUANTIZE{requantize}(x)",
            "i8[2,3] q(0.5:4)",
        ),
        (
            "i8[2,3] q(0.5:3)",
            "QUANTIZE{requantize}(x)",
            "u8[2,3] q(0.5:3)",
        ),
        ("i8[2,3]", "QUANTIZE{requantize}(x)", "i8[2,3]"),
        (
            "i8[2,3] q(0.5:3)",
            "CONCATENATION{concat axis=0}(x)",
            "i8[2,3] q(0.25:3)",
        ),
        ("i8[2,3]", "RESHAPE{reshape}(x) !", "i8[2,3]"),
        ("i8[2,3]", "COPY(x)", "i8[2,3]"),
    ];
    for (from, op, to) in kept {
        let source = format!("x: {from} input\ny: {to} = {op}\nz: 6 output = CONV(y)");
        assert_eq!(cleaned(&source).graph.ops().len(), 2, "{op}");
    }
}

#[test]
fn a_copy_that_the_caller_reads_hands_its_name_to_the_producer() {
    let rewriting = cleaned(
        "x: i8[4] input\na: i8[4] = CONV(x)\nb: i8[4] output = COPY{identity}(a)\nc: 1 output = USE(a)",
    );
    assert_eq!(labels(&rewriting), ["CONV", "USE"]);
    let names: Vec<&str> = rewriting
        .graph
        .outputs()
        .iter()
        .map(|&t| rewriting.graph.tensor(t).name.as_str())
        .collect();
    assert_eq!(names, ["b", "c"]);
}

#[test]
fn a_copy_between_what_the_caller_feeds_and_reads_stays() {
    assert_left(
        "x: i8[4] input\ny: i8[4] output = COPY{identity}(x)",
        &["COPY"],
    );
    assert_left(
        "x: i8[4] input\na: i8[4] output = CONV(x)\nb: i8[4] output = COPY{identity}(a)",
        &["CONV", "COPY"],
    );
}

#[test]
fn a_variable_is_copied_for_a_reason() {
    assert_left(
        "s: i8[4] variable\na: i8[4] = COPY{identity}(s)\nb: i8[4] output = USE(a)",
        &["COPY", "USE"],
    );
}

#[test]
fn chains_of_copies_and_dead_branches_go_whole() {
    let mut source = String::from("t0: i8[4] input\n");
    for i in 0..9 {
        source += &format!("t{}: i8[4] = COPY{{identity}}(t{i})\n", i + 1);
    }
    source += "d: 8 = DEAD(t3)\ne: 8 = DEAD(d)\ny: 4 output = USE(t9)\nlog: 1 = LOG(t9) !";
    assert_left(&source, &["USE", "LOG"]);
}

#[test]
fn control_through_a_removed_operator_is_bridged() {
    let rewriting = cleaned(
        "x: i8[4] input\na: 4 = A(x) !\nb: i8[4] = COPY{identity}(x)\nc: 4 = C(b) !\nafter 0 1\nafter 1 2\noutput c",
    );
    assert_eq!(labels(&rewriting), ["A", "C"]);
    assert_eq!(rewriting.graph.control(), [(OpId(0), OpId(1))]);
}

#[test]
fn the_referee_refuses_wrong_rewritings() {
    let source: Graph =
        "x: i8[4] input\na: i8[4] = A(x)\nb: i8[4] = B(x) !\nc: i8[4] output = C(a)"
            .parse()
            .expect("valid");
    let wrong = |text: &str, ops: &[u32]| {
        let graph: Graph = text.parse().expect("valid");
        let tensor_origins = graph.tensors().rows().map(|t| {
            source
                .tensors()
                .iter()
                .find(|(_, old)| old.name == t.name)
                .expect("same names")
                .0
        });
        let tensor_origins = tensor_origins.map(TensorOrigin::Source).collect();
        let op_origins = ops.iter().map(|&op| OpOrigin::Source(OpId(op))).collect();
        check_rewriting(
            &source,
            &Rewriting {
                tensor_origins,
                op_origins,
                graph,
                applied: Vec::new(),
            },
        )
    };
    let whole = "x: i8[4] input\na: i8[4] = A(x)\nb: i8[4] = B(x) !\nc: i8[4] output = C(a)";
    assert_eq!(wrong(whole, &[0, 1, 2]), Ok(()));
    let rewired = "x: i8[4] input\na: i8[4] = A(x)\nb: i8[4] = B(x) !\nc: i8[4] output = C(b)";
    assert_eq!(
        wrong(rewired, &[0, 1, 2]),
        Err(RewritingFault::Value { output: 0 })
    );
    let effect = "x: i8[4] input\na: i8[4] = A(x)\nc: i8[4] output = C(a)";
    assert_eq!(
        wrong(effect, &[0, 2]),
        Err(RewritingFault::EffectLost { op: OpId(1) })
    );
    let other_output = "x: i8[4] input\na: i8[4] output = A(x)\nb: i8[4] = B(x) !";
    assert_eq!(
        wrong(other_output, &[0, 1]),
        Err(RewritingFault::Value { output: 0 })
    );
    let resized = "x: i8[4] input\na: i8[8] = A(x)\nb: i8[4] = B(x) !\nc: i8[4] output = C(a)";
    assert!(matches!(
        wrong(resized, &[0, 1, 2]),
        Err(RewritingFault::Origin { .. })
    ));
    assert!(matches!(
        wrong(whole, &[0, 1, 0]),
        Err(RewritingFault::Origin { .. })
    ));
}

#[test]
fn one_constant_stands_in_for_all_that_are_equal() {
    let rewriting = cleaned(
        "x: f32[4] input
a: f32[4] const = CONST{constant value=0}()
b: f32[4] const = CONST{constant value=1}()
c: f32[4] const = CONST{constant value=0}()
d: f32[4] const output = CONST{constant value=0}()
e: f32[4] const = CONST{constant value=0}()
f: f32[4] const = CONST()
y: f32[4] output = USE(x, a, b, c, d, e, f)",
    );
    assert_eq!(
        labels(&rewriting),
        ["CONST", "CONST", "CONST", "CONST", "USE"]
    );
    let (_, last) = rewriting
        .graph
        .ops()
        .iter()
        .last()
        .expect("there are operators");
    let reads: Vec<&str> = last
        .reads()
        .map(|t| rewriting.graph.tensor(t).name.as_str())
        .collect();
    assert_eq!(reads, ["x", "a", "b", "a", "d", "a", "f"]);
    assert_eq!(rewriting.counts()[0].0, "duplicate-constant");
}

#[test]
fn the_referee_tells_constants_apart() {
    let graph: Graph = "a: f32[4] const = CONST{constant value=0}()
b: f32[4] const = CONST{constant value=1}()
y: f32[4] output = USE(a, b)"
        .parse()
        .expect("a valid graph");
    let swapped: Graph = "a: f32[4] const = CONST{constant value=0}()
b: f32[4] const = CONST{constant value=1}()
y: f32[4] output = USE(b, a)"
        .parse()
        .expect("a valid graph");
    let rewriting = Rewriting {
        graph: swapped,
        ..Rewriting::unchanged(graph.clone())
    };
    assert_eq!(
        check_rewriting(&graph, &rewriting),
        Err(RewritingFault::Value { output: 0 })
    );
}

#[test]
fn an_identity_may_write_more_that_nobody_reads() {
    let source = |mask: &str| {
        format!(
            "x: f32[4] input\ny: f32[4]\nm: bool[4]{mask}\ny, m = DROPOUT{{identity}}(x)\nz: 6 output = CONV(y)"
        )
    };
    assert_left(&source(""), &["CONV"]);
    assert_left(&source(" output"), &["DROPOUT", "CONV"]);
}
