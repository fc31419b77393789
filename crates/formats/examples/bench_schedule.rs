//! Measures the scheduler: raw rows as CSV on stdout.
//!
//! `bench_schedule corpus|ablation|families SECONDS FILE...`: `corpus` runs every algorithm on the files, `ablation`
//! the exact one with each switch off, `families` the exact one on generated networks.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the record"
)]

use std::path::Path;
use std::time::Duration;

use lowtide_core::compile::Algorithm;
use lowtide_core::graph::Graph;
use lowtide_core::limits::{Limits, Stopwatch};
use lowtide_core::memory::{Instance, Target};
use lowtide_core::schedule::{Options, Switches, solve};
use lowtide_core::testing::families;
use lowtide_formats::{Format, Source};

fn main() {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_default();
    let seconds = args.next().and_then(|arg| arg.parse().ok()).unwrap_or(10.0);
    let limits = Limits {
        nodes: u64::MAX,
        time: Some(Duration::from_secs_f64(seconds)),
        ..Limits::default()
    };
    println!("graph,operators,algorithm,peak,bound,proof,states,memory_bytes,median_ms");
    let graphs = if what == "families" {
        generated()
    } else {
        args.filter_map(|path| read(&path)).collect()
    };
    for (name, graph) in &graphs {
        match what.as_str() {
            "corpus" => every_algorithm(name, graph, &limits),
            "ablation" => every_switch(name, graph, &limits),
            _ => exact(name, graph, "exact", Switches::ALL, &limits),
        }
    }
}

/// The graph in a file, named as the file is.
fn read(path: &str) -> Option<(String, Graph)> {
    let bytes = std::fs::read(path).ok()?;
    let format = Format::detect(Path::new(path), &bytes)?;
    match Source::parse(bytes, format, &[]) {
        Ok(source) => Some((
            Path::new(path).file_stem()?.to_str()?.to_owned(),
            source.graph().clone(),
        )),
        Err(error) => {
            eprintln!("{path}: {error}");
            None
        }
    }
}

/// The seeded families, at the sizes that the targets name.
fn generated() -> Vec<(String, Graph)> {
    let mut graphs = Vec::new();
    for cells in [6, 18, 60] {
        graphs.extend([families::nasnet(cells), families::amoebanet(cells)]);
    }
    graphs.extend([8, 40, 160].map(|blocks| families::training(blocks, 1)));
    for seed in 0..3 {
        graphs.extend([300, 1_000, 3_000, 10_000].map(|ops| families::layered(8, ops, seed)));
        graphs.extend([300, 1_000, 3_000].map(|ops| families::series_parallel(ops, seed)));
        graphs.extend([1_000, 3_000].map(|ops| families::in_tree(ops, seed)));
        graphs.extend([32, 64, 96, 112, 128].map(|n| families::watts_strogatz(n, 4, 0.75, seed)));
        graphs.extend([32, 64, 128].map(|n| families::erdos_renyi(n, 4.0 / n as f64, seed)));
        graphs.extend([32, 64, 128].map(|n| families::barabasi_albert(n, 2, seed)));
    }
    graphs
        .into_iter()
        .map(|graph| (graph.name().to_owned(), graph))
        .collect()
}

fn every_algorithm(name: &str, graph: &Graph, limits: &Limits) {
    let instance = Instance::new(graph, &Target::TFLM);
    for &algorithm in Algorithm::ALL
        .iter()
        .filter(|&&each| each != Algorithm::Exact)
    {
        let search = lowtide_core::compile::Search {
            limits: limits.clone(),
            ..Default::default()
        };
        let found = algorithm.run(&instance, &search);
        let proof = found.proof.map_or("none", |proof| proof.name());
        let (ops, ms) = (graph.ops().len(), found.elapsed.as_secs_f64() * 1e3);
        println!(
            "{name},{ops},{},{},{},{proof},{},,{ms:.3}",
            algorithm.name(),
            found.peak,
            found.bound,
            found.states
        );
    }
    exact(name, graph, "exact", Switches::ALL, limits);
}

/// A switch turned off, or several.
type Variant = (&'static str, fn(&mut Switches));

fn every_switch(name: &str, graph: &Graph, limits: &Limits) {
    const VARIANTS: &[Variant] = &[
        ("all", |_| ()),
        ("no-glue", |s| s.glue = false),
        ("no-split", |s| s.split = false),
        ("no-free-moves", |s| s.free_moves = false),
        ("no-jumps", |s| s.jumps = false),
        ("no-commits", |s| s.commits = false),
        ("no-both-ends", |s| s.both_ends = false),
        ("no-forward-first", |s| s.forward_first = false),
        ("no-leaps", |s| s.leaps = false),
        ("no-modules", |s| s.modules = false),
        ("no-around", |s| s.around = false),
        ("no-neighbours", |s| s.neighbours = false),
        ("no-windows", |s| s.windows = false),
        ("none", |s| *s = Switches::NONE),
    ];
    for (variant, change) in VARIANTS {
        let mut switches = Switches::ALL;
        change(&mut switches);
        exact(name, graph, variant, switches, limits);
    }
}

/// One row; the median of up to nine runs, of one where that takes long.
fn exact(name: &str, graph: &Graph, variant: &str, switches: Switches, limits: &Limits) {
    let instance = Instance::new(graph, &Target::TFLM);
    let options = Options {
        limits: limits.clone(),
        switches,
        ..Options::default()
    };
    let mut times = Vec::new();
    let mut schedule = None;
    while times.len() < 9 && times.iter().sum::<f64>() < 200.0 {
        let (watch, before) = (Stopwatch::start(), processor_ms());
        schedule = Some(solve(&instance, &options));
        let wall = watch.elapsed().as_secs_f64() * 1e3;
        let own = before.zip(processor_ms()).map(|(from, to)| to - from);
        // The system counts in ticks of some milliseconds.
        times.push(own.filter(|&own| own > TICKS).unwrap_or(wall));
    }
    times.sort_by(f64::total_cmp);
    if let Some(found) = schedule {
        println!(
            "{name},{},{variant},{},{},{},{},{},{:.3}",
            graph.ops().len(),
            found.peak,
            found.bound,
            found.proof.name(),
            found.states,
            found.memory,
            times[times.len() / 2]
        );
    }
}

/// Milliseconds from which on processor time is exact enough.
const TICKS: f64 = 20.0;

/// Milliseconds that this thread has had a processor, where the system tells: a busy machine counts less than by the clock.
fn processor_ms() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e6)
}
