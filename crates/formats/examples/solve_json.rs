//! Solves the graphs given in JSON: `cargo run --release --example solve_json -- FILE...`
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for the bench"
)]

use lowtide_core::limits::{Limits, Stopwatch};
use lowtide_core::memory::{Instance, Target, profile};
use lowtide_core::plan::Order;
use lowtide_core::schedule::{Options, solve};
use lowtide_formats::json::read_json;

fn main() {
    let limit = std::env::var("TIME")
        .ok()
        .map(|s| std::time::Duration::from_secs_f64(s.parse().unwrap()));
    for path in std::env::args().skip(1) {
        let graph = read_json(&std::fs::read(&path).unwrap()).unwrap();
        let instance = Instance::new(&graph, &Target::TFLM);
        let file = profile(&instance, &Order::new(graph.file_order())).peak;
        let options = Options {
            limits: Limits {
                time: limit,
                ..Limits::default()
            },
            ..Options::default()
        };
        let mut times = Vec::new();
        let mut schedule = solve(&instance, &options);
        for _ in 0..if limit.is_some() { 1 } else { 5 } {
            let watch = Stopwatch::start();
            schedule = solve(&instance, &options);
            times.push(watch.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let name = path.rsplit('/').next().unwrap();
        println!(
            "{name:45} ops {:5} file {file:>10} peak {:>10} bound {:>10} {:8} states {:7} {:9.3} ms {:>9} B {:?}",
            graph.ops().len(),
            schedule.peak,
            schedule.bound,
            schedule.proof.name(),
            schedule.states,
            times[times.len() / 2],
            schedule.memory,
            schedule.reason
        );
    }
}
