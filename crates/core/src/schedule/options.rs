//! What a caller may ask of the search.

use std::fmt;

use crate::limits::Limits;
use crate::units::Bytes;

/// Each safe step of the solver, to be turned off in tests and ablations. All are on by default, and none changes
/// the optimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Switches {
    /// Glue operators that some best order runs back to back.
    pub glue: bool,
    /// Split at downsets that every order passes through.
    pub split: bool,
    /// Run at once what lowers the live bytes within the level.
    pub free_moves: bool,
    /// Run what frees nothing only together with what it is run for.
    pub jumps: bool,
    /// Commit at valleys.
    pub commits: bool,
    /// Search from both ends where one is not enough.
    pub both_ends: bool,
    /// Begin forward alone, and take the other end up only where that goes on for long.
    pub forward_first: bool,
    /// Search from above too: at the highest level below the best order.
    pub leaps: bool,
    /// Put modules into one line each where the first gear is not enough.
    pub modules: bool,
    /// Raise the level before the search by what must be live around single operators.
    pub around: bool,
    /// Put windows of the best order in a better order where the first gear is not enough.
    pub neighbours: bool,
    /// Raise the level by what windows of the problem need alone.
    pub windows: bool,
}

impl Switches {
    /// Everything on.
    pub const ALL: Self = Self {
        glue: true,
        split: true,
        free_moves: true,
        jumps: true,
        commits: true,
        both_ends: true,
        forward_first: true,
        leaps: true,
        modules: true,
        around: true,
        neighbours: true,
        windows: true,
    };
    /// Everything off: plain best-first search.
    pub const NONE: Self = Self {
        glue: false,
        split: false,
        free_moves: false,
        jumps: false,
        commits: false,
        both_ends: false,
        forward_first: false,
        leaps: false,
        modules: false,
        around: false,
        neighbours: false,
        windows: false,
    };
}

impl Default for Switches {
    fn default() -> Self {
        Self::ALL
    }
}

/// How far a running search is: the optimum lies between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// No order needs less.
    pub lower: Bytes,
    /// The best order so far needs this.
    pub upper: Bytes,
    /// States expanded so far.
    pub states: u64,
}

/// What a caller asks.
#[derive(Clone)]
pub struct Options<'a> {
    /// When to stop.
    pub limits: Limits,
    /// Which steps to use.
    pub switches: Switches,
    /// Told whenever the interval narrows.
    pub observer: Option<&'a (dyn Fn(Progress) + Sync)>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            switches: Switches::ALL,
            observer: None,
        }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("limits", &self.limits)
            .field("switches", &self.switches)
            .finish_non_exhaustive()
    }
}
