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

/// What was won and vetoed.
#[derive(Default)]
struct Counts {
    won: usize,
    vetoed: usize,
}

/// One network with and without a choice.
fn compare(seed: u64, options: &Options<'_>, counts: &mut Counts) {
    let (graph, target) = (joined::graph(seed), &options.target);
    let figures = |rewriting: &Rewriting, order: &Order| Ok(arenas(target, rewriting, order));
    let choice = Choice {
        rules: PARTS,
        addition: Some("ADD"),
        weakest: Exactness::Rounding,
        figures: Some(&figures),
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
        let planned = compiled.arenas.iter();
        all.extend(planned.flat_map(|arenas| arenas.after.clone()));
        all
    };
    let (new, old) = (all(&apart), all(&alone));
    assert!(
        new.iter().zip(&old).all(|(new, old)| new <= old),
        "seed {seed} {}: {old:?} -> {new:?}\n{graph}",
        target.name
    );
    // What it is compared with is what is found without a choice.
    if let Some(kept) = &apart.alone {
        assert_eq!(kept.chosen.order, alone.chosen.order);
        assert_eq!(kept.rewriting, alone.rewriting);
        assert!(apart.after.peak < alone.after.peak);
        counts.won += 1;
    }
    counts.vetoed += apart.tried.map_or(0, |tried| tried.vetoed);
}

#[test]
fn no_figure_of_a_random_network_is_larger_than_of_order_alone() {
    let kernels = [KernelLibrary {
        name: "some",
        scratch: Vec::new(),
    }];
    let mut search = Search::default();
    search.limits.nodes = 2_000;
    let mut counts = Counts::default();
    for seed in 0..800 {
        for target in Target::ALL {
            for offsets in [None, Some(Offsets::Runtime), Some(Offsets::Planned)] {
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
                compare(seed, &options, &mut counts);
            }
        }
    }
    assert!(counts.won > 80 && counts.vetoed > 20);
}
