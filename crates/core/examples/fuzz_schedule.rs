//! The long run: random graphs against exhaustive search under combinations of switches.
//!
//! `cargo run --release -p lowtide-core --example fuzz_schedule -- FIRST COUNT MOST_OPS [MOST_COMBINATIONS [THREADS]]`
//!
//! MOST_COMBINATIONS is a power of two: how many a graph, at most (default: all). With all of them a run speaks for every combination that
//! differs only in what it did not ask for, and every 499th graph is solved in a run for each combination besides, to see
//! that this is so. A line for every slice of graphs, then what was done. It stops at the first disagreement.
#![allow(clippy::print_stdout, reason = "its output is the record")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use lowtide_core::limits::Stopwatch;
use lowtide_core::schedule::Switch;
use lowtide_core::testing::agreement::{
    COMBINATIONS, chosen, combinations_are_exact, runs_speak_for_combinations,
};

/// Graphs between two lines.
const SLICE: u64 = 10_000;
/// Of so many graphs one is solved in a run for each combination. A prime, as targets and sharing go by the seed's remainders.
const EVERY: u64 = 499;

/// What was done so far.
#[derive(Default)]
struct Tally {
    /// Graphs by number of operators.
    sizes: Vec<u64>,
    solutions: u64,
    runs: u64,
    most_runs: u32,
    /// Graphs that were solved in a run for each combination.
    singly: u64,
}

impl Tally {
    /// Solves a graph.
    fn add(shared: &Mutex<Self>, seed: u64, most_ops: usize, most: u32) {
        let agreed = combinations_are_exact(seed, most_ops, most);
        let singly = most >= COMBINATIONS && seed.is_multiple_of(EVERY);
        if singly {
            runs_speak_for_combinations(seed, most_ops);
        }
        let Ok(mut tally) = shared.lock() else { return };
        tally.sizes[agreed.ops] += 1;
        tally.solutions += u64::from(agreed.combinations);
        tally.runs += u64::from(agreed.runs);
        tally.most_runs = tally.most_runs.max(agreed.runs);
        tally.singly += u64::from(singly);
    }
}

fn main() {
    let mut args = std::env::args()
        .skip(1)
        .map(|arg| arg.parse::<u64>().unwrap_or(0));
    let (first, count) = (args.next().unwrap_or(0), args.next().unwrap_or(1_000));
    let most_ops = args.next().unwrap_or(20) as usize;
    let all = u64::from(COMBINATIONS);
    let most = args.next().unwrap_or(all).clamp(1, all) as u32;
    let threads = args.next().unwrap_or(1).max(1);
    let names: Vec<&str> = Switch::ALL.iter().map(|switch| switch.name()).collect();
    println!("{} switches: {}", names.len(), names.join(", "));

    let mut times = vec![0_u64; COMBINATIONS as usize];
    let tally = Mutex::new(Tally {
        sizes: vec![0; most_ops + 1],
        ..Tally::default()
    });
    let (last, mut before) = (first + count, (0, 0));
    for from in (first..last).step_by(SLICE as usize) {
        let (to, watch) = ((from + SLICE).min(last), Stopwatch::start());
        let next = AtomicU64::new(from);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= to {
                            break;
                        }
                        Tally::add(&tally, seed, most_ops, most);
                    }
                });
            }
        });
        (from..to)
            .flat_map(|seed| chosen(seed, most))
            .for_each(|number| times[number as usize] += 1);
        let now = tally.lock().map_or(before, |now| (now.solutions, now.runs));
        let (solutions, runs) = (now.0 - before.0, now.1 - before.1);
        before = now;
        let seconds = watch.elapsed().as_secs_f64();
        println!(
            "seeds {from}..{to}: {solutions} solutions agree, by {runs} runs, {seconds:.0} s by the clock"
        );
    }
    let Ok(tally) = tally.into_inner() else {
        return;
    };
    let least = times.iter().min().unwrap_or(&0);
    println!(
        "graphs {count}, combinations {COMBINATIONS}, each on at least {least} graphs: {} solutions agree, by {} runs, at most {} a graph",
        tally.solutions, tally.runs, tally.most_runs
    );
    println!(
        "graphs solved in a run for each combination besides, with the same results in every bit: {}",
        tally.singly
    );
    let sizes: Vec<String> = tally.sizes.iter().map(u64::to_string).collect();
    println!(
        "graphs of 0, 1, ... {most_ops} operators: {}",
        sizes.join(" ")
    );
}
