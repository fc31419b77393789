//! Measures certificates: raw rows as CSV on stdout. `bench_certificates MODEL...`, each a path or `zoo:NAME`.
//!
//! Each model is optimised as by default, written to a file, read again and checked; the check is the median of five.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the record"
)]

use std::path::Path;
use std::time::Instant;

use lowtide::report::CheckReport;
use lowtide::{CertificateFile, Model, OptimizeOptions, Result, certify, check, optimize, save};

fn main() {
    println!("model,operators,peak,bound,form,states,bytes,making_ms,checking_ms,bound_is");
    for model in std::env::args().skip(1) {
        if let Err(error) = measure(&model) {
            eprintln!("{model}: {error}");
        }
    }
}

fn measure(spec: &str) -> Result<()> {
    let model = Model::open(spec)?;
    let optimized = optimize(&model, &OptimizeOptions::default())?;
    let started = Instant::now();
    let text = certify(&optimized, true)?.to_json()?;
    let making = started.elapsed();
    let path = std::env::temp_dir().join(format!("certified.{}", model.format().name()));
    save(&path, &optimized.bytes)?;
    let written = Model::open(&path.display().to_string())?;
    let mut seconds = Vec::new();
    let report = loop {
        let checked = check(&written, CertificateFile::from_json(text.as_bytes())?)?;
        let report = CheckReport::new(&checked, spec);
        seconds.push(report.seconds);
        if seconds.len() == 5 {
            break report;
        }
    };
    seconds.sort_by(f64::total_cmp);
    println!(
        "{},{},{},{},{},{},{},{:.3},{:.3},{}",
        Path::new(spec).file_name().unwrap_or_default().display(),
        report.model.operators,
        report.peak_bytes,
        report.bound_bytes,
        report.bound_evidence,
        report.states,
        text.len(),
        1e3 * making.as_secs_f64(),
        1e3 * seconds[2],
        report.bound.unwrap_or("refused"),
    );
    Ok(())
}
