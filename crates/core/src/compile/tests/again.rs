//! What a choice leaves without a proof is ordered again under the limits of the whole.

use crate::limits::{Limits, StopReason};
use crate::plan::{Exactness, Order, Proof};
use crate::testing::joined;

use super::super::choice::{MOST_STATES, ordered_again};
use super::super::{Choice, Start, compile, measure};
use super::{PARTS, choosing};

#[test]
fn a_proof_that_is_missing_is_looked_for_again() {
    let choice = Choice {
        rules: PARTS,
        weakest: Exactness::Rounding,
        figures: None,
        addition: None,
    };
    let options = choosing(choice);
    let mut alone = options.clone();
    alone.choice = None;
    let mut found = 0;
    for seed in 0..1500 {
        let graph = joined::graph(seed);
        let taken = compile(&graph, &options).expect("the referees agree");
        if taken.alone.is_none() {
            continue;
        }
        let alone = compile(&graph, &alone).expect("the referees agree");
        let start = Start {
            graph: &graph,
            options: &options,
            before: measure(&graph, &options.target),
            order_alone: alone.after.peak,
        };
        // As if the search had ended at the order of the file.
        let mut stopped = taken.clone();
        stopped.chosen.order = Order::new(taken.rewriting.graph.file_order());
        stopped.after = measure(&taken.rewriting.graph, &options.target);
        stopped.chosen.proof = Some(Proof::Bounded {
            lower: stopped.chosen.bound,
            upper: stopped.after.peak,
            stopped_by: StopReason::NodeLimit,
        });
        let mut refused = Vec::new();
        let known = (&alone, &stopped);
        let again = ordered_again(&start, known, &choice, &mut refused).expect("no fault");
        let again = again.expect("no worse order");
        assert_eq!(again.chosen.proof, Some(Proof::Optimal), "seed {seed}");
        assert_eq!(again.after.peak, taken.after.peak, "seed {seed}");
        assert!(refused.is_empty());
        found += 1;

        // Proved, or out of what may be spent: nothing to do.
        let proved = ordered_again(&start, (&alone, &taken), &choice, &mut refused);
        assert!(proved.expect("no fault").is_none());
        let mut few = options.clone();
        few.search.limits = Limits {
            nodes: MOST_STATES,
            ..few.search.limits
        };
        let start = Start {
            options: &few,
            ..start
        };
        let spent = ordered_again(&start, (&alone, &stopped), &choice, &mut refused);
        assert!(spent.expect("no fault").is_none());
    }
    assert!(found > 10, "only {found} graphs");
}
