//! How a run ends.

use std::process::ExitCode;

use lowtide::report::{Budget, Verdict, json};
use lowtide::{Error, ErrorKind};

use crate::output::Streams;
use crate::settings::Settings;

/// How a run ends, as the caller's shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything asked was done.
    Done,
    /// The budget is not met.
    OverBudget,
    /// What was to be checked does not hold.
    Disproved,
    /// What was typed makes no sense, or a file cannot be read or written.
    Refused,
    /// Whether the budget can be met is not known: the limits came first.
    Undecided,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::OverBudget | Exit::Disproved => 1,
            Exit::Refused => 2,
            Exit::Undecided => 3,
        })
    }
}

impl Exit {
    /// The end that a verdict stands for.
    pub(crate) fn of_budget(budget: Option<&Budget>) -> Self {
        match budget.map(|budget| budget.verdict) {
            None | Some(Verdict::Fits) => Self::Done,
            Some(Verdict::Over) => Self::OverBudget,
            Some(Verdict::Undecided) => Self::Undecided,
        }
    }
}

/// Says what went wrong.
pub(crate) fn of_error(error: &Error, settings: &Settings<'_>) -> Exit {
    if settings.json {
        settings.streams.complain(&json::error(error));
    } else {
        let word = settings.error_word();
        settings.streams.complain(&format!("{word} {error}\n"));
    }
    Exit::Refused
}

/// Shows the help that was asked for, or what is wrong with what was typed.
pub(crate) fn of_parser(error: &clap::Error, streams: &Streams) -> Exit {
    if !error.use_stderr() {
        // Help and version. A closed pipe is the reader's choice.
        let _ = error.print();
        return Exit::Done;
    }
    if std::env::args_os().any(|arg| arg == "--json") {
        let text = error.render().to_string();
        let text = text.trim().trim_start_matches("error: ");
        streams.complain(&json::error(&Error::new(ErrorKind::Usage, text)));
    } else {
        let _ = error.print();
    }
    Exit::Refused
}
