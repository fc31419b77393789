//! `lowtide compare MODEL`

use std::sync::Mutex;

use lowtide::report::page::PageData;
use lowtide::report::{CompareReport, terminal};
use lowtide::{Algorithm, CompareOptions, Limits, Model, Progress, Result, StopReason};

use crate::args::Compare;
use crate::exit::Exit;
use crate::output::Watch;
use crate::settings::{self, Settings};

pub(super) fn run(args: &Compare, settings: &Settings<'_>) -> Result<Exit> {
    let model = Model::open_with(&args.input.model, &args.input.dims)?;
    let watch = Watch::new(settings);
    let running = Mutex::new("");
    let started = |algorithm: Algorithm| {
        if let Ok(mut running) = running.lock() {
            *running = algorithm.name();
        }
    };
    let show = |progress: Progress| {
        let name = running.lock().map_or("", |name| *name);
        watch.show(name, progress);
    };
    let options = CompareOptions {
        target: settings::target(&args.input.target),
        cleanup: args.cleanup,
        limits: settings::search(&args.effort, &args.workers, &Limits::default()),
        started: Some(&started),
        observer: Some(&show),
    };
    let comparison = lowtide::compare(&model, &options)?;
    watch.finish();
    let report = CompareReport::new(&comparison);
    for order in &report.orders {
        if order.stopped_by == Some(StopReason::Interrupted.name()) {
            settings.warn(&format!(
                "{} was interrupted; this is the best order that it has found so far",
                order.name
            ));
        }
    }
    super::pages::write(&args.pages, || PageData::of_compare(&comparison, &report))?;
    super::print(settings, &report, terminal::compare)?;
    Ok(Exit::Done)
}
