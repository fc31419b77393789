//! Progress of a search, on stderr, once it has lasted long enough for someone to wonder.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lowtide::Progress;

use crate::settings::Settings;

/// Nobody wonders before this.
const PATIENCE: Duration = Duration::from_millis(300);
/// Redraws a second, also while nothing new is known: the clock runs on.
const REDRAWS: u8 = 8;

/// Shows how far a search is, from another thread's point of view if need be.
pub(crate) struct Watch {
    started: Instant,
    wanted: bool,
    bar: OnceLock<ProgressBar>,
}

impl Watch {
    /// A watch that shows nothing where nobody would see it.
    pub(crate) fn new(settings: &Settings<'_>) -> Self {
        Self {
            started: Instant::now(),
            wanted: settings.talk && settings.streams.err_is_terminal,
            bar: OnceLock::new(),
        }
    }

    /// Shows `progress` under the name of what is running.
    pub(crate) fn show(&self, what: &str, progress: Progress) {
        if self.wanted && self.started.elapsed() >= PATIENCE {
            self.bar
                .get_or_init(bar)
                .set_message(message(what, progress));
        }
    }

    /// Takes the line away again.
    pub(crate) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(REDRAWS));
    let style = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}");
    let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_secs(1) / u32::from(REDRAWS));
    bar
}

/// The bound and the best order closing in on each other.
fn message(what: &str, progress: Progress) -> String {
    let (lower, upper) = (progress.lower.get(), progress.upper.get());
    let gap = upper.saturating_sub(lower) as f64 * 100.0 / upper.max(1) as f64;
    let states = progress.states;
    format!("{what}: between {lower} and {upper} bytes, gap {gap:.1} %, {states} states")
}

#[cfg(test)]
mod tests {
    use super::message;
    use lowtide::{Bytes, Progress};

    #[test]
    fn both_ends_and_the_gap_are_shown() {
        let progress = Progress {
            lower: Bytes(90),
            upper: Bytes(120),
            states: 7,
        };
        assert_eq!(
            message("exact", progress),
            "exact: between 90 and 120 bytes, gap 25.0 %, 7 states"
        );
    }
}
