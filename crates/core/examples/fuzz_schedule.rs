//! The long run: random graphs against exhaustive search under combinations of switches.
//!
//! `cargo run --release -p lowtide-core --example fuzz_schedule -- FIRST COUNT MOST_OPS [MOST_COMBINATIONS [THREADS]]`
//!
//! MOST_COMBINATIONS is a power of two: how many a graph, at most (default: all). A line for every slice of graphs, then what
//! was done. It stops at the first disagreement.
#![allow(clippy::print_stdout, reason = "its output is the record")]

use std::sync::atomic::{AtomicU64, Ordering};

use lowtide_core::limits::Stopwatch;
use lowtide_core::testing::agreement::{SWITCHES, chosen, combinations, combinations_are_exact};

/// Graphs between two lines.
const SLICE: u64 = 10_000;

fn main() {
    let mut args = std::env::args()
        .skip(1)
        .map(|arg| arg.parse::<u64>().unwrap_or(0));
    let (first, count) = (args.next().unwrap_or(0), args.next().unwrap_or(1_000));
    let most_ops = args.next().unwrap_or(20) as usize;
    let most = args.next().unwrap_or(combinations());
    let threads = args.next().unwrap_or(1).max(1);
    let names: Vec<&str> = SWITCHES.iter().map(|switch| switch.0).collect();
    println!("{} switches: {}", names.len(), names.join(", "));

    let mut times = vec![0_u64; combinations() as usize];
    let sizes: Vec<AtomicU64> = (0..=most_ops).map(|_| AtomicU64::new(0)).collect();
    let last = first + count;
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
                        let ops = combinations_are_exact(seed, most_ops, most);
                        sizes[ops].fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        let mut here = 0;
        for choice in (from..to).flat_map(|seed| chosen(seed, most)) {
            times[choice as usize] += 1;
            here += 1;
        }
        let seconds = watch.elapsed().as_secs_f64();
        println!("seeds {from}..{to}: {here} solutions agree, {seconds:.0} s by the clock");
    }
    let (least, all) = (times.iter().min().unwrap_or(&0), times.iter().sum::<u64>());
    println!(
        "graphs {count}, combinations {}, each on at least {least} graphs: {all} solutions agree",
        times.len()
    );
    let sizes = sizes.iter().map(|n| n.load(Ordering::Relaxed).to_string());
    println!(
        "graphs of 0, 1, ... {most_ops} operators: {}",
        sizes.collect::<Vec<_>>().join(" ")
    );
}
