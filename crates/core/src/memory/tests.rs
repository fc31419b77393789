use super::{Instance, LiveRange, Scratch, Target, buffers, litert_buffers, live_ranges, profile};
use crate::check::check_order;
use crate::graph::{Graph, Role, text};
use crate::ids::{OpId, TensorId};
use crate::plan::Order;
use crate::testing::fuzz;
use crate::units::Bytes;

fn graph(source: &str) -> Graph {
    text::parse(source).unwrap()
}

/// Live bytes during each step of the file order, after the referee has agreed on the peak.
fn steps(source: &str, target: &Target) -> Vec<u64> {
    let graph = graph(source);
    let order = Order::new(graph.file_order());
    let profile = profile(&Instance::new(&graph, target), &order);
    assert_eq!(check_order(&graph, target, &order, profile.peak), Ok(()));
    profile.steps.iter().map(|bytes| bytes.get()).collect()
}

#[track_caller]
fn both(source: &str, tflm: &[u64], litert: &[u64]) {
    assert_eq!(steps(source, &Target::TFLM), tflm, "tflm");
    assert_eq!(steps(source, &Target::LITERT), litert, "litert");
}

#[test]
fn inputs_and_outputs_of_a_step_are_live_together() {
    both(
        "x: 1 input\na: 10 = A(x)\ny: 100 output = B(a)",
        &[11, 110],
        &[11, 111],
    );
}

#[test]
fn outputs_of_the_graph_stay_to_the_end() {
    both(
        "x: 1 input\na: 10 output = A(x)\nb: 100 = B(a)\nc: 1000 output = C(b)",
        &[11, 110, 1110],
        &[11, 111, 1111],
    );
}

#[test]
fn what_nobody_reads_lives_for_its_own_step() {
    both(
        "x: 1 input\na: 10, b: 100 = A(x)\nc: 1000 output = C(b)",
        &[111, 1100],
        &[111, 1101],
    );
}

#[test]
fn an_input_that_nobody_reads_stays() {
    both(
        "x: 1 input\nu: 10 input\na: 100 = A(x)\nb: 1000 output = B(a)",
        &[111, 1110],
        &[111, 1111],
    );
}

#[test]
fn an_input_that_is_an_output_counts_once_and_stays() {
    both(
        "x: 1 input output\na: 10 = A(x)\nb: 100 output = B(a)",
        &[11, 111],
        &[11, 111],
    );
    both(
        "x: 1 input input\na: 10 = A(x)\nb: 100 output = B(a)\ninput x\noutput x, x, b",
        &[11, 111],
        &[11, 111],
    );
}

#[test]
fn lists_with_repetitions_count_once() {
    both(
        "x: 1 input\na: 10 = A(x, x)\nb: 100 output = B(a, a)\ninput x\noutput b",
        &[11, 110],
        &[11, 111],
    );
}

#[test]
fn variables_always_count_and_constants_never() {
    both(
        "x: 1 input\nv: 10 variable\nw: 5 const\na: 100 = A(x, w)\nb: 1000 output = B(a, v)",
        &[111, 1110],
        &[111, 1111],
    );
    // Written, listed as an input, or both: it is the same state.
    both(
        "x: 1 input\nv: 10 variable\nv = SET(x)\nb: 100 output = B(v)",
        &[11, 110],
        &[11, 111],
    );
    both(
        "x: 1 input\nv: 10 variable input\nw: 5 const input output\nb: 100 output = B(v, x, w)",
        &[111],
        &[111],
    );
    // What nobody makes takes no bytes.
    both(
        "x: 1 input\ns: 7\nb: 100 output = B(x, s)\noutput s",
        &[101],
        &[101],
    );
}

#[test]
fn what_is_computed_from_constants_does_not_count_but_variables_do() {
    both(
        "x: 1 input\nw: 5 const\nv: 10 variable\nc: 7, v = INIT(w)\nb: 100 output = B(x, c)",
        &[11, 111],
        &[11, 111],
    );
    let graph = graph("w: 5 const\nv: 10 variable\nv = INIT(w)");
    assert_eq!(graph.tensors().rows().last().unwrap().role, Role::Variable);
}

#[test]
fn no_operators_need_no_bytes() {
    both("x: 8 input output\nv: 4 variable", &[], &[]);
    both("", &[], &[]);
}

#[test]
fn the_peak_is_named_with_its_first_step() {
    let graph = graph("x: 1 input\na: 9 = A(x)\nb: 1 = B(a)\nc: 9 output = C(b)");
    let instance = Instance::new(&graph, &Target::TFLM);
    let profile = profile(&instance, &Order::new(graph.file_order()));
    assert_eq!(
        (profile.peak, profile.peak_at),
        (Bytes(10), Some((0, OpId(0))))
    );
}

#[test]
fn live_ranges_are_half_open() {
    let graph = graph(
        "x: 1 input\nw: 1 const\nv: 1 variable\na: 9 = A(x, w)\nb: 1 = B(a)\nc: 9 output = C(a, v)",
    );
    let instance = Instance::new(&graph, &Target::TFLM);
    let order = Order::new(vec![OpId(0), OpId(2), OpId(1)]);
    let ranges = live_ranges(&instance, &order);
    let range = |start, end| Some(LiveRange { start, end });
    let wanted = [
        range(0, 1),
        None,
        range(0, 3),
        range(0, 3),
        range(2, 3),
        range(1, 3),
    ];
    assert_eq!(ranges.as_slice(), wanted);
}

