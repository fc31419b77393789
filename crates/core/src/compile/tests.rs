mod accumulate;
mod again;
mod constants;
mod jointly;
mod never_worse;
mod refused;
mod sums;
mod traffic;

use std::collections::BTreeSet;

use crate::arena::greedy;
use crate::graph::Graph;
use crate::ids::OpId;
use crate::limits::Limits;
use crate::memory::{Instance, Target};
use crate::plan::{Exactness, Order, Proof, Rewriting};
use crate::rewrite::rules::{CLEAN_UP, ChannelWise, ElementwiseFirst, KernelWise};
use crate::rewrite::{Rule, rewrite_where};
use crate::testing::{families, generate, joined};
use crate::units::Bytes;

use super::{Algorithm, Choice, Compiled, Options, Search, compile, scheduled};

fn compiled(graph: &Graph, target: &Target, algorithm: Algorithm) -> Compiled {
    let (target, search) = (target.clone(), Search::default());
    let options = Options {
        target,
        rules: CLEAN_UP,
        choice: None,
        algorithm,
        search,
        deployment: None,
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
fn a_search_that_is_stopped_at_once_is_no_worse_than_a_heuristic() {
    let search = Search {
        limits: Limits {
            nodes: 0,
            ..Limits::default()
        },
        ..Search::default()
    };
    for seed in 0..500 {
        let graph = families::layered(4, 40, seed);
        let instance = Instance::new(&graph, &Target::TFLM);
        let found = Algorithm::Exact.run(&instance, &search);
        for &algorithm in Algorithm::ALL {
            if matches!(algorithm, Algorithm::Baseline(_)) {
                let other = algorithm.run(&instance, &search).peak;
                assert!(found.peak <= other, "seed {seed}, {}", algorithm.name());
            }
        }
        if let Some(Proof::Bounded { lower, upper, .. }) = found.proof {
            assert!(
                (lower, upper) == (found.bound, found.peak) && lower < upper,
                "seed {seed}"
            );
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
fn a_packing_that_is_stopped_is_no_worse_than_the_planner() {
    let limits = Limits {
        nodes: 1,
        ..Limits::default()
    };
    for seed in 0..500 {
        let graph = generate::graph(seed, 30);
        let order = Order::new(graph.ops().ids().collect());
        for target in Target::ALL {
            let arena = super::packed(&graph, target, &order, &limits).expect("a layout");
            let greedy = greedy::runtime(target.planner, &arena.buffers.problem);
            assert!(arena.layout.height <= greedy.height, "seed {seed}");
        }
    }
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

const PARTS: &[&dyn Rule] = &[
    &KernelWise,
    &ElementwiseFirst,
    &ChannelWise {
        sum: "ADD",
        biased: &[],
    },
];

fn choosing<'a>(choice: Choice<'a>) -> Options<'a> {
    Options {
        deployment: None,
        target: Target::TFLM,
        rules: &[],
        choice: Some(choice),
        algorithm: Algorithm::Exact,
        search: Search::default(),
    }
}

/// The smallest peak of all choices, and the fewest patches that reach it.
fn best_of_all(graph: &Graph, options: &Options<'_>) -> (Bytes, usize) {
    let unchanged = Rewriting::unchanged(graph.clone());
    let all = rewrite_where(unchanged.clone(), PARTS, &mut |_, _| true).expect("valid patches");
    let sites: BTreeSet<OpId> = all.applied.iter().map(|patch| patch.site).collect();
    let sites: Vec<OpId> = sites.into_iter().collect();
    let peak_of = |mask: usize| {
        let accept = &mut |_: &_, site| {
            let place = sites.iter().position(|&op| op == site);
            place.is_some_and(|place| mask >> place & 1 == 1)
        };
        let rewriting = rewrite_where(unchanged.clone(), PARTS, accept).expect("valid patches");
        let (_, profile) = scheduled(&rewriting.graph, options).expect("refereed");
        (profile.peak, rewriting.applied.len())
    };
    (0..1 << sites.len())
        .map(peak_of)
        .min()
        .expect("at least one")
}

#[test]
fn the_choice_is_the_best_of_all_and_the_smallest_of_those() {
    let choice = Choice {
        rules: PARTS,
        addition: None,
        weakest: Exactness::Rounding,
        figures: None,
    };
    let (options, mut won, mut gaps) = (choosing(choice), 0, 0);
    for seed in 0..1500 {
        let graph = joined::graph(seed);
        let result = compile(&graph, &options).expect("the referees agree");
        let tried = result.tried.expect("a choice was made");
        if tried.sites > 10 {
            continue;
        }
        let best = best_of_all(&graph, &options);
        let found = (result.after.peak, result.rewriting.applied.len());
        if tried.exhaustive {
            assert_eq!(found, best, "seed {seed}\n{graph}");
        }
        gaps += usize::from(found.0 > best.0);
        won += usize::from(result.after.peak < result.order_alone);
    }
    assert!(won > 20, "rewriting helped {won} times only");
    assert!(gaps <= 2, "the guided search missed the best {gaps} times");
}

#[test]
fn a_choice_keeps_its_promise_and_what_must_not_grow() {
    let promise = Choice {
        rules: PARTS,
        addition: None,
        weakest: Exactness::BitExact,
        figures: None,
    };
    let grows = |rewriting: &Rewriting, _: &_| Ok(vec![Bytes(rewriting.applied.len() as u64)]);
    let veto = Choice {
        weakest: Exactness::Rounding,
        figures: Some(&grows),
        ..promise
    };
    let mut vetoed = 0;
    for seed in 0..1500 {
        let graph = joined::graph(seed);
        let exact = compile(&graph, &choosing(promise)).expect("the referees agree");
        assert_eq!(exact.rewriting.exactness(), Exactness::BitExact);
        let kept = compile(&graph, &choosing(veto)).expect("the referees agree");
        assert!(kept.rewriting.applied.is_empty());
        assert_eq!(kept.after.peak, kept.order_alone);
        vetoed += kept.tried.expect("a choice was made").vetoed;
    }
    assert!(vetoed > 20);
}

#[test]
fn what_a_site_won_is_what_the_peak_rises_by_without_it() {
    let choice = Choice {
        rules: PARTS,
        addition: None,
        weakest: Exactness::Rounding,
        figures: None,
    };
    let options = choosing(choice);
    for seed in 0..100 {
        let graph = joined::graph(seed);
        let result = compile(&graph, &options).expect("the referees agree");
        for patch in &result.rewriting.applied {
            let unchanged = Rewriting::unchanged(graph.clone());
            let others = |_: &_, site| {
                site != patch.site && result.rewriting.applied.iter().any(|p| p.site == site)
            };
            let without = rewrite_where(unchanged, PARTS, &mut { others }).expect("valid");
            let (_, profile) = scheduled(&without.graph, &options).expect("refereed");
            assert_eq!(
                profile.peak,
                result.after.peak + patch.won,
                "seed {seed}\n{graph}"
            );
            assert!(
                patch.won > Bytes::ZERO,
                "a patch that wins nothing, seed {seed}"
            );
        }
    }
}
