//! Decides or minimises packing problems and prints height, bound, nodes and time:
//! `bench_packing fit CAPACITY FILE.csv...` or `bench_packing pack NODES FILE.csv...`.
#![allow(clippy::print_stdout)]

use std::error::Error;

use lowtide_core::arena::{Options, Verdict, fit, pack};
use lowtide_core::check::check_layout;
use lowtide_core::limits::Stopwatch;
use lowtide_core::units::Bytes;
use lowtide_formats::csv;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, number, files @ ..] = arguments.as_slice() else {
        return Err("usage: bench_packing fit CAPACITY FILE... | pack NODES FILE...".into());
    };
    let number: u64 = number.parse()?;
    let mut options = Options::default();
    for file in files {
        let problem = csv::read(&std::fs::read(file)?, None)?.problem;
        let clock = Stopwatch::start();
        let (layout, text, nodes) = if mode == "fit" {
            let fit = fit(&problem, Bytes(number), &options);
            match fit.verdict {
                Verdict::Fits(layout) => (Some(layout), "fits".to_owned(), fit.nodes),
                other => (None, format!("{other:?}"), fit.nodes),
            }
        } else {
            options.limits.nodes = number;
            let packing = pack(&problem, &options);
            let text = format!("bound {} {:?}", packing.bound.height, packing.proof);
            (Some(packing.layout), text, packing.nodes)
        };
        let seconds = clock.elapsed().as_secs_f64();
        let height = match layout {
            Some(layout) => {
                check_layout(&problem, &layout)?;
                layout.height.to_string()
            }
            None => "-".to_owned(),
        };
        println!("{file}: height {height}, {text}, {nodes} nodes, {seconds:.4} s");
    }
    Ok(())
}
