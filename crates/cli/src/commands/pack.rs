//! `lowtide pack FILE.csv`

use std::path::Path;

use lowtide::report::{OutputPart, PackReport, svg, terminal};
use lowtide::{Error, ErrorKind, Limits, PackOptions, PackingFile, Result, StopReason};

use crate::args::Pack;
use crate::exit::Exit;
use crate::settings::{self, Settings, same_file};

pub(super) fn run(args: &Pack, settings: &Settings<'_>) -> Result<Exit> {
    let outputs = [args.output.as_deref(), args.svg.as_deref()];
    keep_source(Path::new(&args.file), &outputs)?;
    let file = PackingFile::open(&args.file)?;
    let options = PackOptions {
        capacity: args.capacity,
        explain: args.explain,
        limits: settings::limits(&args.effort, &limits(args)),
    };
    let packed = lowtide::pack(&file, &options)?;
    let mut report = PackReport::new(&packed);
    if let (Some(path), Some(bytes)) = (&args.output, packed.csv()?) {
        report.output = Some(write(path, &bytes)?);
    }
    if let (Some(path), Some(picture)) = (&args.svg, packed.picture()) {
        report.svg = Some(write(path, svg::layout(&picture).as_bytes())?);
    }
    if report.stopped_by == Some(StopReason::Interrupted.name()) {
        settings.warn("interrupted; this is the best layout found so far");
    }
    super::print(settings, &report, terminal::pack)?;
    Ok(match report.verdict {
        Some("infeasible") => Exit::OverBudget,
        Some("undecided") => Exit::Undecided,
        _ => Exit::Done,
    })
}

/// The default number of nodes, unless the length of the search was said in time.
fn limits(args: &Pack) -> Limits {
    match args.effort.time_limit {
        Some(_) => Limits {
            nodes: u64::MAX,
            ..Limits::default()
        },
        None => PackOptions::default().limits,
    }
}

/// The problem is not to be written over, nor one output over the other.
fn keep_source(source: &Path, outputs: &[Option<&Path>; 2]) -> Result<()> {
    let clash = |path: &Path| {
        let text = format_args!("{}: give every output a file of its own", path.display());
        Err(Error::new(ErrorKind::Usage, text))
    };
    for path in outputs.iter().flatten() {
        if same_file(source, path) {
            return clash(path);
        }
    }
    match outputs {
        [Some(first), Some(second)] if first == second => clash(first),
        _ => Ok(()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<OutputPart> {
    lowtide::save(path, bytes)?;
    Ok(OutputPart {
        path: path.display().to_string(),
        bytes: bytes.len() as u64,
    })
}
