//! Sums of many against every tree of additions there is.

use super::{Choice, Options, choosing, compile};
use crate::graph::Graph;
use crate::memory::{Instance, Target};
use crate::plan::{Exactness, Rewriting};
use crate::rewrite::rules::SumOfMany;
use crate::testing::oracle::{OPTIMUM_OPS, optimum};
use crate::testing::sums;
use crate::units::Bytes;

const CHAINS: Choice<'_> = Choice {
    rules: &[],
    addition: Some("ADD"),
    weakest: Exactness::Rounding,
    figures: None,
};

/// The smallest peak of `graph` with its sums as they are, or put together in any way by additions of two.
fn best_of_all(graph: &Graph, target: &Target) -> Option<Bytes> {
    let mut all = vec![graph.clone()];
    let base = Rewriting::unchanged(graph.clone());
    for sum in SumOfMany::all(graph, &base) {
        for known in all.clone() {
            // Other sums may have changed, and operators with them.
            let output = graph.op(sum.root).outputs[0];
            let known_base = Rewriting::unchanged(known.clone());
            let own = SumOfMany::all(&known, &known_base).into_iter();
            let mut own = own.filter(|sum| known.op(sum.root).outputs[0] == output);
            all.extend(sums::every_tree(&known, &own.next()?));
        }
    }
    let fits = all.len() <= 4096 && all.iter().all(|graph| graph.ops().len() <= OPTIMUM_OPS);
    let peaks = all
        .iter()
        .map(|graph| optimum(&Instance::new(graph, target)));
    fits.then(|| peaks.min()).flatten()
}

/// How often the best was found, over how many networks, and how often it is less than what the order alone needs.
fn found_best(target: &Target, count: u64, [sums, most]: [usize; 2]) -> [usize; 3] {
    let options = Options {
        target: target.clone(),
        ..choosing(CHAINS)
    };
    let (mut best_found, mut all, mut won) = (0, 0, 0);
    for seed in 0..count {
        let graph = sums::graph(seed, 10, sums, most);
        let Some(best) = best_of_all(&graph, target) else {
            continue;
        };
        let result = compile(&graph, &options).expect("the referees agree");
        assert!(result.after.peak >= best, "seed {seed}\n{graph}");
        assert!(result.after.peak <= result.order_alone, "seed {seed}");
        let exact = result.tried.is_some_and(|tried| tried.exhaustive);
        if exact && *target != Target::LITERT {
            assert_eq!(result.after.peak, best, "seed {seed}\n{graph}");
        }
        best_found += usize::from(result.after.peak == best);
        won += usize::from(best < result.order_alone);
        all += 1;
    }
    [best_found, all, won]
}

/// `LOWTIDE_SUM_NETWORKS` says how many of each kind.
#[test]
fn chains_are_as_good_as_every_tree() {
    let count = std::env::var("LOWTIDE_SUM_NETWORKS").ok();
    let count = count.and_then(|count| count.parse().ok());
    // One or two sums, of which everything is tried, and three.
    let mut helped = 0;
    for (few, sizes) in [(40, [1, 5]), (20, [2, 4]), (4, [3, 4])] {
        for target in Target::ALL {
            let [found, all, won] = found_best(target, count.unwrap_or(few), sizes);
            let text = format!("{} {sizes:?}: {found} of {all}, {won} won", target.name);
            assert!(found * 100 >= all * 95, "{text}");
            helped += won;
        }
    }
    assert!(helped > 20, "another order helped {helped} times only");
}
