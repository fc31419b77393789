//! `lowtide check MODEL FILE`: a certificate for a model, or a model made of it.

use std::path::Path;

use lowtide::report::{CheckModelsReport, CheckReport, terminal};
use lowtide::{Alike, CertificateFile, CheckModelsOptions, Error, ErrorKind, Model, Result};

use crate::args::Check;
use crate::exit::Exit;
use crate::settings::Settings;

pub(super) fn run(args: &Check, settings: &Settings<'_>) -> Result<Exit> {
    if let Some(name) = args.file.to_str().filter(|name| name.starts_with("zoo:")) {
        return models(args, &Model::open_with(name, &args.dims)?, settings);
    }
    let text = read(&args.file)?;
    if lowtide::is_model(&args.file, &text) {
        let name = args.file.to_string_lossy();
        let second = open_second(&name, args)?;
        return models(args, &second, settings);
    }
    certificate(args, &text, settings)
}

/// The second model. A dimension may have been fixed on the way to it.
fn open_second(name: &str, args: &Check) -> Result<Model> {
    Model::open_with(name, &args.dims).or_else(|error| match args.dims.is_empty() {
        true => Err(error),
        false => Model::open(name),
    })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| named(path, ErrorKind::Io, &error))
}

fn named(path: &Path, kind: ErrorKind, text: &dyn std::fmt::Display) -> Error {
    Error::new(kind, format_args!("{}: {text}", path.display()))
}

fn certificate(args: &Check, text: &[u8], settings: &Settings<'_>) -> Result<Exit> {
    let certificate = CertificateFile::from_json(text);
    let certificate = certificate.map_err(|error| named(&args.file, error.kind(), &error))?;
    let model = Model::open_with(&args.model, &args.dims)?;
    let checked = lowtide::check(&model, certificate)?;
    let report = CheckReport::new(&checked, &args.file.display().to_string());
    super::print(settings, &report, terminal::check)?;
    Ok(if report.accepted {
        Exit::Done
    } else {
        Exit::Disproved
    })
}

fn models(args: &Check, second: &Model, settings: &Settings<'_>) -> Result<Exit> {
    let first = Model::open_with(&args.model, &args.dims)?;
    let first = if args.int8 { first.to_int8()? } else { first };
    let options = CheckModelsOptions {
        inputs: args.inputs,
        seed: args.seed,
        tolerance: args.tolerance,
        steps: args.steps,
    };
    let checked = lowtide::check_models(&first, second, &options)?;
    let report = CheckModelsReport::new(&checked);
    super::print(settings, &report, terminal::check_models)?;
    Ok(match checked.alike {
        Alike::SameOperators | Alike::SameNumbers => Exit::Done,
        Alike::No(_) => Exit::Disproved,
        Alike::Unknown(_) => Exit::Undecided,
    })
}
