//! The referee of traffic against the rules of replacement.

use super::{memories, meter, small};
use crate::check::{TrafficFault, check_traffic};
use crate::graph::text;
use crate::plan::{Eviction, Order};
use crate::testing::generate;
use crate::traffic::{Problem, belady, replay, search, working_set};
use crate::units::Bytes;

#[test]
fn a_replay_of_beladys_evictions_is_beladys_traffic() {
    for seed in 0..300 {
        let graph = generate::graph(seed, 14);
        let order = Order::new(graph.file_order());
        for on_chip in memories(&graph) {
            let problem = Problem::new(&graph, Bytes(on_chip));
            let (moved, evictions) = belady(&problem, &order);
            assert_eq!(replay(&problem, &order, &evictions), moved);
            let claimed = moved.total();
            let verdict = check_traffic(&graph, Bytes(on_chip), &order, &evictions, claimed);
            assert_eq!(verdict, Ok(()), "{}", text::print(&graph));
        }
    }
}

#[test]
fn the_best_plans_pass_the_referee() {
    for graph in (0..200).filter_map(small) {
        for on_chip in memories(&graph).map(Bytes) {
            let problem = Problem::new(&graph, on_chip);
            let found = search(&problem, None, Bytes(u64::MAX), &mut meter());
            let best = found.best.expect("no limit is met");
            let claimed = problem.compulsory() + best.beyond;
            let verdict = check_traffic(&graph, on_chip, &best.order, &best.evictions, claimed);
            assert_eq!(verdict, Ok(()), "{}", text::print(&graph));
        }
    }
}

#[test]
fn the_referee_refuses_what_does_not_fit_or_is_not_so() {
    let mut kinds = [0; 3];
    for seed in 0..300 {
        let graph = generate::graph(seed, 14);
        let order = Order::new(graph.file_order());
        let on_chip = Bytes(working_set(&graph, &order).get() * 3 / 4);
        let problem = Problem::new(&graph, on_chip);
        let (moved, evictions) = belady(&problem, &order);
        let check = |evictions: &[Eviction], claimed| {
            check_traffic(&graph, on_chip, &order, evictions, claimed)
        };
        let wrong = check(&evictions, moved.total() + Bytes(1));
        kinds[0] += u32::from(matches!(wrong, Err(TrafficFault::Moved { .. })));
        let Some((first, rest)) = evictions.split_first() else {
            continue;
        };
        let missing = check(rest, moved.total());
        kinds[1] += u32::from(matches!(missing, Err(TrafficFault::Overfull { .. })));
        let twice = [&[*first], evictions.as_slice()].concat();
        let twice = check(&twice, moved.total());
        kinds[2] += u32::from(matches!(twice, Err(TrafficFault::Absent { .. })));
    }
    assert!(kinds.iter().all(|&kind| kind > 20), "{kinds:?}");
}
