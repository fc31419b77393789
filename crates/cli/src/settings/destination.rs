//! Where a new model goes, and where it must not go by accident.

use std::fs;
use std::path::{Path, PathBuf};

use lowtide::{Error, ErrorKind, Format, Model, Result};

/// The file to write for `model`: `output`, or with `in_place` the file it was read from; none if neither was asked.
///
/// # Errors
/// The file is the source although that was not asked, is to be written over a network that is no file, or is named
/// after another format.
pub(crate) fn destination(
    model: &Model,
    output: Option<&Path>,
    in_place: bool,
) -> Result<Option<PathBuf>> {
    let source = Path::new(model.name());
    if in_place {
        return match source.exists() {
            true => Ok(Some(source.to_path_buf())),
            false => Err(usage(format_args!(
                "{} is no file that could be overwritten; name one with -o",
                model.name()
            ))),
        };
    }
    let Some(output) = output else {
        return Ok(None);
    };
    if same_file(source, output) {
        return Err(usage(format_args!(
            "{} is the model itself; to overwrite it, say --in-place instead of -o",
            output.display()
        )));
    }
    check_format(model, output)?;
    Ok(Some(output.to_path_buf()))
}

/// Refuses to write what stands beside the model, `what` people call it, over one of `others` or over the model.
///
/// # Errors
/// Says which of them it would overwrite.
pub(crate) fn beside(
    model: &Model,
    others: &[Option<&Path>],
    what: &str,
    file: Option<&Path>,
) -> Result<()> {
    let Some(file) = file else {
        return Ok(());
    };
    let source = Path::new(model.name());
    let mut others = others.iter().copied().flatten().chain([source]);
    match others.find(|&other| other == file || same_file(other, file)) {
        Some(other) => Err(usage(format_args!(
            "{} is to be something else; give the {what} a file of its own",
            other.display()
        ))),
        None => Ok(()),
    }
}

fn check_format(model: &Model, output: &Path) -> Result<()> {
    match Format::detect(output, &[]) {
        Some(format) if format != model.format() => Err(usage(format_args!(
            "{}: lowtide keeps the format of the model, {}; give the file that ending",
            output.display(),
            model.format().name()
        ))),
        _ => Ok(()),
    }
}

/// Whether both names lead to one file. A file that is not there yet is no other.
pub(crate) fn same_file(a: &Path, b: &Path) -> bool {
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

fn usage(text: std::fmt::Arguments<'_>) -> Error {
    Error::new(ErrorKind::Usage, text)
}
