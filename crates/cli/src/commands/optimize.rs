//! `lowtide optimize MODEL -o FILE`

use std::path::Path;

use lowtide::report::page::PageData;
use lowtide::report::{OptimizeReport, OutputPart, Verdict, terminal};
use lowtide::{Limits, Model, OptimizeOptions, Optimized, Progress, Result, StopReason};

use crate::args::Optimize;
use crate::exit::Exit;
use crate::output::Watch;
use crate::settings::{self, Settings, beside, destination};

pub(super) fn run(args: &Optimize, settings: &Settings<'_>) -> Result<Exit> {
    let model = open(args)?;
    let target = settings::target(&args.input.target);
    let budget = settings::budget(&args.budget, &model, &target)?;
    let file = destination(&model, args.output.as_deref(), args.in_place)?;
    let (certificate, header) = (args.certificate.as_deref(), args.header.as_deref());
    beside(&model, &[file.as_deref()], "certificate", certificate)?;
    beside(&model, &[file.as_deref(), certificate], "header", header)?;
    if header.is_some() {
        lowtide::can_declare(&model, &target)?;
    }
    let watch = Watch::new(settings);
    let show = |progress: Progress| watch.show(&args.order, progress);
    let options = OptimizeOptions {
        target,
        cleanup: !args.no_cleanup,
        rewrite: settings::rewrite(&args.rewrite),
        bit_exact: args.bit_exact,
        plan: !args.no_plan,
        measure: args.measure,
        algorithm: settings::algorithm(&args.order),
        as_found: args.as_found,
        limits: settings::search(&args.effort, &args.workers, &Limits::default()),
        observer: Some(&show),
    };
    let optimized = lowtide::optimize(&model, &options)?;
    watch.finish();
    let mut report = OptimizeReport::new(&optimized, budget);
    // A model that does not fit is not what was asked for: a run that fails leaves no file.
    if fits(&report) {
        let beside = Beside::of(args, &optimized, file.is_some())?;
        if let Some(path) = &file {
            carry(&model, path, settings)?;
            report.output = Some(write(path, &optimized.bytes)?);
        }
        report.certificate = beside.certificate.map(written).transpose()?;
        report.header = beside.header.map(written).transpose()?;
    }
    super::pages::write(&args.pages, || PageData::of_optimize(&optimized, &report))?;
    if report.after.stopped_by == Some(StopReason::Interrupted.name()) {
        settings.warn("interrupted; this is the best order found so far");
    }
    super::print(settings, &report, terminal::optimize)?;
    Ok(Exit::of_budget(report.budget.as_ref()))
}

/// What is to be written beside the new model, each with its file.
struct Beside<'a> {
    certificate: Option<(&'a Path, String)>,
    header: Option<(&'a Path, String)>,
}

impl<'a> Beside<'a> {
    fn of(args: &'a Optimize, optimized: &Optimized<'_>, is_written: bool) -> Result<Self> {
        let certificate = |path| -> Result<_> {
            let certificate = lowtide::certify(optimized, is_written)?.to_json()?;
            Ok((path, certificate))
        };
        let header = |path: &'a Path| -> Result<_> {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let header = lowtide::header(optimized, &stem, args.header_model)?;
            Ok((path, header))
        };
        Ok(Self {
            certificate: args.certificate.as_deref().map(certificate).transpose()?,
            header: args.header.as_deref().map(header).transpose()?,
        })
    }
}

fn written((path, text): (&Path, String)) -> Result<OutputPart> {
    write(path, text.as_bytes())
}

fn carry(model: &Model, path: &Path, settings: &Settings<'_>) -> Result<()> {
    for absent in model.carry(path)? {
        let absent = absent.display();
        settings.warn(&format!(
            "{absent} is not there; the new model needs it beside it"
        ));
    }
    Ok(())
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
