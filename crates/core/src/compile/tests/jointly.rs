//! Arenas beside peaks.

use crate::graph::Graph;
use crate::joint::{Deployment, Offsets};
use crate::memory::{KernelLibrary, Scratch, Target};
use crate::plan::{Order, Proof};
use crate::rewrite::rules::CLEAN_UP;
use crate::testing::generate;
use crate::units::Bytes;

use super::super::{Algorithm, Compiled, Options, Search, compile, runtime_plan};

fn deployed(graph: &Graph, target: &Target, deployment: Option<Deployment<'_>>) -> Compiled {
    let mut search = Search::default();
    search.limits.nodes = 20_000;
    let options = Options {
        target: target.clone(),
        rules: CLEAN_UP,
        choice: None,
        algorithm: Algorithm::Exact,
        search,
        deployment,
    };
    compile(graph, &options).expect("the referees agree")
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
            let alone = deployed(&graph, target, None);
            for offsets in [Offsets::Runtime, Offsets::Planned] {
                let deployment = Deployment {
                    kernels: &kernels,
                    offsets,
                };
                let result = deployed(&graph, target, Some(deployment));
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
