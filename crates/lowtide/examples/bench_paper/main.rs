//! Measures what the evaluation of Ahn et al., MLSys 2020, measured: raw rows as CSV on stdout. `benchmarks/paper.py` runs it and
//! makes tables and plots.
//!
//! `bench_paper peak|rare|traffic NAME...` and `bench_paper time VARIANT NAME`, where a name is what stands behind `zoo:`, with
//! `+joined` where joins are counted as parts of their readers and `+rewritten` after identity graph rewriting.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the record"
)]

mod peak;
mod rare;
mod subject;
mod time;
mod traffic;

use std::process::ExitCode;

use lowtide::Result;
use subject::Subject;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["peak", names @ ..] => each(names, peak::HEAD, peak::row),
        ["rare", names @ ..] => each(names, rare::HEAD, rare::rows),
        ["traffic", names @ ..] => each(names, traffic::HEAD, traffic::rows),
        ["time", variant, names @ ..] => each(names, time::HEAD, |s| time::row(variant, s)),
        _ => {
            eprintln!("usage: bench_paper peak|rare|traffic|time VARIANT NAME...");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn each(names: &[&str], head: &str, rows: impl Fn(&Subject) -> Result<String>) -> Result<()> {
    println!("{head}");
    for name in names {
        print!("{}", rows(&Subject::open(name)?)?);
    }
    Ok(())
}
