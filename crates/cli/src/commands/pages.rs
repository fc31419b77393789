//! `--report FILE` and `--svg DIR`.

use lowtide::report::page::{PageData, html, pictures};
use lowtide::{Error, ErrorKind, Result, save};

use crate::args::Pages;

/// Writes what was asked for; `data` is only made if something was.
///
/// # Errors
/// A file or the folder cannot be written.
pub(super) fn write(pages: &Pages, data: impl FnOnce() -> PageData) -> Result<()> {
    if pages.report.is_none() && pages.svg.is_none() {
        return Ok(());
    }
    let data = data();
    if let Some(path) = &pages.report {
        save(path, html(&data).as_bytes())?;
    }
    let Some(folder) = &pages.svg else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|error| {
        let text = format_args!("{}: cannot be made a folder: {error}", folder.display());
        Error::new(ErrorKind::Io, text)
    })?;
    for file in pictures(&data) {
        save(&folder.join(file.name), file.text.as_bytes())?;
    }
    Ok(())
}
