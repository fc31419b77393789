#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for the bench"
)]
//! tmp
use lowtide_core::graph::Graph;
use lowtide_core::limits::{Limits, Stopwatch};
use lowtide_core::memory::{Instance, Target, profile};
use lowtide_core::plan::Order;
use lowtide_core::schedule::{Options, solve};
use lowtide_core::testing::families::*;
use std::time::Duration;

fn main() {
    let time = std::env::var("TIME").map_or(10.0, |s| s.parse().unwrap());
    let filter = std::env::args().nth(1).unwrap_or_default();
    let mut graphs: Vec<Graph> = Vec::new();
    for c in [6, 18, 60] {
        graphs.push(nasnet(c));
        graphs.push(amoebanet(c));
    }
    for b in [8, 40, 160] {
        graphs.push(training(b, 1));
    }
    for n in [100, 300, 1000, 3000, 10000] {
        for s in 0..3 {
            graphs.push(layered(8, n, s));
        }
    }
    for n in [100, 300, 1000, 3000] {
        for s in 0..3 {
            graphs.push(series_parallel(n, s));
        }
    }
    for n in [100, 1000, 3000] {
        graphs.push(in_tree(n, 0));
    }
    for n in [32, 48, 64, 80, 96, 112, 128] {
        for s in 0..2 {
            graphs.push(watts_strogatz(n, 4, 0.75, s));
        }
    }
    for n in [32, 64, 128] {
        graphs.push(erdos_renyi(n, 4.0 / n as f64, 0));
        graphs.push(barabasi_albert(n, 2, 0));
    }
    for graph in graphs.iter().filter(|g| g.name().contains(&filter)) {
        let instance = Instance::new(graph, &Target::TFLM);
        let file = profile(&instance, &Order::new(graph.file_order())).peak;
        let options = Options {
            limits: Limits {
                time: Some(Duration::from_secs_f64(time)),
                nodes: u64::MAX,
                ..Limits::default()
            },
            ..Options::default()
        };
        let watch = Stopwatch::start();
        let s = solve(&instance, &options);
        let gap = 100.0 * (s.peak.get() - s.bound.get()) as f64 / s.peak.get().max(1) as f64;
        println!(
            "{:28} ops {:5} file {:>9} peak {:>9} bound {:>9} gap {gap:5.2}% states {:8} {:10.2} ms {:>10} KiB {:?}",
            graph.name(),
            graph.ops().len(),
            file,
            s.peak,
            s.bound,
            s.states,
            watch.elapsed().as_secs_f64() * 1e3,
            s.memory.get() >> 10,
            s.reason
        );
    }
}
