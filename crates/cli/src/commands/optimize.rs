//! `lowtide optimize MODEL -o FILE`

use std::path::Path;

use lowtide::report::page::PageData;
use lowtide::report::{OptimizeReport, OutputPart, Verdict, terminal};
use lowtide::{Limits, Model, OptimizeOptions, Progress, Result, StopReason};

use crate::args::Optimize;
use crate::exit::Exit;
use crate::output::Watch;
use crate::settings::{self, Settings, certificate_beside, destination};

pub(super) fn run(args: &Optimize, settings: &Settings<'_>) -> Result<Exit> {
    let model = open(args)?;
    let file = destination(&model, args.output.as_deref(), args.in_place)?;
    certificate_beside(&model, file.as_deref(), args.certificate.as_deref())?;
    let watch = Watch::new(settings);
    let show = |progress: Progress| watch.show(&args.order, progress);
    let options = OptimizeOptions {
        target: settings::target(&args.input.target),
        cleanup: !args.no_cleanup,
        rewrite: settings::rewrite(&args.rewrite),
        bit_exact: args.bit_exact,
        algorithm: settings::algorithm(&args.order),
        limits: settings::limits(&args.effort, &Limits::default()),
        observer: Some(&show),
    };
    let optimized = lowtide::optimize(&model, &options)?;
    watch.finish();
    let mut report = OptimizeReport::new(&optimized, args.budget.budget);
    let certificate = args.certificate.as_deref().filter(|_| fits(&report));
    let certificate = match certificate {
        Some(path) => Some((
            path,
            lowtide::certify(&optimized, file.is_some())?.to_json()?,
        )),
        None => None,
    };
    // A model that does not fit is not what was asked for: a run that fails leaves no file.
    if let Some(path) = file.filter(|_| fits(&report)) {
        for absent in model.carry(&path)? {
            let absent = absent.display();
            settings.warn(&format!(
                "{absent} is not there; the new model needs it beside it"
            ));
        }
        report.output = Some(write(&path, &optimized.bytes)?);
    }
    if let Some((path, certificate)) = certificate {
        report.certificate = Some(write(path, certificate.as_bytes())?);
    }
    super::pages::write(&args.pages, || PageData::of_optimize(&optimized, &report))?;
    if report.after.stopped_by == Some(StopReason::Interrupted.name()) {
        settings.warn("interrupted; this is the best order found so far");
    }
    super::print(settings, &report, terminal::optimize)?;
    Ok(Exit::of_budget(report.budget.as_ref()))
}

fn open(args: &Optimize) -> Result<Model> {
    let model = Model::open_with(&args.input.model, &args.input.dims)?;
    if args.int8 {
        model.to_int8()
    } else {
        Ok(model)
    }
}

fn fits(report: &OptimizeReport) -> bool {
    let verdict = report.budget.as_ref().map(|budget| budget.verdict);
    matches!(verdict, None | Some(Verdict::Fits))
}

fn write(path: &Path, bytes: &[u8]) -> Result<OutputPart> {
    lowtide::save(path, bytes)?;
    Ok(OutputPart {
        path: path.display().to_string(),
        bytes: bytes.len() as u64,
    })
}
