mod traffic;

use crate::graph::Graph;
use crate::memory::Target;
use crate::rewrite::rules::CLEAN_UP;
use crate::testing::generate;
use crate::units::Bytes;

use super::{Algorithm, Compiled, Options, Search, compile};

fn compiled(graph: &Graph, target: &Target, algorithm: Algorithm) -> Compiled {
    let (target, search) = (target.clone(), Search::default());
    let options = Options {
        target,
        rules: CLEAN_UP,
        algorithm,
        search,
    };
    compile(graph, &options).expect("the referees agree")
}

#[test]
fn no_random_graph_gets_worse() {
    for seed in 0..2000 {
        let graph = generate::graph(seed, 14);
        for target in Target::ALL {
            let result = compiled(&graph, target, Algorithm::Exact);
            assert!(
                result.after.peak <= result.before.peak,
                "seed {seed}\n{graph}"
            );
            assert_eq!(result.after.peak, result.chosen.peak);
        }
    }
}

#[test]
fn clean_up_that_costs_is_left_undone() {
    let text = "x: 9 input\ny: 5 input\nd: 1 = DEAD(x)\na: 6 = A(y)\nb: 6 output = B(a)";
    let graph: Graph = text.parse().expect("a valid graph");
    // Without its reader, x would be live during B: 9 + 6 + 6.
    let result = compiled(&graph, &Target::TFLM, Algorithm::Exact);
    assert_eq!(
        (result.before.peak, result.after.peak),
        (Bytes(15), Bytes(15))
    );
    assert!(result.rewriting.applied.is_empty());
}

#[test]
fn every_algorithm_is_refereed_on_the_same_ruler() {
    let graph = generate::graph(7, 14);
    let exact = compiled(&graph, &Target::TFLM, Algorithm::Exact).after.peak;
    for &algorithm in Algorithm::ALL {
        let result = compiled(&graph, &Target::TFLM, algorithm);
        assert!(result.after.peak >= exact, "{}", algorithm.name());
    }
}
