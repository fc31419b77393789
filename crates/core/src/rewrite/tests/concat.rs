//! Concatenations taken apart, on graphs written as text: what becomes of them, and what must stay.

use crate::check::{RewritingFault, check_rewriting};
use crate::graph::{Graph, text};
use crate::plan::{Exactness, OpOrigin, Rewriting, TensorOrigin};
use crate::rewrite::rules::{ChannelWise, KernelWise};
use crate::rewrite::{Rule, rewrite};

const RULES: &[&dyn Rule] = &[
    &KernelWise,
    &ChannelWise {
        sum: "ADD",
        biased: &["BIASED"],
    },
];

fn taken_apart(source: &str) -> (Graph, Rewriting) {
    let graph: Graph = source.parse().expect("a valid graph");
    let rewriting = rewrite(&graph, RULES).expect("rules make valid patches");
    check_rewriting(&graph, &rewriting).expect("the referee agrees");
    (graph, rewriting)
}

fn shown(rewriting: &Rewriting) -> Vec<String> {
    let text = text::print(&rewriting.graph);
    let lines = text.lines().filter(|line| line.contains('='));
    lines
        .map(|line| line.split(" = ").last().unwrap_or_default().to_owned())
        .collect()
}

const CONV: &str = "x: i8[4,2] q(0.5:0) input\ny: i8[4,3] q(0.5:0) input\nw: i8[6,5] q@0(1:0,2:0,3:0,4:0,5:0,6:0) const
b: i32[6] const\nc: i8[4,5] q(0.5:0) = CONCAT{concat axis=1}(x, y)
z: i8[4,6] q(0.25:7) output = CONV{contract data=1 weights=1 activation=1}(c, w, b)";

#[test]
fn a_convolution_becomes_a_sum_with_one_bias_and_one_activation() {
    let (_, rewriting) = taken_apart(CONV);
    let expected = [
        "CONV{contract data=1 weights=1 activation=0}(x, w/part0, b)",
        "CONV{contract data=1 weights=1 activation=0}(y, w/part1)",
        "ADD{add activation=1}(z/part0, z/part2)",
    ];
    assert_eq!(shown(&rewriting), expected);
    assert_eq!(rewriting.exactness(), Exactness::Approximate);
    let activated = rewriting
        .op_origins
        .rows()
        .filter(|origin| matches!(origin, OpOrigin::Sum { activation, .. } if *activation));
    assert_eq!(activated.count(), 1);
    let slices = rewriting
        .tensor_origins
        .rows()
        .filter_map(|origin| match *origin {
            TensorOrigin::Slice { start, end, .. } => Some((start, end)),
            _ => None,
        });
    assert_eq!(slices.collect::<Vec<_>>(), [(0, 2), (2, 5)]);
}

#[test]
fn runtimes_that_want_a_bias_get_zeros() {
    let (_, rewriting) = taken_apart(&CONV.replace("CONV", "BIASED"));
    assert!(shown(&rewriting)[1].ends_with("(y, w/part1, b/zeros)"));
    let (_, rewriting) = taken_apart(
        &CONV
            .replace("CONV", "BIASED")
            .replace("(c, w, b)", "(c, w)"),
    );
    assert!(shown(&rewriting)[1].ends_with("(y, w/part1)"));
    let value = Err(RewritingFault::Value { output: 0 });
    assert_eq!(
        forged(
            &CONV.replace("CONV", "BIASED"),
            "(y, w/part1, b/zeros)",
            "(y, w/part1, b)"
        ),
        value
    );
}

const DEPTHWISE: &str = "x: i8[1,4,2] q(0.5:0) input\ny: i8[1,4,3] q(0.5:0) input
w: i8[3,10] q@1(1:0,2:0,3:0,4:0,5:0,6:0,7:0,8:0,9:0,10:0) const\nb: i32[10] const
c: i8[1,4,5] q(0.5:0) = CONCAT{concat axis=2}(x, y)
z: i8[1,2,10] q(0.25:7) output = DEPTHWISE{channelwise axis=2 group=1 params=[1:1,2:0]}(c, w, b)";