#[test]
fn what_is_written_over_a_dying_input_counts_once() {
    let add = "x: 8 input\na: 8 = A(x)\nb: 8 = B(x)\nc: 8 output = ADD{elementwise}(a, b)";
    assert_eq!(steps(add, &Target::IDEAL), [16, 24, 16]);
    assert_eq!(steps(add, &Target::TFLM), [16, 24, 24]);
    // The input is read again; the other one is of another size; the graph's output is dead first.
    let kept =
        "x: 8 input\na: 8 = A(x)\nb: 4 = B(x)\nc: 8 = C{elementwise}(a, b)\nd: 8 output = D(a, c)";
    assert_eq!(steps(kept, &Target::IDEAL), [16, 20, 20, 24]);
    let output = "x: 8 input\na: 8 output = A{elementwise}(x)\nb: 8 = B{elementwise}(a)";
    assert_eq!(steps(output, &Target::IDEAL), [8, 16]);
}

#[test]
fn views_have_no_bytes_and_keep_their_home() {
    let source = "x: 8 input\na: 8 = A(x)\nv: 8 = V{reshape}(a)\nb: 4 = B(a)\nc: 8 output = C{elementwise}(v)";
    assert_eq!(steps(source, &Target::IDEAL), [16, 8, 12, 8]);
    assert_eq!(steps(source, &Target::TFLM), [16, 16, 20, 16]);
}

#[test]
fn tensors_over_one_another_have_one_buffer() {
    let source = "x: 8 input\na: 8 = A{elementwise}(x)\nv: 8 = V{reshape}(a)\nb: 8 = B{elementwise}(v)\ny: 4 output = Y(b)";
    let graph = graph(source);
    let instance = Instance::new(&graph, &Target::IDEAL);
    let found = buffers(&instance, &Order::new(graph.file_order()), 1).unwrap();
    let places: Vec<u32> = found.places.rows().flatten().map(|b| b.0).collect();
    assert_eq!(places, [0, 0, 0, 0, 1]);
    assert_eq!(found.tensors.as_slice(), [TensorId(0), TensorId(4)]);
    let ends: Vec<_> = found
        .problem
        .buffers()
        .rows()
        .map(|b| (b.start, b.end))
        .collect();
    assert_eq!(ends, [(0, 4), (3, 4)]);
}

#[test]
fn the_ruler_is_the_referee_on_thousands_of_graphs() {
    for seed in 0..4_000 {
        fuzz::ruler(seed);
    }
}

/// What LiteRT packs in file order, as `first tensor: start..end x bytes`.
fn litert(source: &str, scratch: &[Scratch]) -> Vec<String> {
    let graph = graph(source);
    let order = Order::new(graph.file_order());
    let found = litert_buffers(&graph, &order, scratch).expect("small tensors");
    let rows = found.problem.buffers().iter().map(|(id, buffer)| {
        let tensor = found
            .tensors
            .get(id)
            .map(|&t| graph.tensor(t).name.as_str());
        let (name, start, end) = (tensor.unwrap_or("scratch"), buffer.start, buffer.end);
        format!("{name}: {start}..{end} x {}", buffer.size)
    });
    rows.collect()
}

#[test]
fn litert_keeps_inputs_outputs_and_what_nobody_reads() {
    let source =
        "x: 9 input\nv: 7 variable\na: 9, d: 3 = A(x, v)\nb: 9 output = B(a)\nc: 5 output = C(b)";
    let scratch = Scratch {
        op: OpId(1),
        bytes: Bytes(70),
    };
    let wanted = [
        "x: 0..4 x 9",
        "a: 0..2 x 9",
        "d: 0..4 x 3",
        "b: 1..4 x 9",
        "c: 2..4 x 5",
    ];
    assert_eq!(litert(source, &[]), wanted);
    assert_eq!(litert(source, &[scratch])[5], "scratch: 1..2 x 70");
}

#[test]
fn litert_shares_where_one_user_dies_and_sizes_agree() {
    // The second input may give its memory where the first cannot; an output of the graph takes none over, nor does a scalar.
    let source =
        "x: 9 input\na: 9 = A(x)\nb: 9 = ADD(x, a)\nc: 9 = SOFTMAX(b)\nd: 9 output = MUL(c, c)";
    assert_eq!(
        litert(source, &[]),
        ["x: 0..5 x 9", "a: 0..4 x 9", "d: 3..5 x 9"]
    );
    let source = "x: 4 input\na: 4 = A(x)\nb: 4 = ADD(a, a)\nc: 9 output = C(b)";
    assert_eq!(litert(source, &[]).len(), 4);
    // `MUL` reads `c` twice, so that `c` has two users and keeps its memory to itself.
    let source = "x: 9 input\na: 9 = A(x)\nb: 9 = MUL(a, a)\nc: 5 output = C(b)";
    assert_eq!(litert(source, &[]).len(), 4);
}

#[test]
fn litert_shares_unchanged_values_with_all_their_users() {
    let source = "x: 9 input\na: 9 = A(x)\nb: 9 = RESHAPE(a)\nc: 9 = SQUEEZE(b)\nd: 9 = ADD(a, x)\ne: 5 output = E(c, d)";
    assert_eq!(
        litert(source, &[]),
        ["x: 0..6 x 9", "a: 0..5 x 9", "d: 3..5 x 9", "e: 4..6 x 5"]
    );
}

#[test]
fn litert_keeps_what_was_to_share_memory_with_a_constant() {
    let source =
        "x: 9 input\nw: 9 const\nk: 9 = DEQUANTIZE(w)\na: 9 = ADD(k, x)\nb: 5 output = B(a)";
    assert_eq!(
        litert(source, &[]),
        ["x: 0..4 x 9", "a: 1..4 x 9", "b: 2..4 x 5"]
    );
}
