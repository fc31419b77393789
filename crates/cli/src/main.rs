//! The command line of lowtide: `args` says what was typed, `settings` what it means, `commands` do it, and `output` is
//! the only room that writes to the terminal.

mod args;
mod commands;
mod exit;
mod interrupt;
mod output;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use args::Args;
use output::Streams;
use settings::Settings;

fn main() -> ExitCode {
    let streams = Streams::of_process();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return exit::of_parser(&error, &streams).into(),
    };
    let settings = Settings::of(&args.common, &streams);
    let code = match commands::run(&args.command, &settings) {
        Ok(exit) => exit,
        Err(error) => exit::of_error(&error, &settings),
    };
    code.into()
}
