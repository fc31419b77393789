//! Runs a model on one seeded input and prints input and outputs as JSON, for comparison with a real runtime: floats, or stored integers less
//! the zero point.

use std::path::Path;

use lowtide_formats::{Format, Source};
use lowtide_reference::{Feed, Network};
use serde_json::json;

#[allow(clippy::print_stdout, reason = "this is what the example is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: run_model MODEL")?;
    let bytes = std::fs::read(&path)?;
    let format = Format::detect(Path::new(&path), &bytes).ok_or("no model")?;
    let source = Source::parse(bytes, format, &[])?;
    let report = match run(&source) {
        Ok((inputs, outputs)) => json!({"inputs": inputs, "outputs": outputs}),
        Err(reason) => json!({"not_run": reason.to_string()}),
    };
    println!("{report}");
    Ok(())
}

type Lists = Vec<Vec<f64>>;

fn run(source: &Source) -> Result<(Lists, Lists), lowtide_reference::CannotRun> {
    let network = Network::of(source, Path::new("."))?;
    let feeds = network.draw(&mut fastrand::Rng::with_seed(0))?;
    let outputs = network.run(&feeds, source.graph().outputs())?;
    let floats = |feed: &Feed| match feed {
        Feed::Floats(values) => values.iter().copied().map(f64::from).collect(),
        Feed::Ints(values) => values.iter().copied().map(f64::from).collect(),
        Feed::Bytes(values) => values.iter().copied().map(f64::from).collect(),
        Feed::SignedBytes(values) => values.iter().copied().map(f64::from).collect(),
    };
    Ok((feeds.iter().map(floats).collect(), outputs))
}
