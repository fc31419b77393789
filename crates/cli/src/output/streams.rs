//! stdout for results, stderr for everything else, and what the terminal behind them can show.

use std::env;
use std::io::{self, ErrorKind, IsTerminal, Write};

use terminal_size::{Width, terminal_size_of};

/// The streams of this process.
pub(crate) struct Streams {
    /// Whether results are read by a person at once.
    pub(crate) out_is_terminal: bool,
    /// Whether progress is seen.
    pub(crate) err_is_terminal: bool,
    /// Whether the environment has nothing against colour.
    pub(crate) may_colour: bool,
    /// Whether the locale shows more than ASCII.
    pub(crate) unicode: bool,
    /// Columns for results.
    pub(crate) width: usize,
}

/// Columns where there is no terminal to ask.
const USUAL_WIDTH: usize = 80;
/// Wider lines are hard to read.
const WIDEST: usize = 120;
/// On less, tables cannot be shown; the terminal may wrap them.
const NARROWEST: usize = 40;

impl Streams {
    /// Looks at the terminal and the environment.
    pub(crate) fn of_process() -> Self {
        Self {
            out_is_terminal: io::stdout().is_terminal(),
            err_is_terminal: io::stderr().is_terminal(),
            may_colour: !is_set("NO_COLOR") && env::var("TERM").as_deref() != Ok("dumb"),
            unicode: cfg!(windows) || locale_is_utf8(),
            width: width().clamp(NARROWEST, WIDEST),
        }
    }

    /// Writes a result to stdout. A reader that has gone away is no error: it has seen what it wanted.
    ///
    /// # Errors
    /// The stream cannot be written for another reason, a full disk for one.
    pub(crate) fn print(&self, text: &str) -> lowtide::Result<()> {
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(lowtide::Error::new(
                lowtide::ErrorKind::Io,
                format_args!("stdout: {error}"),
            )),
            _ => Ok(()),
        }
    }

    /// Writes to stderr. Where that fails there is nobody left to tell.
    pub(crate) fn complain(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Set, and to more than nothing (no-color.org).
fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// The first of these that is set is the one that counts (POSIX, section 8.2).
fn locale_is_utf8() -> bool {
    let mut locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter();
    let locale = locale
        .find(|name| is_set(name))
        .and_then(|name| env::var(name).ok());
    locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

fn width() -> usize {
    let asked = env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let real = || terminal_size_of(io::stdout()).map(|(Width(columns), _)| usize::from(columns));
    asked.or_else(real).unwrap_or(USUAL_WIDTH)
}
