use super::{Baseline, Rule, greedy_by, kahn, reverse_postorder};
use crate::check::check_order;
use crate::graph::{Graph, text};
use crate::ids::OpId;
use crate::limits::Stopwatch;
use crate::memory::{Instance, Target, profile};
use crate::testing::{fuzz, generate};

fn numbers(ops: &[OpId]) -> Vec<u32> {
    ops.iter().map(|op| op.0).collect()
}

fn graph(source: &str) -> Graph {
    text::parse(source).unwrap()
}

/// Two branches: A then C, and B; D joins.
const BRANCHES: &str = "
    x: 4 input
    a: 9 = A(x)
    b: 2 = B(x)
    c: 1 = C(a)
    d: 1 output = D(c, b)
";

#[test]
fn kahn_runs_level_by_level() {
    let graph = graph(
        "
        x: 4 input
        a: 1 = A(x)
        b: 1 = B(a)
        c: 1 = C(x)
        d: 1 output = D(b, c)
    ",
    );
    let instance = Instance::new(&graph, &Target::TFLM);
    assert_eq!(numbers(kahn(&instance).ops()), [0, 2, 1, 3]);
}

#[test]
fn reverse_postorder_follows_the_last_input_first() {
    let graph = graph(BRANCHES);
    let instance = Instance::new(&graph, &Target::TFLM);
    assert_eq!(numbers(reverse_postorder(&instance).ops()), [0, 2, 1, 3]);
    let file = Baseline::File.order(&instance);
    assert_eq!(numbers(file.ops()), [0, 1, 2, 3]);
}

#[test]
fn greedy_rules_look_at_different_figures() {
    let graph = graph(
        "
        x: 4 input
        w: 9 = WIDE(x)
        n: 1 = NARROW(x)
        a: 2 = SHRINK(w)
        y: 1 output = JOIN(a, n)
    ",
    );
    let instance = Instance::new(&graph, &Target::TFLM);
    for &rule in Rule::ALL {
        assert_eq!(
            numbers(greedy_by(&instance, rule).ops()),
            [1, 0, 2, 3],
            "{rule:?}"
        );
    }
    // MANY leaves nothing behind, however high it climbs; ONE leaves a byte.
    let graph = self::graph(
        "
        x: 4 input
        m: 50 = MANY(x)
        o: 1 output = ONE(x)
    ",
    );
    let instance = Instance::new(&graph, &Target::TFLM);
    assert_eq!(
        numbers(greedy_by(&instance, Rule::LeastAfter).ops()),
        [0, 1]
    );
    assert_eq!(
        numbers(greedy_by(&instance, Rule::LeastDuring).ops()),
        [1, 0]
    );
}

#[test]
fn control_edges_hold() {
    let graph = graph(
        "
        x: 4 input
        a: 9 = A(x)
        b: 1 = B(x)
        y: 1 output = C(a, b)
        after 0 1
    ",
    );
    let instance = Instance::new(&graph, &Target::TFLM);
    for baseline in Baseline::ALL {
        assert_eq!(
            numbers(baseline.order(&instance).ops()),
            [0, 1, 2],
            "{}",
            baseline.name()
        );
    }
}

#[test]
fn thousands_of_graphs_are_ordered_validly() {
    for seed in 0..3_000 {
        fuzz::baselines(seed);
    }
}

#[test]
fn every_greedy_rule_is_valid_alone() {
    for seed in 0..500 {
        let graph = generate::graph(seed, 40);
        let instance = Instance::new(&graph, &Target::LITERT);
        for &rule in Rule::ALL {
            let order = greedy_by(&instance, rule);
            let peak = profile(&instance, &order).peak;
            assert_eq!(
                check_order(&graph, &Target::LITERT, &order, peak),
                Ok(()),
                "seed {seed} {rule:?}"
            );
        }
    }
}

#[test]
fn ten_thousand_operators_are_quick() {
    // One tensor that all read, and one operator that reads all: quadratic scans would show.
    let middle: String = (0..10_000)
        .map(|i| format!("t{i}: {} = F(x)\n", i % 7 + 1))
        .collect();
    let all: Vec<String> = (0..10_000).map(|i| format!("t{i}")).collect();
    let graph = graph(&format!(
        "x: 4 input\n{middle}y: 1 output = JOIN({})",
        all.join(", ")
    ));
    let instance = Instance::new(&graph, &Target::TFLM);
    let clock = Stopwatch::start();
    for baseline in Baseline::ALL {
        assert_eq!(baseline.order(&instance).len(), 10_001);
    }
    assert!(clock.elapsed().as_secs() < 5);
}
