//! Choices against the best order alone, carried out to the end, in every figure.

use crate::joint::{Deployment, Offsets};
use crate::memory::{KernelLibrary, Target};
use crate::plan::{Exactness, Order, Rewriting};
use crate::rewrite::rules::CLEAN_UP;
use crate::testing::joined;
use crate::units::Bytes;

use super::super::{Algorithm, Choice, Compiled, Options, Search, compile, packed, runtime_plan};
use super::PARTS;

/// The arenas of an order: packed, and by the runtime's planner.
fn arenas(target: &Target, rewriting: &Rewriting, order: &Order) -> Vec<Bytes> {
    let limits = Search::default().limits;
    let packed = packed(&rewriting.graph, target, order, &limits).expect("a layout");
    let planned = runtime_plan(&rewriting.graph, target, order, &[]).expect("a layout");
    vec![packed.layout.height, planned.layout.height]
}

#[test]
fn no_figure_of_a_random_network_is_larger_than_of_order_alone() {
    let kernels = [KernelLibrary {
        name: "some",
        scratch: Vec::new(),
    }];
    let (mut won, mut vetoed) = (0, 0);
    let mut search = Search::default();
    search.limits.nodes = 2_000;
    for seed in 0..800 {
        let graph = joined::graph(seed);
        for target in Target::ALL {
            let figures =
                |rewriting: &Rewriting, order: &Order| Ok(arenas(target, rewriting, order));
            let choice = Choice {
                rules: PARTS,
                addition: Some("ADD"),
                weakest: Exactness::Rounding,
                figures: Some(&figures),
            };
            let deployments = [None, Some(Offsets::Runtime), Some(Offsets::Planned)];
            for offsets in deployments {
                let options = Options {
                    target: target.clone(),
                    rules: CLEAN_UP,
                    choice: None,
                    algorithm: Algorithm::Exact,
                    search: search.clone(),
                    deployment: offsets.map(|offsets| Deployment {
                        kernels: &kernels,
                        offsets,
                    }),
                };
                let run = |choice| {
                    let options = Options {
                        choice,
                        ..options.clone()
                    };
                    compile(&graph, &options).expect("the referees agree")
                };
                let (alone, apart) = (run(None), run(Some(choice)));
                let all = |compiled: &Compiled| {
                    let mut all = arenas(target, &compiled.rewriting, &compiled.chosen.order);
                    all.push(compiled.after.peak);
                    all.extend(
                        compiled
                            .arenas
                            .iter()
                            .flat_map(|arenas| arenas.after.clone()),
                    );
                    all
                };
                let larger = all(&apart)
                    .iter()
                    .zip(&all(&alone))
                    .any(|(new, old)| new > old);
                assert!(!larger, "seed {seed} {} {offsets:?}\n{graph}", target.name);
                // What it is compared with is what is found without a choice.
                if let Some(kept) = &apart.alone {
                    assert_eq!(
                        (&kept.chosen.order, &kept.rewriting),
                        (&alone.chosen.order, &alone.rewriting)
                    );
                    assert!(apart.after.peak < alone.after.peak);
                    won += 1;
                }
                vetoed += apart.tried.map_or(0, |tried| tried.vetoed);
            }
        }
    }
    assert!(won > 80 && vetoed > 20, "{won} {vetoed}");
}
