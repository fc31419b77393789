//! Rules that only move bytes, on graphs written as text: what becomes of what, and what must stay.

use crate::check::{RewritingFault, check_rewriting};
use crate::graph::{Graph, Op, OpKind};
use crate::ids::OpId;
use crate::plan::{Exactness, Rewriting, TensorOrigin};
use crate::rewrite::rules::{
    ConcatOfConcat, ConcatOfSplit, PadFirst, SliceOfConcat, SplitOfConcat,
};
use crate::rewrite::{Rule, rewrite};

const RULES: &[&dyn Rule] = &[
    &ConcatOfSplit,
    &ConcatOfConcat { most: 4 },
    &SplitOfConcat,
    &SliceOfConcat,
    &PadFirst,
];

fn rewritten(source: &str) -> (Graph, Rewriting) {
    let source: Graph = source.parse().expect("a valid graph");
    let rewriting = rewrite(&source, RULES).expect("rules make valid patches");
    check_rewriting(&source, &rewriting).expect("the referee agrees");
    assert_eq!(rewriting.exactness(), Exactness::BitExact);
    (source, rewriting)
}

/// Each operator with the names of what it reads and writes.
fn wiring(rewriting: &Rewriting) -> Vec<String> {
    let graph = &rewriting.graph;
    let name = |t| graph.tensor(t).name.as_str();
    let line = |op: &Op| {
        let outputs: Vec<&str> = op.outputs.iter().map(|&t| name(t)).collect();
        let inputs: Vec<&str> = op.reads().map(name).collect();
        format!(
            "{} = {}({})",
            outputs.join(", "),
            op.label,
            inputs.join(", ")
        )
    };
    graph.ops().rows().map(line).collect()
}

#[track_caller]
fn assert_becomes(source: &str, expected: &[&str]) {
    assert_eq!(wiring(&rewritten(source).1), expected);
}

const INPUTS: &str = "a: i8[2,3] input\nb: i8[2,2] input\nc: i8[2,4] input\n";

#[test]
fn concatenations_of_concatenations_are_one() {
    assert_becomes(
        &format!(
            "{INPUTS}d: i8[2,5] = CAT{{concat axis=1}}(a, b)\ne: i8[2,9] output = CAT{{concat axis=1}}(d, c)"
        ),
        &["e = CAT(a, b, c)"],
    );
    // Somebody else reads the inner one.
    assert_becomes(
        &format!(
            "{INPUTS}d: i8[2,5] = CAT{{concat axis=1}}(a, b)\nf: 1 output = USE(d)\ne: i8[2,9] output = CAT{{concat axis=1}}(d, c)"
        ),
        &["d = CAT(a, b)", "f = USE(d)", "e = CAT(a, b, c)"],
    );
    let kept = [
        // Another axis.
        "d: i8[4,3] = CAT{concat axis=0}(a, a)\ne: i8[4,6] output = CAT{concat axis=1}(d, d)",
        // More inputs than the kernel takes.
        "d: i8[2,6] = CAT{concat axis=1}(a, a)\ne: i8[2,15] output = CAT{concat axis=1}(d, a, a, a)",
    ];
    for source in kept {
        assert_eq!(
            rewritten(&format!("{INPUTS}{source}")).1.graph.ops().len(),
            2,
            "{source}"
        );
    }
    // Stored in another quantisation: the outer one computes.
    let source = "a: i8[2,3] q(0.5:0) input\nd: i8[2,6] q(0.5:0) = CAT{concat axis=1}(a, a)\ne: i8[2,9] q(0.25:0) output = CAT{concat axis=1}(d, a)";
    assert_eq!(rewritten(source).1.graph.ops().len(), 2);
}

#[test]
fn a_split_between_parts_gives_the_parts() {
    assert_becomes(
        &format!(
            "{INPUTS}d: i8[2,9] = CAT{{concat axis=1}}(a, b, c)\ne: i8[2,3], f: i8[2,6] = SPLIT{{split data=0 axis=1}}(d)\ng: 1 output = USE(e, f)"
        ),
        &["f = CAT(b, c)", "g = USE(a, f)"],
    );
    let kept = [
        // Through a part.
        "d: i8[2,5] = CAT{concat axis=1}(a, b)\ne: i8[2,1], f: i8[2,4] = SPLIT{split data=0 axis=1}(d)\ng: 1 output = USE(e, f)",
        // Along an axis that is not known, or another one.
        "d: i8[2,5] = CAT{concat axis=1}(a, b)\ne: i8[2,3], f: i8[2,2] = SPLIT{split data=0}(d)\ng: 1 output = USE(e, f)",
        "d: i8[2,5] = CAT{concat axis=1}(a, b)\ne: i8[1,5], f: i8[1,5] = SPLIT{split data=0 axis=0}(d)\ng: 1 output = USE(e, f)",
        // The caller feeds the one and reads the other.
        "d: i8[2,5] = CAT{concat axis=1}(a, b)\ne: i8[2,3] output, f: i8[2,2] = SPLIT{split data=0 axis=1}(d)\ng: 1 output = USE(f)",
    ];
    for source in kept {
        assert_eq!(
            rewritten(&format!("{INPUTS}{source}")).1.graph.ops().len(),
            3,
            "{source}"
        );
    }
}

