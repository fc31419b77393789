//! Measures certificates: raw rows as CSV on stdout. `bench_certificates FILE...`
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the record"
)]

use std::path::Path;

use lowtide_core::check::check_certificate;
use lowtide_core::limits::Stopwatch;
use lowtide_core::memory::{Instance, Target};
use lowtide_core::plan::Evidence;
use lowtide_core::schedule::{Options, certify, solve};
use lowtide_formats::{Format, Source};

fn main() {
    println!("graph,operators,peak,bound,form,states,making_ms,checking_ms,verdict");
    for path in std::env::args().skip(1) {
        if let Err(error) = measure(&path) {
            eprintln!("{path}: {error}");
        }
    }
}

fn measure(path: &str) -> Result<(), Box<dyn std::error::Error>> {
    let bytes = std::fs::read(path)?;
    let format = Format::detect(Path::new(path), &bytes).ok_or("unknown format")?;
    let source = Source::parse(bytes, format, &[]).map_err(|error| error.to_string())?;
    let (graph, target) = (source.graph(), &Target::TFLM);
    let found = solve(&Instance::new(graph, target), &Options::default());
    let watch = Stopwatch::start();
    let certificate = certify(graph, target, &found.order, found.bound);
    let making = watch.elapsed();
    let watch = Stopwatch::start();
    let verdict = check_certificate(graph, target, &certificate);
    let checking = watch.elapsed();
    let (form, states) = match &certificate.evidence {
        Evidence::None { .. } => ("none", 0),
        Evidence::Operator { .. } => ("operator", 0),
        Evidence::Around(_) => ("around", 0),
        Evidence::States(family) => ("states", family.states.len() + 1),
    };
    println!(
        "{},{},{},{},{form},{states},{:.3},{:.3},{verdict:?}",
        Path::new(path).file_name().unwrap_or_default().display(),
        graph.ops().len(),
        found.peak.get(),
        found.bound.get(),
        1e3 * making.as_secs_f64(),
        1e3 * checking.as_secs_f64(),
    );
    Ok(())
}
