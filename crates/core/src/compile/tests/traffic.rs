//! The order that moves least, against exhaustive search and against arenas.

use crate::arena::{self, pack};
use crate::compile::{OffChip, Search, off_chip};
use crate::graph::Graph;
use crate::limits::{Limits, Meter};
use crate::memory::{Instance, Target, buffers};
use crate::plan::{Order, Proof};
use crate::testing::{generate, oracle};
use crate::traffic::{Problem, detached, search, simulate, working_set};
use crate::units::Bytes;

fn moved(graph: &Graph, on_chip: Bytes) -> OffChip {
    off_chip(graph, &Target::TFLM, on_chip, &Search::default()).expect("the referees agree")
}

/// Memories around the working set of the file's order.
fn memories(graph: &Graph) -> [Bytes; 3] {
    let needed = working_set(graph, &Order::new(graph.file_order())).get();
    [needed / 2, needed * 3 / 4, needed.saturating_sub(1)].map(Bytes)
}

#[test]
fn small_graphs_get_the_least_of_all_orders_and_evictions() {
    let mut gains = 0;
    for seed in 0..60 {
        let graph = generate::graph(seed, 6);
        for on_chip in memories(&graph) {
            let problem = Problem::new(&graph, on_chip);
            let mut truth = u64::MAX;
            oracle::for_each_order(&Instance::new(&graph, &Target::TFLM), &mut |order| {
                let mut meter = Meter::start(&Limits::default());
                let found = search(&problem, Some(order), Bytes(u64::MAX), &mut meter);
                truth = truth.min(found.best.map_or(u64::MAX, |best| best.beyond.get()));
            });
            let result = moved(&graph, on_chip);
            let [file, peak, best] = result.orders.as_slice() else {
                panic!("three orders");
            };
            assert_eq!(best.moved.beyond_compulsory(), Bytes(truth));
            assert_eq!(
                (result.proof, result.bound),
                (Proof::Optimal, best.moved.total())
            );
            assert!(best.moved.total() <= file.moved.total().min(peak.moved.total()));
            gains += u32::from(best.moved.total() < peak.moved.total());
        }
    }
    assert!(gains > 5, "{gains}");
}

#[test]
fn limits_leave_a_valid_answer_and_a_valid_bound() {
    for seed in 0..100 {
        let graph = generate::graph(seed, 14);
        for on_chip in memories(&graph) {
            let best = moved(&graph, on_chip).bound;
            let limits = Limits {
                nodes: 3,
                ..Limits::default()
            };
            let search = Search {
                limits,
                ..Search::default()
            };
            let hasty = off_chip(&graph, &Target::TFLM, on_chip, &search).expect("refereed");
            let upper = hasty.orders[2].moved.total();
            assert!(hasty.bound <= best && best <= upper, "seed {seed}");
            assert_eq!(hasty.proof == Proof::Optimal, hasty.bound == upper);
        }
    }
}

/// The height of the lowest arena for what `order` has read or written and needs later: its arena where inputs arrive when
/// they are first read, and results leave when they are written.
fn arena(graph: &Graph, order: &Order) -> Bytes {
    let detached = detached(graph).expect("the same operators");
    let loads = (detached.ops().len() - graph.ops().len()) as u32;
    let mut steps = Vec::new();
    for op in order.ops() {
        let op = crate::ids::OpId(op.0 + loads);
        let first = detached.topology().predecessors(op).iter();
        let due = first.filter(|p| p.0 < loads && !steps.contains(*p));
        let due: Vec<_> = due.copied().collect();
        steps.extend(due);
        steps.push(op);
    }
    let instance = Instance::new(&detached, &Target::TFLM);
    let buffers = buffers(&instance, &Order::new(steps), 1).expect("small sizes");
    pack(&buffers.problem, &arena::Options::default())
        .layout
        .height
}

#[test]
fn nothing_is_moved_beyond_the_compulsory_exactly_if_the_arena_fits() {
    let (mut both, mut fragmented) = ([0, 0], 0);
    for seed in 0..400 {
        let graph = generate::graph(seed, 10);
        let order = Order::new(graph.file_order());
        let arena = arena(&graph, &order);
        // A layout with holes needs more than the bytes that are live; traffic counts bytes.
        if arena != working_set(&graph, &order) {
            fragmented += 1;
            continue;
        }
        for on_chip in [
            arena,
            arena.saturating_sub(Bytes(1)),
            Bytes(arena.get() * 2 / 3),
        ] {
            let problem = Problem::new(&graph, on_chip);
            if problem.every_operator_fits() {
                let beyond = simulate(&problem, &order).beyond_compulsory();
                assert_eq!(beyond == Bytes::ZERO, arena <= on_chip, "seed {seed}");
                both[usize::from(arena <= on_chip)] += 1;
            }
        }
    }
    assert!(
        both[0] > 100 && both[1] > 100 && fragmented < 20,
        "{both:?} {fragmented}"
    );
}
