//! The long run: random graphs against exhaustive search over combinations of switches.
//!
//! `cargo run --release -p lowtide-core --example fuzz_schedule -- FIRST COUNT MOST_OPS`
#![allow(clippy::print_stdout, reason = "its output is the record")]

use lowtide_core::limits::Stopwatch;
use lowtide_core::testing::agreement::exact_is_exact;

fn main() {
    let mut args = std::env::args()
        .skip(1)
        .map(|arg| arg.parse::<u64>().unwrap_or(0));
    let (first, count) = (args.next().unwrap_or(0), args.next().unwrap_or(1_000));
    let most_ops = args.next().unwrap_or(20) as usize;
    let watch = Stopwatch::start();
    let solved: u64 = (first..first + count)
        .map(|seed| exact_is_exact(seed, most_ops))
        .sum();
    let seconds = watch.elapsed().as_secs_f64();
    println!(
        "graphs {count} (seeds {first}..{}), at most {most_ops} operators: {solved} solutions agree, {seconds:.1} s",
        first + count
    );
}