#[test]
fn all_pieces_of_a_split_are_what_was_split() {
    assert_becomes(
        &format!(
            "{INPUTS}d: i8[2,1], e: i8[2,2] = SPLIT{{split data=0 axis=1}}(a)\nf: i8[2,5] output = CAT{{concat axis=1}}(d, e, b)"
        ),
        &["f = CAT(a, b)"],
    );
    let kept = [
        "d: i8[2,1], e: i8[2,2] = SPLIT{split data=0 axis=1}(a)\nf: i8[2,5] output = CAT{concat axis=1}(e, d, b)",
        "d: i8[2,1], e: i8[2,2] = SPLIT{split data=0 axis=1}(a)\nf: i8[2,3] output = CAT{concat axis=1}(d, b)",
    ];
    for source in kept {
        assert_eq!(
            rewritten(&format!("{INPUTS}{source}")).1.graph.ops().len(),
            2,
            "{source}"
        );
    }
}

const LISTS: &str = "l: i32[2] const\nm: i32[2] const\n";

#[test]
fn slices_of_a_concatenation_are_slices_of_its_parts() {
    let cut = |start: u32, end: u32| {
        format!(
            "{INPUTS}{LISTS}d: i8[2,9] = CAT{{concat axis=1}}(a, b, c)
e: i8[2,{}] = SLICE{{slice axis=1 start={start} end={end} bounds=[start:1:1,length:2:1]}}(d, l, m)\ng: 1 output = USE(e)",
            end - start
        )
    };
    assert_becomes(&cut(3, 5), &["g = USE(b)"]);
    assert_becomes(&cut(0, 5), &["e = CAT(a, b)", "g = USE(e)"]);
    assert_becomes(
        &cut(6, 8),
        &["e = SLICE(c, l/part0, m/part0)", "g = USE(e)"],
    );
    let (_, rewriting) = rewritten(&cut(2, 6));
    let lines = wiring(&rewriting);
    assert!(
        lines[0].ends_with("= SLICE(a, l/part0, m/part0)"),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 4);
    let entries: Vec<(u32, u64)> = rewriting
        .tensor_origins
        .rows()
        .filter_map(|origin| match *origin {
            TensorOrigin::Entry { at, value, .. } => Some((at, value)),
            _ => None,
        })
        .collect();
    // From slice 2 of the first part one slice, and from slice 0 of the third one slice.
    assert_eq!(entries, [(1, 2), (1, 1), (1, 0), (1, 1)]);
}

#[test]
fn a_slice_that_its_lists_do_not_name_is_refused() {
    let source = format!(
        "{INPUTS}{LISTS}d: i8[2,9] = CAT{{concat axis=1}}(a, b, c)
e: i8[2,2] output = SLICE{{slice axis=1 start=6 end=8 bounds=[start:1:1,length:2:1]}}(d, l, m)"
    );
    let (source, rewriting) = rewritten(&source);
    let mut wrong = rewriting.clone();
    let moved = |origin: &TensorOrigin| match *origin {
        TensorOrigin::Entry { of, at, value } => TensorOrigin::Entry {
            of,
            at,
            value: value + 1,
        },
        other => other,
    };
    wrong.tensor_origins = rewriting.tensor_origins.rows().map(moved).collect();
    assert!(matches!(
        check_rewriting(&source, &wrong),
        Err(RewritingFault::Origin { .. })
    ));
    // Other slices than the source's, of the source's lists.
    let mut wrong = Rewriting::unchanged(source.clone());
    let text = source.to_string().replace("start=6 end=8", "start=5 end=7");
    wrong.graph = text.parse().expect("valid");
    assert!(matches!(
        wrong.graph.op(OpId(1)).kind,
        OpKind::Slice { start: 5, .. }
    ));
    assert!(matches!(
        check_rewriting(&source, &wrong),
        Err(RewritingFault::Origin { .. })
    ));
}

#[test]
fn padding_goes_in_front_along_other_axes() {
    assert_becomes(
        &format!(
            "{INPUTS}d: i8[2,5] = CAT{{concat axis=1}}(a, b)\ne: i8[4,5] output = PAD{{pad amounts=[1:1,0:0]}}(d)"
        ),
        &[
            "e/part0 = PAD(a)",
            "e/part1 = PAD(b)",
            "e = CAT(e/part0, e/part1)",
        ],
    );
    let source = format!(
        "{INPUTS}d: i8[2,5] = CAT{{concat axis=1}}(a, b)\ne: i8[2,6] output = PAD{{pad amounts=[0:0,1:0]}}(d)"
    );
    assert_eq!(rewritten(&source).1.graph.ops().len(), 2);
}
