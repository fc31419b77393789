//! Measures the scheduler: raw rows as CSV on stdout. `benchmarks/schedule.py` runs it and makes tables of the rows.
//!
//! `bench_schedule exact TARGET SECONDS SPEC...`, `bench_schedule others SECONDS SPEC...` (SERENITY's algorithm and the
//! baselines), `bench_schedule ablation SECONDS SPEC...`, `bench_schedule threads SECONDS SPEC...` (one thread and two, by turns) and
//! `bench_schedule certificates SECONDS SPEC...`, where SECONDS limits each search and a SPEC is a model file, a network behind
//! `zoo:`, or a generated one as
//! `nasnet:CELLS`, `amoebanet:CELLS`, `training:BLOCKS:SEED`, `layered:OPS:SEED` (8 wide), `series-parallel:OPS:SEED`,
//! `in-tree:OPS:SEED`, `watts-strogatz:N:SEED`, `erdos-renyi:N:SEED`, `barabasi-albert:N:SEED`, or
//! `stack:STAGES:FAMILY:SIZE:SEED`: some of a family in a row, each with the next seed.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the record"
)]

mod certificates;
mod search;
mod subject;
mod tamper;

use std::process::ExitCode;
use std::time::Duration;

use lowtide::{Error, ErrorKind, Limits, Result, Target};
use subject::Subject;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    match words {
        ["exact", target, seconds, specs @ ..] => {
            let (target, limits) = (named(target)?, limits(seconds)?);
            each(specs, search::HEAD, |s| search::exact(s, &target, &limits))
        }
        ["others", seconds, specs @ ..] => {
            let limits = limits(seconds)?;
            each(specs, search::HEAD, |s| search::others(s, &limits))
        }
        ["ablation", seconds, specs @ ..] => {
            let limits = limits(seconds)?;
            each(specs, search::HEAD, |s| search::ablation(s, &limits))
        }
        ["threads", seconds, specs @ ..] => {
            let limits = limits(seconds)?;
            each(specs, search::HEAD, |s| search::threads(s, &limits))
        }
        ["certificates", seconds, specs @ ..] => {
            let limits = limits(seconds)?;
            each(specs, certificates::HEAD, |s| certificates::row(s, &limits))
        }
        _ => Err(usage(
            "what to measure",
            "exact, others, ablation, threads, certificates",
        )),
    }
}

fn each(specs: &[&str], head: &str, rows: impl Fn(&Subject) -> Result<()>) -> Result<()> {
    println!("{head}");
    specs
        .iter()
        .try_for_each(|spec| rows(&Subject::open(spec)?))
}

fn named(target: &str) -> Result<Target> {
    Target::named(target).ok_or_else(|| usage(target, "tflm, litert, ort, ideal"))
}

/// The clock alone stops a search: nodes would stop it where they were set.
fn limits(seconds: &str) -> Result<Limits> {
    let seconds = seconds
        .parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    Ok(Limits {
        nodes: u64::MAX,
        time: Some(seconds.ok_or_else(|| usage("SECONDS", "a number"))?),
        ..Limits::default()
    })
}

fn usage(what: &str, known: &str) -> Error {
    Error::new(ErrorKind::Usage, format_args!("{what}: expected {known}"))
}
