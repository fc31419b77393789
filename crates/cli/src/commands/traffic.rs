//! `lowtide traffic MODEL --on-chip SIZE`

use lowtide::report::{OutputPart, TrafficReport, terminal};
use lowtide::{Limits, Model, Progress, Result, StopReason, TrafficOptions};

use crate::args::Traffic;
use crate::exit::Exit;
use crate::output::Watch;
use crate::settings::{self, Settings, destination};

pub(super) fn run(args: &Traffic, settings: &Settings<'_>) -> Result<Exit> {
    let model = Model::open_with(&args.input.model, &args.input.dims)?;
    let file = destination(&model, args.output.as_deref(), false)?;
    let watch = Watch::new(settings);
    let show = |progress: Progress| watch.show("smallest peak", progress);
    let options = TrafficOptions {
        target: settings::target(&args.input.target),
        cleanup: args.cleanup,
        limits: settings::search(&args.effort, &args.workers, &Limits::default()),
        observer: Some(&show),
        ..TrafficOptions::new(args.on_chip)
    };
    let traffic = lowtide::traffic(&model, &options)?;
    watch.finish();
    let mut report = TrafficReport::new(&traffic);
    if let Some(path) = file {
        for absent in model.carry(&path)? {
            let absent = absent.display();
            settings.warn(&format!(
                "{absent} is not there; the new model needs it beside it"
            ));
        }
        let bytes = traffic.bytes()?;
        lowtide::save(&path, &bytes)?;
        report.output = Some(OutputPart {
            path: path.display().to_string(),
            bytes: bytes.len() as u64,
        });
    }
    if report.stopped_by == Some(StopReason::Interrupted.name()) {
        settings.warn("interrupted; this is the best order found so far");
    }
    super::print(settings, &report, terminal::traffic)?;
    Ok(Exit::Done)
}
