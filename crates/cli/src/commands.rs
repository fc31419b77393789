//! The commands: settings in, a report out.

mod check;
mod compare;
mod inspect;
mod optimize;
mod pack;
mod pages;
mod traffic;
mod zoo;

use lowtide::Result;
use lowtide::report::json;
use lowtide::report::terminal::Page;
use serde::Serialize;

use crate::args::Command;
use crate::exit::Exit;
use crate::settings::Settings;

/// Does what was asked.
///
/// # Errors
/// What was asked cannot be done.
pub(crate) fn run(command: &Command, settings: &Settings<'_>) -> Result<Exit> {
    match command {
        Command::Inspect(args) => inspect::run(args, settings),
        Command::Optimize(args) => optimize::run(args, settings),
        Command::Compare(args) => compare::run(args, settings),
        Command::Check(args) => check::run(args, settings),
        Command::Pack(args) => pack::run(args, settings),
        Command::Traffic(args) => traffic::run(args, settings),
        Command::Zoo(args) => zoo::run(args, settings),
    }
}

/// Prints `report`: as JSON, or as `text` makes it.
fn print<R: Serialize>(
    settings: &Settings<'_>,
    report: &R,
    text: impl Fn(&R, &Page) -> String,
) -> Result<()> {
    settings.streams.print(&match settings.json {
        true => json::text(report),
        false => text(report, &settings.page),
    })
}
