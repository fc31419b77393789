//! The long run: random small packing problems under all combinations of rules against exhaustive search.
//!
//! `cargo run --release -p lowtide-core --example fuzz_packing -- FIRST COUNT MOST_BUFFERS`
#![allow(clippy::print_stdout, reason = "its output is the record")]

use lowtide_core::arena::Rules;
use lowtide_core::limits::Stopwatch;
use lowtide_core::testing::packing::compare;

fn main() {
    let mut args = std::env::args()
        .skip(1)
        .map(|arg| arg.parse::<u64>().unwrap_or(0));
    let (first, count) = (args.next().unwrap_or(0), args.next().unwrap_or(1_000));
    let most = args.next().unwrap_or(8) as usize;
    let watch = Stopwatch::start();
    let answers: u64 = (first..first + count)
        .map(|seed| compare(seed, most, Rules::combinations()))
        .sum();
    println!(
        "problems {count} (seeds {first}..{}), at most {most} buffers, {} combinations of {} rules: {answers} answers agree, {:.1} s",
        first + count,
        Rules::combinations().count(),
        Rules::NAMES.len(),
        watch.elapsed().as_secs_f64()
    );
}