#[test]
fn a_depthwise_convolution_goes_in_front_with_its_slices() {
    let (_, rewriting) = taken_apart(DEPTHWISE);
    let kind = "{channelwise axis=2 group=1 params=[1:1,2:0]}";
    let expected = [
        format!("DEPTHWISE{kind}(x, w/part0, b/part0)"),
        format!("DEPTHWISE{kind}(y, w/part1, b/part1)"),
        "CONCAT{concat axis=2}(z/part0, z/part1)".to_owned(),
    ];
    assert_eq!(shown(&rewriting), expected);
    assert_eq!(rewriting.exactness(), Exactness::BitExact);
    let scales = |name: &str| {
        let mut tensors = rewriting.graph.tensors().rows();
        let tensor = tensors.find(|t| t.name == name).expect("it is there");
        let quantization = tensor.array.as_ref().and_then(|a| a.quantization.clone());
        quantization.expect("quantised").scales
    };
    assert_eq!(scales("w/part1"), [5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
}

#[test]
fn what_sums_behind_what_works_on_channels_apart_is_reached_through_it() {
    let source = DEPTHWISE.replace(" output", "")
        + "\nv: i8[6,10] q(1:0) const\no: i8[1,2,6] q(1:0) output = CONV{contract data=2 weights=1 activation=0}(z, v)";
    let (_, rewriting) = taken_apart(&source);
    let labels: Vec<&str> = rewriting
        .graph
        .ops()
        .rows()
        .map(|op| op.label.as_str())
        .collect();
    assert_eq!(labels, ["DEPTHWISE", "DEPTHWISE", "CONV", "CONV", "ADD"]);
}

#[test]
fn other_readers_keep_the_concatenation() {
    let (_, rewriting) = taken_apart(&format!("{CONV}\no: 20 output = OTHER(c)"));
    assert!(shown(&rewriting).iter().any(|op| op.starts_with("CONCAT")));
    let (_, rewriting) = taken_apart(&format!("{CONV}\noutput c"));
    assert!(shown(&rewriting).iter().any(|op| op.starts_with("CONCAT")));
    let twice = format!(
        "{CONV}\nv: i8[6,5] q(1:0) const\no: i8[4,6] q(1:0) output = CONV{{contract data=1 weights=1 activation=0}}(c, v)"
    );
    let (_, rewriting) = taken_apart(&twice);
    assert!(!shown(&rewriting).iter().any(|op| op.starts_with("CONCAT")));
    assert_eq!(rewriting.applied.len(), 2);
}

#[test]
fn what_cannot_be_taken_apart_stays() {
    let kept = [
        // Parts that are stored otherwise are rescaled by the concatenation.
        CONV.replace("y: i8[4,3] q(0.5:0)", "y: i8[4,3] q(0.75:0)"),
        CONV.replace("concat axis=1", "opaque"),
        // A sum over another axis, weights of another size, weights that are fed or computed.
        CONV.replace("data=1", "data=0"),
        CONV.replace("w: i8[6,5]", "w: i8[6,7]"),
        CONV.replace("const\nb", "\nb"),
        CONV.replace("(c, w, b)", "(c, w, b) !"),
        CONV.replace("i8[6,5] q@0(1:0,2:0,3:0,4:0,5:0,6:0)", "i4[6,5]"),
        // Without quantisation integers are no approximations of anything.
        CONV.replace(" q(0.25:7) output", " output"),
        // Groups of channels that a part would cut.
        DEPTHWISE.replace("group=1", "group=5"),
        DEPTHWISE.replace("channelwise axis=2", "channelwise axis=1"),
        DEPTHWISE.replace("z: i8[1,2,10]", "z: i8[1,2,9]"),
        DEPTHWISE.replace("c: i8[1,4,5]", "c: 20 i8[1,?,5]"),
    ];
    for source in kept {
        let (graph, rewriting) = taken_apart(&source);
        assert_eq!(rewriting.graph.ops().len(), graph.ops().len(), "{source}");
    }
}

/// The rewriting with a change in the text of its graph.
fn forged(source: &str, from: &str, to: &str) -> Result<(), RewritingFault> {
    let (graph, rewriting) = taken_apart(source);
    let text = text::print(&rewriting.graph);
    assert!(text.contains(from), "{text}");
    let forged = text.replacen(from, to, 1).parse().expect("a valid graph");
    check_rewriting(
        &graph,
        &Rewriting {
            graph: forged,
            ..rewriting
        },
    )
}

#[test]
fn the_referee_refuses_wrong_parts() {
    assert_eq!(forged(CONV, "CONV", "CONV"), Ok(()));
    let value = Err(RewritingFault::Value { output: 0 });
    // A bias twice or never, the same part twice, parts with the weights of others.
    assert_eq!(forged(CONV, "(y, w/part1)", "(y, w/part1, b)"), value);
    assert_eq!(forged(CONV, "(x, w/part0, b)", "(x, w/part0)"), value);
    assert_eq!(
        forged(CONV, "(z/part0, z/part2)", "(z/part0, z/part0)"),
        value
    );
    assert_eq!(
        forged(DEPTHWISE, "(x, w/part0, b/part0)", "(x, w/part0, b/part1)"),
        value
    );
    assert_eq!(
        forged(DEPTHWISE, "(z/part0, z/part1)", "(z/part1, z/part0)"),
        value
    );
    let origin = |result| matches!(result, Err(RewritingFault::Origin { .. }));
    // Scales of other channels, an activation in between, sizes that do not add up.
    assert!(origin(forged(DEPTHWISE, "(5.0:0", "(6.0:0")));
    assert!(origin(forged(CONV, "activation=0", "activation=1")));
    assert!(origin(forged(CONV, "(x, w/part0, b)", "(y, w/part0, b)")));
}

#[test]
fn the_referee_holds_a_rewriting_to_its_promise() {
    for source in [CONV.to_owned(), CONV.replace("i8", "f32")] {
        let graph: Graph = source.parse().expect("a valid graph");
        let mut rewriting = rewrite(&graph, RULES).expect("valid patches");
        rewriting.applied.clear();
        let verdict = check_rewriting(&graph, &rewriting);
        assert!(
            matches!(verdict, Err(RewritingFault::Promise { .. })),
            "{verdict:?}"
        );
    }
}
