//! `lowtide check MODEL FILE`: a door; what FILE is says which room does it.

use std::path::Path;

use lowtide::report::{CheckReport, terminal};
use lowtide::{CertificateFile, Error, ErrorKind, Model, Result};

use crate::args::Check;
use crate::exit::Exit;
use crate::settings::Settings;

pub(super) fn run(args: &Check, settings: &Settings<'_>) -> Result<Exit> {
    let text = read(&args.file)?;
    certificate(args, &text, settings)
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
