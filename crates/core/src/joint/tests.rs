use fastrand::Rng;

use crate::arena::bound;
use crate::check::{check_layout, check_order};
use crate::graph::Graph;
use crate::ids::{Id, OpId};
use crate::limits::Limits;
use crate::memory::{Instance, KernelLibrary, Scratch, Target, runtime_buffers};
use crate::plan::{OpOrigin, Order};
use crate::testing::{generate, oracle::for_each_order};
use crate::units::Bytes;

use super::{Deployment, Found, Offsets, Start, Task, improve};

const LIMITS: Limits = Limits {
    nodes: 20_000,
    time: None,
    deadline: None,
    gap: 0.0,
    threads: 1,
    interrupt: None,
    memory: 1 << 30,
};

/// No scratch, and scratch for some operators.
fn libraries(graph: &Graph, rng: &mut Rng) -> Vec<KernelLibrary> {
    let asks = |_: &OpId| rng.u8(..3) == 0;
    let ops: Vec<OpId> = graph.ops().ids().filter(asks).collect();
    let scratch = ops.into_iter().map(|op| Scratch {
        op,
        bytes: Bytes(1 + rng.u64(..90)),
    });
    let library = |name, scratch| KernelLibrary { name, scratch };
    vec![
        library("none", Vec::new()),
        library("some", scratch.collect()),
    ]
}

/// From the order of smallest peak on, as the driver does it.
fn from_the_best(task: &Task<'_>, orders: &[Order], highest: Bytes) -> Found {
    let best = orders.iter().min_by_key(|order| task.peak(order));
    let best = best.expect("an order");
    let ceilings = task.need(&orders[0]).expect("small tensors").arenas;
    let start = Start {
        order: best,
        bound: task.peak(best),
        highest,
        ceilings: &ceilings,
    };
    improve(task, &start, &LIMITS).expect("small tensors")
}

#[test]
fn arenas_of_small_graphs_are_nearly_always_the_smallest_there_are() {
    let (mut smallest, mut looked, mut won) = (0, 0, 0);
    for seed in 0..120 {
        let graph = generate::graph(seed, 6);
        let mut rng = Rng::with_seed(seed);
        let kernels = libraries(&graph, &mut rng);
        let mut orders = Vec::new();
        for_each_order(&Instance::new(&graph, &Target::TFLM), &mut |order| {
            orders.push(order.clone());
        });
        for target in Target::ALL {
            for offsets in [Offsets::Runtime, Offsets::Planned] {
                let kernels = &kernels[..];
                let task = Task::new(&graph, target, Deployment { kernels, offsets });
                let highest = task.peak(&orders[0]);
                let found = from_the_best(&task, &orders, highest);
                assert_eq!(
                    check_order(&graph, target, &found.order, found.need.peak),
                    Ok(())
                );
                let needs = orders.iter().map(|order| task.need(order).expect("small"));
                let level = orders.iter().map(|order| task.peak(order)).min();
                let level = level.expect("an order").get() * 9 / 8;
                let within = needs.filter(|need| need.peak <= Bytes(level).min(highest));
                let ceilings = task.need(&orders[0]).expect("small").arenas;
                let key = |need: &super::Need| (need.excess(&ceilings), need.total());
                let least = within.map(|need| key(&need)).min();
                looked += 1;
                smallest += u32::from(Some(key(&found.need)) == least);
                won += u32::from(found.orders > 1);
                assert!(Some(key(&found.need)) >= least, "seed {seed}");
            }
        }
    }
    assert!(won > 25, "{won} of {looked} had anything to win");
    assert!(smallest * 100 >= looked * 99, "{smallest} of {looked}");
}

#[test]
fn layouts_are_valid_and_planned_ones_no_higher_than_the_runtimes() {
    for seed in 0..200 {
        let graph = generate::graph(seed, 14);
        let kernels = libraries(&graph, &mut Rng::with_seed(seed));
        let order = Order::new(graph.file_order());
        for target in Target::ALL {
            let task = |offsets| {
                let kernels = &kernels[..];
                Task::new(&graph, target, Deployment { kernels, offsets })
            };
            let (runtime, planned) = (task(Offsets::Runtime), task(Offsets::Planned));
            let heights = |task: &Task<'_>| task.need(&order).expect("small tensors").arenas;
            let pairs = heights(&runtime).into_iter().zip(heights(&planned));
            for ((one, other), library) in pairs.zip(&kernels) {
                let found = runtime_buffers(&graph, target, &order, &library.scratch);
                let bound = bound::height(&found.expect("small tensors").problem).height;
                assert!(bound <= other && other <= one, "seed {seed}");
            }
            for layout in runtime.layouts(&order).chain(planned.layouts(&order)) {
                let (problem, layout) = layout.expect("small tensors");
                assert_eq!(check_layout(&problem, &layout), Ok(()), "seed {seed}");
            }
        }
    }
}

#[test]
fn the_same_graph_gets_the_same_order() {
    for seed in 0..20 {
        let graph = generate::graph(seed, 20);
        let kernels = libraries(&graph, &mut Rng::with_seed(seed));
        let offsets = Offsets::Runtime;
        let task = Task::new(
            &graph,
            &Target::LITERT,
            Deployment {
                kernels: &kernels,
                offsets,
            },
        );
        let file = Order::new(graph.file_order());
        let ceilings = task.need(&file).expect("small tensors").arenas;
        let start = Start {
            order: &file,
            bound: Bytes::ZERO,
            highest: task.peak(&file),
            ceilings: &ceilings,
        };
        let again = || improve(&task, &start, &LIMITS);
        assert_eq!(
            again().expect("small tensors"),
            again().expect("small tensors")
        );
    }
}

#[test]
fn scratch_follows_its_operator() {
    let library = KernelLibrary {
        name: "one",
        scratch: vec![Scratch {
            op: OpId(2),
            bytes: Bytes(9),
        }],
    };
    let origins = [0, 2].map(OpId).map(OpOrigin::Source);
    let origins = origins.into_iter().collect();
    let moved = library.moved(&origins);
    assert_eq!(
        moved.scratch,
        [Scratch {
            op: OpId::from_index(1),
            bytes: Bytes(9)
        }]
    );
    let others = [OpId(0)].map(OpOrigin::Source).into_iter().collect();
    assert!(library.moved(&others).scratch.is_empty());
}
