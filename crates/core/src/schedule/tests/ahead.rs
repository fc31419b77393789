//! Parts searched ahead of their turn: the run is the one of a single thread, to the last state.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::check::check_order;
use crate::graph::Graph;
use crate::limits::{Limits, StopReason};
use crate::memory::{Instance, Target};
use crate::plan::Proof;
use crate::schedule::{Options, Progress, Schedule, Switch, Switches, solve};
use crate::testing::{families, oracle};

/// Small problems are shared out too.
fn at_once() -> Switches {
    Switches::ALL.without(&[Switch::ForwardFirst])
}

fn run(graph: &Graph, switches: Switches, threads: usize, limits: &Limits) -> Schedule {
    let options = Options {
        limits: Limits {
            threads,
            ..limits.clone()
        },
        switches,
        ..Options::default()
    };
    let found = solve(&Instance::new(graph, &Target::TFLM), &options);
    check_order(graph, &Target::TFLM, &found.order, found.peak).expect("a valid order");
    found
}

/// Several hard problems in a row, some of which raise the bound when it is their turn.
fn hard(seed: u64) -> Graph {
    let stage = |at: u64| match (seed + at) % 4 {
        0 => families::layered(6, 90, seed + at),
        1 => families::erdos_renyi(44, 0.1, seed + at),
        2 => families::series_parallel(70, seed + at),
        _ => families::watts_strogatz(44, 4, 0.75, seed + at),
    };
    let alike = |at: u64| families::watts_strogatz(48, 4, 0.75, seed + at);
    let stages: Vec<Graph> = match seed % 2 {
        0 => (0..6).map(alike).collect(),
        _ => (0..6).map(stage).collect(),
    };
    families::stack("hard", &stages)
}

/// The run on one thread is the run on any number of them. Returns the states.
fn is_the_same(graph: &Graph, switches: Switches, limits: &Limits) -> u64 {
    let one = run(graph, switches, 1, limits);
    for threads in [2, 3, 8] {
        let several = run(graph, switches, threads, limits);
        assert_eq!(several, one, "{threads} threads, {switches:?}, {limits:?}");
    }
    one.states
}

#[test]
fn hard_problems_in_a_row_take_the_same_steps_on_any_number_of_threads() {
    for seed in 0..10 {
        let graph = hard(seed);
        for switches in [Switches::ALL, at_once()] {
            let states = is_the_same(&graph, switches, &Limits::default());
            // Early, and where some of the last steps are the first that does not come to its end.
            let early = (1..4).map(|share| states * share / 4);
            let late = [1, 4, 16, 64, 256].map(|left| states.saturating_sub(left));
            for nodes in early.chain(late) {
                let limits = Limits {
                    nodes,
                    ..Limits::default()
                };
                is_the_same(&graph, switches, &limits);
            }
            for gap in [0.01, 0.05, 0.2] {
                let limits = Limits {
                    gap,
                    ..Limits::default()
                };
                is_the_same(&graph, switches, &limits);
            }
        }
    }
}

#[test]
fn a_limit_on_memory_stops_at_the_same_state() {
    for seed in 0..6 {
        let graph = hard(seed);
        let most = run(&graph, at_once(), 1, &Limits::default()).memory.get();
        for eighth in 1..9 {
            let limits = Limits {
                memory: most * eighth / 8,
                ..Limits::default()
            };
            is_the_same(&graph, at_once(), &limits);
        }
    }
}

#[test]
fn small_problems_in_a_row_agree_with_exhaustive_search() {
    for seed in 0..400 {
        let stages: Vec<Graph> = (0..3)
            .map(|at| families::layered(3 + seed as usize % 3, 8, 3 * seed + at))
            .collect();
        let graph = families::stack("small", &stages);
        let optimum = oracle::optimum(&Instance::new(&graph, &Target::TFLM));
        let number = seed as u32;
        for switches in [number, !number, number << 6, 0, u32::MAX] {
            let switches = Switches::combination(switches).with(&[Switch::Split]);
            let switches = switches.without(&[Switch::ForwardFirst]);
            let [one, three] =
                [1, 3].map(|threads| run(&graph, switches, threads, &Limits::default()));
            assert_eq!(one, three, "seed {seed}, {switches:?}");
            assert_eq!(
                (one.peak, one.proof, one.bound),
                (optimum, Proof::Optimal, optimum),
                "seed {seed}, {switches:?}"
            );
        }
    }
}

/// Where a run ends anywhere, what it says is true, and nothing that was told is taken back.
#[test]
fn an_interrupt_leaves_a_true_interval() {
    for seed in 0..8 {
        let graph = hard(seed);
        let optimum = run(&graph, at_once(), 1, &Limits::default()).peak;
        for after in [1, 2, 4, 8] {
            let stop = Arc::new(AtomicBool::new(false));
            let told = Mutex::new(Vec::<Progress>::new());
            let watch = |progress: Progress| {
                let mut told = told.lock().expect("nobody panics");
                told.push(progress);
                stop.store(told.len() >= after, Ordering::Relaxed);
            };
            let options = Options {
                limits: Limits {
                    threads: 3,
                    interrupt: Some(Arc::clone(&stop)),
                    ..Limits::default()
                },
                switches: at_once(),
                observer: Some(&watch),
            };
            let found = solve(&Instance::new(&graph, &Target::TFLM), &options);
            check_order(&graph, &Target::TFLM, &found.order, found.peak).expect("a valid order");
            assert!(found.bound <= optimum && optimum <= found.peak);
            assert!(matches!(
                found.proof.stopped_by(),
                None | Some(StopReason::Interrupted)
            ));
            let told = told.into_inner().expect("nobody panics");
            assert!(told.iter().all(|p| p.lower <= found.bound));
            assert!(told.iter().all(|p| found.peak <= p.upper));
        }
    }
}
