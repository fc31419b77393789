//! Windows: bounds that hold, orders that get better, and the same on any number of threads.

use fastrand::Rng;

use crate::limits::{Limits, Meter};
use crate::memory::{Instance, Target};
use crate::plan::Proof;
use crate::schedule::net::{Draft, Reach};
use crate::schedule::solve::neighbours::Windows;
use crate::schedule::solve::windows::alone;
use crate::schedule::{Options, Schedule, Switch, Switches, solve};
use crate::testing::{families, fuzz, generate, oracle};

/// What any operators need alone, neighbours or not, is no more than the whole needs, and all of them together need that.
fn holds(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let graph = match seed % 2 {
        0 => generate::graph(seed, 12),
        _ => generate::sharing(seed, 12),
    };
    let targets = fuzz::targets();
    let target = &targets[rng.usize(..targets.len())];
    let instance = Instance::new(&graph, target);
    if instance.ops() == 0 {
        return;
    }
    let optimum = oracle::optimum(&instance).get();
    let draft = Draft::from_instance(&instance);
    let (net, _) = draft.clone().seal(&draft.reach());
    let reach = Reach::new(net.len() as usize, |op| net.before(op));
    let how = Windows {
        switches: Switches::ALL,
        lower: 0,
        states: u64::MAX,
        threads: 1,
    };
    for share in 0..=8 {
        let window: Vec<u32> = (0..net.len()).filter(|_| rng.u8(..8) < share).collect();
        let meter = &mut Meter::start(&Limits::default());
        let (lower, _) = alone((&net, &reach), &window, u64::MAX, how, meter);
        assert!(
            lower <= optimum,
            "seed {seed}, {}: {window:?}\n{graph}",
            target.name
        );
        let all = window.len() == net.len() as usize;
        assert!(
            !all || lower == optimum,
            "seed {seed}, {}\n{graph}",
            target.name
        );
    }
}

#[test]
fn no_window_needs_more_than_the_whole() {
    (0..8_000).for_each(holds);
}

fn run(seed: u64, switches: Switches, threads: usize, nodes: u64) -> Schedule {
    let graph = families::layered(16, 300, seed);
    let options = Options {
        limits: Limits {
            nodes,
            threads,
            ..Limits::default()
        },
        switches,
        ..Options::default()
    };
    solve(&Instance::new(&graph, &Target::TFLM), &options)
}

#[test]
fn wide_networks_are_proved_by_their_windows() {
    const NODES: u64 = 150_000;
    let neither = Switches::ALL.without(&[Switch::Neighbours, Switch::Windows]);
    assert_eq!(run(0, Switches::ALL, 1, NODES).proof, Proof::Optimal);
    assert_ne!(run(0, neither, 1, NODES).proof, Proof::Optimal);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    for nodes in [3_000, 12_000, 40_000] {
        let one = run(1, Switches::ALL, 1, nodes);
        for threads in [2, 3, 8] {
            assert_eq!(
                run(1, Switches::ALL, threads, nodes),
                one,
                "{threads} threads"
            );
        }
    }
}

#[test]
fn what_was_reached_counts_where_the_limit_comes() {
    let mut last: Option<Schedule> = None;
    for nodes in [2_000, 3_000, 5_000, 8_000, 20_000, 60_000] {
        let found = run(2, Switches::ALL, 2, nodes);
        assert!(found.states <= nodes && found.bound <= found.peak);
        if let Some(last) = last {
            assert!(
                found.peak <= last.peak && last.bound <= found.bound,
                "{nodes}"
            );
        }
        last = Some(found);
    }
}
