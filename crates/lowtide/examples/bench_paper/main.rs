//! Measures what the evaluation of Ahn et al., MLSys 2020, measured: raw rows as CSV on stdout. `benchmarks/paper.py` runs it and
//! makes tables and plots.
//!
//! `bench_paper peak|hypotheses|proofs|rare|traffic NAME...` and `bench_paper time VARIANT NAME`, where a name is what stands behind `zoo:`, with
//! words that change how it is counted: `+section-a`, `-b`, `-c` for a part of SwiftNet, `+joined` where joins are counted as
//! parts of their readers, `+rewritten` after identity graph rewriting, `+accumulated` where partial convolutions add in place,
//! `+weighted` with the weights of RandWire's edges, `+unfused` with activations apart, `+inputs-kept` where inputs stay to the end, `+onnx` for the
//! ONNX file of a float32 network.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the record"
)]

mod hypotheses;
mod peak;
mod proofs;
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
        ["hypotheses", names @ ..] => each(names, hypotheses::HEAD, hypotheses::rows),
        ["proofs", names @ ..] => each(names, proofs::HEAD, proofs::row),
        ["rare", names @ ..] => each(names, rare::HEAD, rare::rows),
        ["traffic", names @ ..] => each(names, traffic::HEAD, traffic::rows),
        ["time", variant, names @ ..] => each(names, time::HEAD, |s| time::row(variant, s)),
        _ => {
            eprintln!(
                "usage: bench_paper peak|hypotheses|proofs|rare|traffic|time VARIANT NAME..."
            );
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
