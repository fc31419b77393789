//! Where operators on constants come to stand.

use crate::compile::settle::next_to_readers;
use crate::graph::Graph;
use crate::memory::{Instance, Target, profile};
use crate::plan::Order;
use crate::schedule::baseline;
use crate::testing::generate;

/// Whether every operator on constants stands in front of one that reads it, with none but others of its kind between.
fn are_late(graph: &Graph, order: &Order) -> bool {
    let mut waiting = Vec::new();
    for &op in order.ops() {
        if graph.is_constant_op(op) && !graph.op(op).has_effects {
            waiting.push(op);
            continue;
        }
        let mut needed = vec![op];
        for &idle in waiting.iter().rev() {
            let readers = graph.topology().successors(idle);
            if !readers.iter().any(|r| needed.contains(r)) {
                return false;
            }
            needed.push(idle);
        }
        waiting.clear();
    }
    // What is left at the end is read by none of the others.
    true
}

#[test]
fn they_move_to_their_readers_and_the_peak_stays() {
    let mut moved = 0;
    for seed in 0..3000 {
        let graph = generate::graph(seed, 14);
        for target in Target::ALL {
            let instance = Instance::new(&graph, target);
            let found = baseline::kahn(&instance);
            let late = next_to_readers(&graph, found.clone());
            if late == found {
                continue;
            }
            moved += 1;
            assert!(are_late(&graph, &late), "seed {seed}\n{graph}");
            let peaks = [&found, &late].map(|order| profile(&instance, order).peak);
            assert_eq!(peaks[0], peaks[1], "seed {seed}\n{graph}");
            crate::check::check_order(&graph, target, &late, peaks[1]).expect("a valid order");
        }
    }
    assert!(moved > 100, "{moved}");
}
