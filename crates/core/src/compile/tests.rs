mod traffic;

use crate::graph::Graph;
use crate::joint::{Deployment, Offsets};
use crate::memory::{KernelLibrary, Scratch, Target};
use crate::plan::{Order, Proof};
use crate::rewrite::rules::CLEAN_UP;
use crate::testing::generate;
use crate::units::Bytes;

use super::{Algorithm, Compiled, Options, Search, compile, runtime_plan};

fn compiled(graph: &Graph, target: &Target, algorithm: Algorithm) -> Compiled {
    deployed(graph, target, algorithm, None)
}

fn deployed(
    graph: &Graph,
    target: &Target,
    algorithm: Algorithm,
    deployment: Option<Deployment<'_>>,
) -> Compiled {
    let mut search = Search::default();
    search.limits.nodes = 20_000;
    let target = target.clone();
    let options = Options {
        target,
        rules: CLEAN_UP,
        algorithm,
        search,
        deployment,
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

#[test]
fn no_arena_grows_in_any_kernel_library() {
    let (mut smaller, mut above, mut reordered) = (0, 0, 0);
    for seed in 0..60 {
        let graph = generate::graph(seed, 16);
        let scratch: Vec<Scratch> = (graph.ops().ids())
            .filter(|op| (u64::from(op.0) + seed) % 3 == 0)
            .map(|op| Scratch {
                op,
                bytes: Bytes(40 + 7 * u64::from(op.0)),
            })
            .collect();
        let library = |name, scratch| KernelLibrary { name, scratch };
        let kernels = [library("none", Vec::new()), library("some", scratch)];
        for target in Target::ALL {
            let alone = compiled(&graph, target, Algorithm::Exact);
            for offsets in [Offsets::Runtime, Offsets::Planned] {
                let deployment = Deployment {
                    kernels: &kernels,
                    offsets,
                };
                let result = deployed(&graph, target, Algorithm::Exact, Some(deployment));
                let arenas = result.arenas.expect("they were asked for");
                let file = Order::new(graph.file_order());
                for (index, library) in kernels.iter().enumerate() {
                    let source = runtime_plan(&graph, target, &file, &library.scratch);
                    let source = source.expect("the referee agrees").layout.height;
                    assert_eq!(arenas.before[index], source, "seed {seed}\n{graph}");
                    assert!(arenas.after[index] <= source, "seed {seed}\n{graph}");
                    smaller += u32::from(arenas.after[index] < source);
                }
                assert!(
                    result.after.peak <= result.before.peak,
                    "seed {seed}\n{graph}"
                );
                let proved = result.chosen.proof == Some(Proof::Optimal);
                let same_graph = result.rewriting == alone.rewriting;
                assert!(!same_graph || proved == (result.after.peak == alone.after.peak));
                above += u32::from(!proved);
                reordered += u32::from(result.chosen.order != alone.chosen.order);
            }
        }
    }
    let seen = format!("{smaller} smaller, {above} above the peak, {reordered} reordered");
    assert!(smaller > 90 && above > 1 && reordered > 20, "{seen}");
}
