//! Stopping early is data, and what is known then is true.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::graph::Graph;
use crate::limits::{Limits, Meter, StopReason};
use crate::memory::{Instance, Target};
use crate::plan::Proof;
use crate::schedule::{Options, Progress, Schedule, Switch, Switches, solve};
use crate::testing::families;

fn run(graph: &Graph, limits: Limits) -> Schedule {
    let options = Options {
        limits,
        ..Options::default()
    };
    solve(&Instance::new(graph, &Target::TFLM), &options)
}

fn stopped_by(schedule: &Schedule) -> Option<StopReason> {
    if let Proof::Bounded { lower, upper, .. } = schedule.proof {
        assert_eq!((lower, upper), (schedule.bound, schedule.peak));
        assert!(lower < upper);
    }
    schedule.proof.stopped_by()
}

#[test]
fn each_limit_stops_with_a_true_interval() {
    let graph = families::watts_strogatz(64, 4, 0.75, 0);
    let optimum = run(&graph, Limits::default()).peak;
    let raised = Arc::new(AtomicBool::new(true));
    let cases = [
        (
            Limits {
                nodes: 500,
                ..Limits::default()
            },
            StopReason::NodeLimit,
        ),
        (
            Limits {
                memory: 1 << 12,
                ..Limits::default()
            },
            StopReason::MemoryLimit,
        ),
        (
            Limits {
                gap: 0.4,
                ..Limits::default()
            },
            StopReason::Gap,
        ),
        (
            Limits {
                interrupt: Some(raised.clone()),
                ..Limits::default()
            },
            StopReason::Interrupted,
        ),
        (
            Limits {
                time: Some(std::time::Duration::ZERO),
                ..Limits::default()
            },
            StopReason::TimeLimit,
        ),
    ];
    assert!(raised.load(Ordering::Relaxed));
    for (limits, reason) in cases {
        let found = run(&graph, limits);
        assert_eq!(stopped_by(&found), Some(reason));
        assert!(found.bound <= optimum && optimum <= found.peak);
    }
}

#[test]
fn the_interval_only_narrows() {
    let graph = families::layered(8, 100, 1);
    let seen = std::sync::Mutex::new(Vec::<Progress>::new());
    let watch = |progress: Progress| seen.lock().expect("one thread").push(progress);
    let options = Options {
        observer: Some(&watch),
        ..Options::default()
    };
    let found = solve(&Instance::new(&graph, &Target::TFLM), &options);
    let seen = seen.into_inner().expect("one thread");
    assert!(seen.windows(2).all(|pair| pair[0].lower <= pair[1].lower));
    assert!(
        seen.iter()
            .all(|progress| progress.lower <= found.peak && found.peak <= progress.upper)
    );
}

#[test]
fn the_same_question_gets_the_same_answer() {
    let graph = families::layered(8, 200, 3);
    let limits = Limits {
        nodes: 2_500,
        ..Limits::default()
    };
    assert_eq!(run(&graph, limits.clone()), run(&graph, limits));
}

#[test]
fn trees_and_series_parallel_networks_are_proved() {
    for graph in [families::in_tree(400, 1), families::series_parallel(400, 1)] {
        assert_eq!(run(&graph, Limits::default()).proof, Proof::Optimal);
    }
}

#[test]
fn random_wirings_take_few_states() {
    let limits = Limits {
        nodes: 10_000,
        ..Limits::default()
    };
    for seed in [1, 2] {
        let found = run(
            &families::watts_strogatz(112, 4, 0.75, seed),
            limits.clone(),
        );
        assert_eq!(found.proof, Proof::Optimal, "{} states", found.states);
    }
}

/// Larger than exhaustive search can go, small enough for a search without them.
#[test]
fn jumps_and_leaps_keep_the_optimum() {
    let at_once = Switches::ALL.without(&[Switch::ForwardFirst]);
    let plain = Switches::ALL.without(&[Switch::Jumps, Switch::Leaps]);
    for seed in 0..12 {
        for graph in [
            families::watts_strogatz(36, 4, 0.75, seed),
            families::erdos_renyi(36, 0.11, seed),
            families::layered(6, 40, seed),
        ] {
            let instance = Instance::new(&graph, &Target::IDEAL);
            let peaks = [Switches::ALL, at_once, plain].map(|switches| {
                let options = Options {
                    switches,
                    ..Options::default()
                };
                let found = solve(&instance, &options);
                assert_eq!(found.proof, Proof::Optimal);
                found.peak
            });
            assert_eq!(peaks, [peaks[0]; 3], "{} {seed}", graph.name());
        }
    }
}

/// Small enough for the other switches to decide; modules are tried at once where the first gear is off.
#[test]
fn modules_keep_the_optimum() {
    for seed in 0..400 {
        let (ops, few) = (6 + seed as usize % 30, 5 + seed as usize % 14);
        for graph in [
            families::series_parallel(ops, seed),
            families::in_tree(few, seed),
        ] {
            let instance = Instance::new(&graph, &Target::TFLM);
            let with = Switches::ALL.without(&[Switch::ForwardFirst]);
            let without = Switches::ALL.without(&[Switch::Modules, Switch::Around]);
            let [first, second] = [with, without].map(|switches| {
                let options = Options {
                    switches,
                    ..Options::default()
                };
                solve(&instance, &options)
            });
            assert_eq!(
                (first.peak, first.proof),
                (second.peak, second.proof),
                "seed {seed}"
            );
        }
    }
}

#[test]
fn limits_are_shared_out() {
    let whole = Limits {
        nodes: 100,
        time: Some(std::time::Duration::from_secs(1000)),
        ..Limits::default()
    };
    let part = whole.part(4);
    assert_eq!(part.nodes, 25);
    assert!(part.left() <= Some(std::time::Duration::from_secs(250)));
    let over = Limits {
        time: Some(std::time::Duration::ZERO),
        ..whole.clone()
    };
    // Once the clock runs, more time gives no more.
    let late = Limits {
        time: whole.time,
        ..over.running()
    };
    assert_eq!(late.left(), Some(std::time::Duration::ZERO));
    assert_eq!(Meter::start(&late).look(), Err(StopReason::TimeLimit));
    assert_eq!(Limits::default().running().left(), None);
}
