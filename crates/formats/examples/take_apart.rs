//! Rewrites a model wherever the named rules apply, be it worth it or not, in the order of the file: for tests in real runtimes.
//!
//! `take_apart IN OUT [RULE...]`: without names, all rules that take concatenations apart.
#![allow(clippy::print_stdout, reason = "its output is the record")]

use std::error::Error;
use std::path::Path;

use lowtide_core::check::check_rewriting;
use lowtide_core::plan::Order;
use lowtide_core::rewrite::{Rule, rewrite};
use lowtide_formats::{Format, Source};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, names @ ..] = arguments.as_slice() else {
        return Err("usage: take_apart IN OUT [RULE...]".into());
    };
    let bytes = std::fs::read(from)?;
    let format = Format::detect(Path::new(from), &bytes).ok_or("no known format")?;
    let source = Source::parse(bytes, format, &[])?;
    let wanted =
        |rule: &&&dyn Rule| names.is_empty() || names.iter().any(|name| name == rule.name());
    let rules: Vec<&dyn Rule> = format
        .taking_apart()
        .iter()
        .filter(wanted)
        .copied()
        .collect();
    let rewriting = rewrite(source.graph(), &rules)?;
    check_rewriting(source.graph(), &rewriting)?;
    let order = Order::new(rewriting.graph.file_order());
    std::fs::write(to, source.write(&rewriting, &order)?)?;
    for (rule, exactness, count) in rewriting.counts() {
        println!("{count} x {rule} ({})", exactness.name());
    }
    Ok(())
}
