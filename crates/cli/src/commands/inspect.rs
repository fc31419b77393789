//! `lowtide inspect MODEL`

use lowtide::report::InspectReport;
use lowtide::report::page::PageData;
use lowtide::report::terminal::{self, Rows};
use lowtide::{InspectOptions, Limits, Model, Progress, Result};

use crate::args::Inspect;
use crate::exit::Exit;
use crate::output::Watch;
use crate::settings::{self, Settings};

pub(super) fn run(args: &Inspect, settings: &Settings<'_>) -> Result<Exit> {
    let model = Model::open_with(&args.input.model, &args.input.dims)?;
    let target = settings::target(&args.input.target);
    let budget = settings::budget(&args.budget, &model, &target)?;
    let watch = Watch::new(settings);
    let show = |progress: Progress| watch.show("looking for a better order", progress);
    let options = InspectOptions {
        target,
        limits: limits(args),
        observer: Some(&show),
    };
    let inspection = lowtide::inspect(&model, &options)?;
    watch.finish();
    let report = InspectReport::new(&inspection, budget);
    super::pages::write(&args.pages, || PageData::of_inspect(&inspection, &report))?;
    let rows = if args.all { Rows::All } else { Rows::Some };
    super::print(settings, &report, |report, page| {
        terminal::inspect(report, page, rows)
    })?;
    Ok(Exit::of_budget(report.budget.as_ref()))
}

/// A look is short, unless its length was said.
fn limits(args: &Inspect) -> Limits {
    let defaults = match args.effort.time_limit {
        Some(_) => Limits::default(),
        None => InspectOptions::default().limits,
    };
    settings::search(&args.effort, &args.workers, &defaults)
}
