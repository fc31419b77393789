//! Sites whose parts are computed as the whole is, and sites whose parts are not.

use lowtide_core::graph::Graph;
use lowtide_core::ids::OpId;
use lowtide_core::plan::Exactness::{self, Approximate, BitExact, Rounding};
use lowtide_core::rewrite::Rule;
use lowtide_core::rewrite::rules::{ElementwiseFirst, KernelWise};

use super::exactness;

/// What is kept of the patch that some rule proposes at the second operator.
fn kept(graph: &str) -> Exactness {
    let graph: Graph = graph.parse().unwrap();
    let rules: [&dyn Rule; 2] = [&KernelWise, &ElementwiseFirst];
    let patch = rules.iter().find_map(|rule| rule.propose(&graph, OpId(1)));
    exactness(&graph, &patch.expect("a patch"))
}

/// A depthwise convolution with `side`x`side` filters and `times` outputs a channel behind `a` and `b` channels.
fn depthwise(dtype: &str, [a, b]: [u64; 2], side: u64, times: u64, scale: f32) -> Exactness {
    let c = a + b;
    let (out, q) = (c * times, if dtype == "f32" { "" } else { "q(0.5:3)" });
    let w = if dtype == "f32" { "f32" } else { "i8" };
    let weights = match dtype {
        "f32" => String::new(),
        _ => {
            let scales: Vec<String> = (0..out)
                .map(|i| format!("{}:0", if i == 1 { scale } else { 0.01 }))
                .collect();
            format!("q@3({})", scales.join(", "))
        }
    };
    kept(&format!(
        "x: {dtype}[1,4,4,{a}] {q} input\ny: {dtype}[1,4,4,{b}] {q} input\nw: {w}[1,{side},{side},{out}] {weights} const
        c: {dtype}[1,4,4,{c}] {q} = CONCATENATION{{concat axis=3}}(x, y)
        d: {dtype}[1,4,4,{out}] {q} output = DEPTHWISE_CONV_2D{{channelwise axis=3 group=1 params=[1:3]}}(c, w)"
    ))
}

#[test]
fn blocks_of_channels_stay_blocks() {
    // Only the last part may leave something over, and only where no kernel asks for whole blocks.
    assert_eq!(depthwise("i8", [8, 16], 3, 1, 0.01), BitExact);
    assert_eq!(depthwise("i8", [8, 3], 5, 1, 0.01), BitExact);
    assert_eq!(depthwise("i8", [8, 3], 3, 1, 0.01), Approximate);
    assert_eq!(depthwise("i8", [3, 8], 5, 1, 0.01), Approximate);
    assert_eq!(depthwise("i8", [4, 3], 5, 2, 0.01), BitExact);
    assert_eq!(depthwise("i8", [8, 1], 5, 1, 0.01), Approximate);
    assert_eq!(depthwise("u8", [8, 8], 5, 1, 0.01), Approximate);
    assert_eq!(depthwise("u8", [16, 32], 5, 1, 0.01), BitExact);
    assert_eq!(depthwise("i16", [3, 5], 3, 1, 0.01), BitExact);
    assert_eq!(depthwise("f32", [8, 8], 3, 1, 0.01), Rounding);
}

#[test]
fn a_scale_that_xnnpack_refuses_may_bring_another_kernel_for_one_part() {
    assert_eq!(depthwise("i8", [8, 8], 1, 1, 300.0), Approximate);
    assert_eq!(depthwise("i8", [8, 8], 1, 1, 1e-39), Approximate);
}

/// An operator on one input behind parts of `a` and `b` channels.
fn of_one(label: &str, kind: &str, q: &str, [a, b]: [u64; 2]) -> Exactness {
    let c = a + b;
    kept(&format!(
        "x: i8[1,4,4,{a}] q(0.5:3) input\ny: i8[1,4,4,{b}] q(0.5:3) input
        c: i8[1,4,4,{c}] q(0.5:3) = CONCATENATION{{concat axis=3}}(x, y)
        d: i8[1,4,4,{c}] {q} output = {label}{{{kind}}}(c)"
    ))
}

#[test]
fn what_is_chosen_or_looked_up_is_alike_anywhere() {
    let pooling = "channelwise axis=3 group=1 params=[]";
    assert_eq!(of_one("MAX_POOL_2D", pooling, "q(0.5:3)", [3, 5]), BitExact);
    assert_eq!(
        of_one("AVERAGE_POOL_2D", pooling, "q(0.5:3)", [3, 5]),
        BitExact
    );
    assert_eq!(of_one("MEAN", pooling, "q(0.5:3)", [16, 16]), Approximate);
    assert_eq!(of_one("RELU", "elementwise", "q(0.3:3)", [3, 5]), BitExact);
    assert_eq!(
        of_one("LOGISTIC", "elementwise", "q(0.3:3)", [3, 5]),
        BitExact
    );
}

#[test]
fn other_elements_have_to_fill_vectors() {
    assert_eq!(
        of_one("QUANTIZE", "requantize", "q(0.3:3)", [4, 8]),
        BitExact
    );
    assert_eq!(
        of_one("QUANTIZE", "requantize", "q(0.3:3)", [4, 7]),
        Approximate
    );
    assert_eq!(
        of_one("HARD_SWISH", "elementwise", "q(0.3:3)", [3, 5]),
        Approximate
    );
}
