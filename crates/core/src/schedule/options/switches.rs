//! The steps of the solver that can be turned off.

use std::fmt;

/// Makes [`Switch`], so that the list of all is never short of one.
macro_rules! switches {
    ($($(#[doc = $doc:literal])+ $switch:ident = $name:literal,)+) => {
        /// A safe step of the solver. None changes the optimum.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Switch {
            $($(#[doc = $doc])+ $switch,)+
        }

        impl Switch {
            /// Every switch. Combinations and ablations follow this list.
            pub const ALL: &'static [Self] = &[$(Self::$switch),+];

            /// The name used in records.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$switch => $name,)+
                }
            }
        }
    };
}

switches! {
    /// Glue operators that some best order runs back to back.
    Glue = "glue",
    /// Split at downsets that every order passes through.
    Split = "split",
    /// Run at once what lowers the live bytes within the level.
    FreeMoves = "free-moves",
    /// Run what frees nothing only together with what it is run for.
    Jumps = "jumps",
    /// Commit at valleys.
    Commits = "commits",
    /// Search from both ends where one is not enough.
    BothEnds = "both-ends",
    /// Begin forward alone, and take the other end up only where that goes on for long.
    ForwardFirst = "forward-first",
    /// Search from above too: at the highest level below the best order.
    Leaps = "leaps",
    /// Put modules into one line each where the first gear is not enough.
    Modules = "modules",
    /// Raise the level before the search by what must be live around single operators.
    Around = "around",
    /// Put windows of the best order in a better order where the first gear is not enough.
    Neighbours = "neighbours",
    /// Raise the level by what windows of the problem need alone.
    Windows = "windows",
}

/// Which steps of the solver are on: all by default, to be turned off in tests and ablations.
///
/// The solver learns of a switch by asking for it and in no other way, and asks only where the step has something to do: see
/// `testing::agreement`, which tries all combinations. So nothing here can be compared.
#[derive(Clone, Copy)]
pub struct Switches {
    /// A bit a switch.
    on: u32,
}

impl Switches {
    /// Everything off: plain best-first search.
    pub const NONE: Self = Self { on: 0 };
    /// Everything on.
    pub const ALL: Self = Self::combination(u32::MAX);

    /// Combination number `number`: bit `i` says whether `Switch::ALL[i]` is on; further bits say nothing.
    #[must_use]
    pub const fn combination(number: u32) -> Self {
        Self {
            on: number & ((1 << Switch::ALL.len()) - 1),
        }
    }

    /// The same with these switches on.
    #[must_use]
    pub fn with(self, switches: &[Switch]) -> Self {
        Self {
            on: self.on | bits(switches),
        }
    }

    /// The same with these switches off.
    #[must_use]
    pub fn without(self, switches: &[Switch]) -> Self {
        Self {
            on: self.on & !bits(switches),
        }
    }

    /// Whether a switch is on.
    pub(in crate::schedule) fn ask(self, switch: Switch) -> bool {
        #[cfg(any(test, feature = "testing"))]
        super::asked::note(switch);
        self.on & bit(switch) != 0
    }
}

fn bits(switches: &[Switch]) -> u32 {
    switches.iter().fold(0, |bits, &switch| bits | bit(switch))
}

const fn bit(switch: Switch) -> u32 {
    1 << switch as u32
}

impl Default for Switches {
    fn default() -> Self {
        Self::ALL
    }
}

impl fmt::Debug for Switches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = |switch: &&Switch| self.on & bit(**switch) != 0;
        f.debug_set()
            .entries(Switch::ALL.iter().filter(on))
            .finish()
    }
}
