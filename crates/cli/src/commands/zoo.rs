//! `lowtide zoo` and `lowtide zoo NAME -o FILE`

use std::path::Path;

use lowtide::report::{OutputPart, SCHEMA, ZooReport, terminal};
use lowtide::{Format, Result, zoo};
use serde::Serialize;

use crate::args::Zoo;
use crate::exit::Exit;
use crate::settings::{self, Settings};

pub(super) fn run(args: &Zoo, settings: &Settings<'_>) -> Result<Exit> {
    match (&args.name, &args.output) {
        (Some(name), Some(path)) => write(name, path, settings)?,
        _ => {
            let report = ZooReport::new(&settings::target(&args.target))?;
            super::print(settings, &report, terminal::zoo)?;
        }
    }
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Written {
    schema: u32,
    output: OutputPart,
}

fn write(name: &str, path: &Path, settings: &Settings<'_>) -> Result<()> {
    let spec = name.strip_prefix("zoo:").unwrap_or(name);
    let bytes = match Format::detect(path, &[]) {
        Some(Format::Onnx) => zoo::build_onnx(spec)?,
        _ => zoo::build(spec)?,
    };
    lowtide::save(path, &bytes)?;
    let report = Written {
        schema: SCHEMA,
        output: OutputPart {
            path: path.display().to_string(),
            bytes: bytes.len() as u64,
        },
    };
    super::print(settings, &report, |report, _| {
        let OutputPart { path, bytes } = &report.output;
        format!("wrote {path} ({bytes} bytes)\n")
    })
}
