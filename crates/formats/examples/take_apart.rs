//! Rewrites models wherever the named rules apply, be it worth it or not, in the order of the file: for tests in real runtimes.
//!
//! `take_apart IN OUT [exact-on=TARGET] [RULE...]`: a file, or all models in a folder; without names, all rules that take concatenations apart, and
//! sums of many with their terms from the last to the first. A line a
//! model says what was done: its name, then each rule with its class and how often. With a target, only what promises every bit there.
#![allow(clippy::print_stdout, reason = "its output is the record")]

use std::error::Error;
use std::path::Path;

use lowtide_core::check::check_rewriting;
use lowtide_core::memory::Target;
use lowtide_core::plan::{Exactness, Order, Rewriting};
use lowtide_core::rewrite::rules::SumOfMany;
use lowtide_core::rewrite::{Rule, carry_out, rewrite_where};
use lowtide_formats::{Format, Source};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, names @ ..] = arguments.as_slice() else {
        return Err("usage: take_apart IN OUT [exact-on=TARGET] [RULE...]".into());
    };
    let (from, to) = (Path::new(from), Path::new(to));
    if !from.is_dir() {
        return one(from, to, names);
    }
    let mut models: Vec<_> = std::fs::read_dir(from)?.collect::<Result<_, _>>()?;
    models.sort_by_key(std::fs::DirEntry::file_name);
    for model in models {
        let written = to.join(model.file_name());
        one(&model.path(), &written, names)
            .map_err(|error| format!("{}: {error}", model.path().display()))?;
    }
    Ok(())
}

fn one(from: &Path, to: &Path, names: &[String]) -> Result<(), Box<dyn Error>> {
    let (exact, names) = match names {
        [first, rest @ ..] if first.starts_with("exact-on=") => {
            (first.strip_prefix("exact-on="), rest)
        }
        _ => (None, names),
    };
    let bytes = std::fs::read(from)?;
    let format = Format::detect(from, &bytes).ok_or("no known format")?;
    let source = Source::parse(bytes, format, &[])?;
    let wanted =
        |rule: &&&dyn Rule| names.is_empty() || names.iter().any(|name| name == rule.name());
    let (exact_on, kept);
    let rules: Vec<&dyn Rule> = match exact {
        Some(name) => {
            exact_on = Target::named(name).ok_or("no such target")?;
            kept = format.taking_apart_for(&exact_on);
            kept.iter().map(|rule| rule as &dyn Rule).collect()
        }
        None => format.taking_apart().to_vec(),
    };
    let rules: Vec<&dyn Rule> = rules.iter().filter(wanted).copied().collect();
    let base = Rewriting::unchanged(source.graph().clone());
    let rewriting = rewrite_where(base, &rules, &mut |patch, _| {
        exact.is_none() || patch.exactness == Exactness::BitExact
    })?;
    let rewriting = turned(&source, rewriting, |sum| {
        let named = names.is_empty() || names.iter().any(|name| name == SumOfMany::NAME);
        named && (exact.is_none() || sum.exactness == Exactness::BitExact)
    })?;
    check_rewriting(source.graph(), &rewriting)?;
    let order = Order::new(rewriting.graph.file_order());
    std::fs::write(to, source.write(&rewriting, &order)?)?;
    let counts = rewriting.counts().into_iter();
    let counts: Vec<String> = counts
        .map(|(rule, exactness, count)| format!("{count} x {rule} ({})", exactness.name()))
        .collect();
    let name = from.file_name().unwrap_or_default().to_string_lossy();
    println!("{name}: {}", counts.join(", "));
    Ok(())
}

/// Some sums of many with their terms from the last to the first.
fn turned(
    source: &Source,
    base: Rewriting,
    wanted: impl Fn(&SumOfMany) -> bool,
) -> lowtide_core::error::Result<Rewriting> {
    let Some(label) = source.format().addition() else {
        return Ok(base);
    };
    let sums = SumOfMany::all(source.graph(), &base);
    let patch = |sum: &SumOfMany| {
        let order: Vec<usize> = (0..sum.terms.len()).rev().collect();
        sum.in_order(&base.graph, label, &order)
    };
    let patches: Vec<_> = sums
        .iter()
        .filter(|sum| wanted(sum))
        .filter_map(patch)
        .collect();
    carry_out(base, &patches)
}
