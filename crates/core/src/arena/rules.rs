//! The rules that cut the exact search, each behind a switch.

/// Declares the rules, the only list of them: what numbers, names and combines them follows from it.
macro_rules! rules {
    ($(#[$about:meta])* pub struct Rules { $($(#[$proof:meta])* $rule:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(clippy::struct_excessive_bools, reason = "independent switches")]
        pub struct Rules {
            $($(#[$proof])* pub $rule: bool,)*
        }

        impl Rules {
            /// The names of the rules, in the order of their numbers.
            pub const NAMES: &[&str] = &[$(stringify!($rule)),*];

            fn switches(&mut self) -> impl Iterator<Item = &mut bool> {
                [$(&mut self.$rule),*].into_iter()
            }

            const fn all_are(on: bool) -> Self {
                Self { $($rule: on),* }
            }
        }
    };
}

rules! {
    /// Which rules the exact search uses. Every combination gives the same verdicts; tests hold that.
    ///
    /// All rules speak of **canonical layouts**. Among the layouts within the capacity take one with the smallest sum of offsets,
    /// twins ordered by index. It has these properties, and if there is a layout there is a canonical one:
    ///
    /// 1. No buffer that is free to move has a lower place that is free: moving it there would lower the sum.
    /// 2. So each such buffer lies at 0 or at the end, rounded up to its alignment, of a neighbour below it: one alignment step lower it
    ///    would overlap a neighbour, and that neighbour lies below, as it does not overlap now.
    /// 3. So in the order of (offset, rank), ranks being any fixed order of the buffers, each free buffer lies at its **rest**, the
    ///    largest rounded end of its neighbours placed before it (0 without any), and each fixed one at its offset. Neighbours placed later start at
    ///    or above its end, since neighbours of positive size never share an offset.
    ///
    /// The search places buffers in that order. Its **position** is the last (offset, rank) decided on; a free buffer whose (rest, rank)
    /// is at or before the position and which is not placed has been **passed over**. Each unplaced buffer has a **floor**, a lower bound on
    /// its offset in every canonical layout that extends what is placed; it is at least the rest, and where it is more, or the
    /// buffer was passed over, the buffer **waits**: it will lie above a neighbour that is not yet placed.
    ///
    /// Source: canonical layouts, sections, dominance and decomposition after M. Moffitt, *MiniMalloc*, ASPLOS 2023; the other rules are
    /// ours, with their proofs below.
    pub struct Rules {
        /// **Ceiling.** In each section that is still open, some unplaced buffer lies lowest, and all unplaced bytes of the section
        /// go above its start, so it starts at or below `capacity - unplaced`. Whatever is placed next starts at or below all that
        /// is placed later, hence at or below the least of these over the open sections.
        ceiling,
        /// **Dominance.** If a buffer could end at or below the place of the next one, it could still go to its rest when all is
        /// placed, as no neighbour placed later starts below that: the layout is not canonical (1). So the next place is below the
        /// least `rest + size` over the free unplaced buffers.
        dominance,
        /// **Waiting.** A waiting buffer ends up at the rounded end of a neighbour that is not yet placed (3), so its floor
        /// rises to the least rounded `floor + size` among these. If there is none, no canonical layout extends this one.
        waiting,
        /// **Blocking.** With waiting: only neighbours count that can start below the waiting buffer's `rest + size`. By (1)
        /// something overlaps the place at its rest; what is placed does not, so a neighbour `v` not yet placed does, and starts below
        /// that end. `v` is not above the waiting buffer, which would put its start at or above `rest + size`; so it is below, and the
        /// floor is at least its end.
        blocking,
        /// **First in section.** The lowest unplaced buffer of a section starts at or below `capacity - unplaced` (see ceiling).
        /// Those whose floor allows that are its candidates: none means a dead end, and every other unplaced
        /// buffer of the section starts at or above the least end of a candidate. If the only candidate cannot be placed at its rest,
        /// nothing is concluded: it may still wait for a buffer outside the section.
        first_in_section,
        /// **One machine.** The unplaced buffers of a section follow each other; taking them by ascending floor, each starts at or
        /// above its floor and above the sizes before it. If even that order ends above the capacity, every order does (the earliest
        /// release date first is optimal for the makespan of one machine).
        one_machine,
        /// **Decomposition.** Unplaced buffers that no chain of overlapping live ranges connects do not see each other: each part is
        /// searched on its own from the same position, and one part without a layout refutes the whole.
        decomposition,
        /// **Twins.** Free buffers with equal live ranges, sizes and alignments can swap offsets, which changes no sum; so the one with the lower
        /// rank lies lower.
        twins,
    }
}

impl Rules {
    /// Every rule.
    pub const ALL: Self = Self::all_are(true);
    /// The plain search: canonical order and nothing else.
    pub const NONE: Self = Self::all_are(false);

    /// The rules of which the bits are set in `bits`, the first rule at bit 0.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        let mut rules = Self::NONE;
        for (rule, switch) in rules.switches().enumerate() {
            *switch = bits >> rule & 1 == 1;
        }
        rules
    }

    /// All combinations of rules: none first, all last.
    pub fn combinations() -> impl Iterator<Item = Self> {
        (0..1 << Self::NAMES.len()).map(Self::from_bits)
    }

    /// All rules but one, for each of them, with the name of the one that is missing.
    pub fn all_but_one() -> impl Iterator<Item = (&'static str, Self)> {
        let without = |rule: usize| Self::from_bits(!(1 << rule));
        (Self::NAMES.iter().enumerate()).map(move |(rule, &name)| (name, without(rule)))
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::ALL
    }
}
