//! How much a search may do.

use std::num::NonZero;
use std::time::Duration;

use crate::settings::quantity::{Gap, duration};

/// Over the flags that say how long a search may last.
const SEARCH: &str = "Limits of the search; the first that is reached ends it";

/// What a search may spend. Whichever limit comes first ends it.
#[derive(Debug, clap::Args)]
pub(crate) struct Effort {
    /// End the search after this time, as 500ms, 30s or 2m
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = SEARCH)]
    pub(crate) time_limit: Option<Duration>,
    /// End the search after this many states; repeatable on any machine
    #[arg(long, value_name = "N", help_heading = SEARCH)]
    pub(crate) node_limit: Option<u64>,
    /// End the search once the best order is this close to the bound, as 2%
    #[arg(long, value_name = "SHARE", help_heading = SEARCH)]
    pub(crate) gap: Option<Gap>,
}

/// How a search may go about it.
#[derive(Debug, clap::Args)]
pub(crate) struct Workers {
    /// Search on so many threads; the result is the same on any number [default: all processors]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZero<usize>>,
}
