//! Sums taken in another order: right ones are accepted, and every tampering that changes what is computed is refused.

use fastrand::Rng;

use super::arithmetic::{RULES, mixed, outputs};
use crate::check::{RewritingFault, check_rewriting};
use crate::graph::{Graph, GraphBuilder, OpKind};
use crate::ids::{OpId, TensorId};
use crate::plan::{Exactness, OpOrigin, Rewriting};
use crate::rewrite::rules::SumOfMany;
use crate::rewrite::{carry_out, rewrite_where};
use crate::testing::joined;

/// Some sums of `base` in random orders.
fn shuffled(source: &Graph, base: &Rewriting, rng: &mut Rng) -> Rewriting {
    let mut patches = Vec::new();
    for sum in SumOfMany::all(source, base) {
        if rng.u8(..4) > 0 {
            let mut order: Vec<usize> = (0..sum.terms.len()).collect();
            rng.shuffle(&mut order);
            patches.push(
                sum.in_order(&base.graph, "ADD", &order)
                    .expect("a permutation"),
            );
        }
    }
    carry_out(base.clone(), &patches).expect("valid patches")
}

/// A random graph, its concatenations taken apart at random, and sums in random orders.
fn case(seed: u64) -> (Graph, Rewriting) {
    let graph = joined::graph(seed);
    let unchanged = Rewriting::unchanged(graph.clone());
    let (mask, mut rng) = (mixed([seed]), Rng::with_seed(seed));
    let accept = &mut |_: &_, site: OpId| !seed.is_multiple_of(3) && mask >> (site.0 % 64) & 1 == 1;
    let apart = rewrite_where(unchanged, RULES, accept).expect("valid patches");
    let rewriting = shuffled(&graph, &apart, &mut rng);
    (graph, rewriting)
}

#[test]
fn random_graphs_compute_the_same_with_sums_in_any_order() {
    let mut patches = 0;
    for seed in 0..6000 {
        let (graph, rewriting) = case(seed);
        check_rewriting(&graph, &rewriting)
            .unwrap_or_else(|fault| panic!("seed {seed}: {fault}\n{graph}\n{}", rewriting.graph));
        let expected = outputs(&graph, &Rewriting::unchanged(graph.clone()));
        assert_eq!(outputs(&graph, &rewriting), expected, "seed {seed}");
        let rules = rewriting.applied.iter();
        patches += rules.filter(|patch| patch.rule == SumOfMany::NAME).count();
    }
    assert!(patches > 1000, "only {patches} sums");
}

/// `rewriting` with one thing changed: a term, or an activation.
fn tampered(rewriting: &Rewriting, rng: &mut Rng) -> Option<Rewriting> {
    let (graph, mut op_origins) = (&rewriting.graph, rewriting.op_origins.clone());
    let adds = graph.ops().ids();
    let adds: Vec<OpId> = adds
        .filter(|&op| matches!(op_origins[op], OpOrigin::Sum { .. }))
        .collect();
    let site = *rng.choice(&adds)?;
    let mut changed = graph.op(site).clone();
    if rng.u8(..3) == 0 {
        let OpOrigin::Sum { of, activation } = op_origins[site] else {
            return None;
        };
        let activation = !activation;
        changed.kind = OpKind::Add { activation };
        op_origins[site] = OpOrigin::Sum { of, activation };
    } else {
        let place = rng.usize(..changed.inputs.len());
        let old = changed.inputs[place]?;
        let there = |&t: &TensorId| {
            let alike = graph.tensor(t).array == graph.tensor(old).array;
            let maker = graph.topology().producer(t);
            let made = maker.map_or(graph.inputs().contains(&t), |op| op < site);
            t != old && alike && made
        };
        let others: Vec<TensorId> = graph.tensors().ids().filter(there).collect();
        changed.inputs[place] = Some(*rng.choice(&others)?);
    }
    let mut builder = GraphBuilder::new(graph.name());
    for (_, tensor) in graph.tensors().iter() {
        builder.tensor(tensor.clone());
    }
    for (op, node) in graph.ops().iter() {
        builder.op(if op == site {
            changed.clone()
        } else {
            node.clone()
        });
    }
    graph.inputs().iter().for_each(|&t| builder.input(t));
    graph.outputs().iter().for_each(|&t| builder.output(t));
    Some(Rewriting {
        graph: builder.build().ok()?,
        op_origins,
        ..rewriting.clone()
    })
}

#[test]
fn what_computes_something_else_is_refused() {
    let (mut refused, mut harmless) = (0, 0);
    for seed in 0..12000 {
        let (graph, rewriting) = case(seed);
        let Some(wrong) = tampered(&rewriting, &mut Rng::with_seed(seed)) else {
            continue;
        };
        let expected = outputs(&graph, &Rewriting::unchanged(graph.clone()));
        let verdict = check_rewriting(&graph, &wrong);
        match outputs(&graph, &wrong) == expected {
            true => harmless += 1,
            false => {
                assert!(
                    verdict.is_err(),
                    "seed {seed}\n{graph}\n{}\n{}",
                    rewriting.graph,
                    wrong.graph
                );
                refused += 1;
            }
        }
    }
    assert!(refused > 1000, "{refused} refused, {harmless} harmless");
}

