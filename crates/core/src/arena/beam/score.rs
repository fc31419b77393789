//! How promising a partial layout is.

use crate::arena::exact::instance::Instance;
use crate::arena::exact::state::State;

/// A sum over the sections that are still open; lower is better. It grows as the waste runs out that a section can still afford: the
/// bytes, in steps of the problem, between where its lowest unplaced buffer can start and where it must.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Score {
    /// Unplaced bytes over affordable waste: where much is still to come, waste is dear.
    Bytes {
        /// Added to the waste, so that none left is bad and not all that counts.
        ease: f64,
    },
    /// One over affordable waste: every section counts the same.
    Sections {
        /// As above.
        ease: f64,
    },
}

impl Score {
    pub(crate) fn of(self, instance: &Instance, state: &State, step: u64) -> f64 {
        let mut sum = 0.0;
        for section in 0..instance.members.len() {
            if state.open[section] == 0 {
                continue;
            }
            let unplaced = instance.members.row(section).iter();
            let unplaced = unplaced.filter(|&&member| !state.placed[member as usize]);
            let lowest = unplaced.map(|&member| state.floor[member as usize]).min();
            let latest = state.latest[section];
            let waste = latest.saturating_sub(lowest.unwrap_or(0)) as f64 / step as f64;
            sum += match self {
                Self::Bytes { ease } => (state.room - latest) as f64 / step as f64 / (waste + ease),
                Self::Sections { ease } => 1.0 / (waste + ease),
            };
        }
        sum
    }
}