/// `((a + b) + c) + d` with a function behind it, of arrays declared so, and the same in the order d, c, b, a.
fn of_four(declared: &str) -> (Graph, Option<Rewriting>) {
    let inputs = ["a", "b", "c", "d"].map(|name| format!("{name}: {declared} input\n"));
    let text = format!(
        "{}ab: {declared} = ADD{{add activation=0}}(a, b)\nabc: {declared} = ADD{{add activation=0}}(ab, c)\n\
         sum: {declared} output = ADD{{add activation=1}}(abc, d)",
        inputs.concat()
    );
    let graph: Graph = text.parse().expect("a graph");
    let base = Rewriting::unchanged(graph.clone());
    let sums = SumOfMany::all(&graph, &base);
    let patch = sums
        .first()
        .and_then(|sum| sum.in_order(&graph, "ADD", &[3, 2, 1, 0]));
    let rewriting = patch.map(|patch| carry_out(base.clone(), &[patch]).expect("a valid patch"));
    (graph, rewriting)
}

#[test]
fn the_class_follows_from_the_element_type() {
    let cases = [
        ("i32[2]", Some(Exactness::BitExact)),
        ("i64[2]", Some(Exactness::BitExact)),
        ("f32[2]", Some(Exactness::Rounding)),
        ("f64[2]", Some(Exactness::Rounding)),
        ("i8[2] q(0.5:0)", Some(Exactness::Approximate)),
        ("u8[2] q(0.5:9)", Some(Exactness::Approximate)),
        // Stored on one side of zero, which is a ReLU.
        ("i8[2] q(0.5:-128)", None),
        ("u8[2] q(0.5:0)", None),
        ("u8[2] q(0.5:255)", None),
        ("i32[2] q(0.5:0)", None),
        ("i16[2] q(0.5:0)", None),
        ("f16[2]", None),
        ("i8[2]", None),
        ("i8[2] q@0(0.5:0,0.25:0)", None),
    ];
    for (declared, expected) in cases {
        let (graph, rewriting) = of_four(declared);
        let class = rewriting.as_ref().map(Rewriting::exactness);
        assert_eq!(class, expected, "{declared}");
        let Some(rewriting) = rewriting else { continue };
        assert_eq!(check_rewriting(&graph, &rewriting), Ok(()), "{declared}");
        // Nobody may promise more.
        for promised in [Exactness::BitExact, Exactness::Rounding] {
            let mut bold = rewriting.clone();
            bold.applied[0].exactness = promised;
            let verdict = check_rewriting(&graph, &bold);
            assert_eq!(verdict.is_ok(), Some(promised) >= expected, "{declared}");
            let is_promise = matches!(verdict, Ok(()) | Err(RewritingFault::Promise { .. }));
            assert!(is_promise, "{declared}: {verdict:?}");
        }
    }
}

#[test]
fn what_is_no_sum_of_many_stays() {
    let cases = [
        // Of two; stretched; read elsewhere; an output; a function in between; of a constant; in a demanded order.
        "a: f32[2] input\nb: f32[2] input\nc: f32[2] output = ADD{add activation=0}(a, b)",
        "a: f32[2] input\nb: f32[1] input\nc: f32[2] output = ADD{add activation=0}(a, a, b)",
        "a: f32[2] input\nc: f32[2] = ADD{add activation=0}(a, a)\nd: f32[2] output = ADD{add activation=0}(c, a)
e: f32[2] output = R(c)",
        "a: f32[2] input\nc: f32[2] output = ADD{add activation=0}(a, a)\nd: f32[2] output = ADD{add activation=0}(c, a)",
        "a: f32[2] input\nc: f32[2] = ADD{add activation=0}(a, a)\nd: f32[2] output = ADD{add activation=0}(c, c)",
        "a: f32[2] input\nc: f32[2] = ADD{add activation=1}(a, a)\nd: f32[2] output = ADD{add activation=0}(c, a)",
        "a: f32[2] input\nw: f32[2] const\nc: f32[2] output = ADD{add activation=0}(a, a, w)",
        "a: f32[2] input\nc: f32[2] output = ADD{add activation=0}(a, a, a) !",
    ];
    for text in cases {
        let graph: Graph = text.parse().expect("a graph");
        let base = Rewriting::unchanged(graph.clone());
        assert_eq!(SumOfMany::all(&graph, &base), [], "{text}");
    }
}

#[test]
fn a_sum_stored_on_one_side_of_zero_may_not_be_taken_apart() {
    let graph = |inner: &str| -> Graph {
        let two_sided = "i8[2] q(0.5:0)";
        let inputs = ["a", "b", "c"].map(|name| format!("{name}: {two_sided} input\n"));
        let text = format!(
            "{}ab: {inner} = ADD{{add activation=0}}(a, b)\nsum: {two_sided} output = ADD{{add activation=0}}(ab, c)",
            inputs.concat()
        );
        text.parse().expect("a graph")
    };
    let (plain, clamped) = (graph("i8[2] q(0.5:0)"), graph("i8[2] q(0.5:-128)"));
    let base = Rewriting::unchanged(plain.clone());
    let sums = SumOfMany::all(&plain, &base);
    let patch = sums[0]
        .in_order(&plain, "ADD", &[2, 1, 0])
        .expect("a patch");
    // The patch that is right for the one is wrong for the other.
    let apply = |graph: &Graph| {
        let unchanged = Rewriting::unchanged(graph.clone());
        carry_out(unchanged, std::slice::from_ref(&patch)).expect("a valid graph")
    };
    assert_eq!(check_rewriting(&plain, &apply(&plain)), Ok(()));
    assert_ne!(check_rewriting(&clamped, &apply(&clamped)), Ok(()));
    let base = Rewriting::unchanged(clamped.clone());
    assert_eq!(SumOfMany::all(&clamped, &base), []);
}
