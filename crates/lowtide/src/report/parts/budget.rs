//! Whether a need fits what a device has.

use lowtide_core::memory::Target;
use lowtide_core::units::Bytes;
use serde::Serialize;

use crate::{Model, Result, can_declare};

/// What a budget is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetOn {
    /// Live activations, a property of the order.
    #[default]
    Peak,
    /// Activations with offsets in one arena, a property of the layout.
    Arena,
    /// All that TFLM takes from its arena, on a device with 32 bits.
    Declare,
}

impl BudgetOn {
    /// All of them, the default first.
    pub const ALL: &[Self] = &[Self::Peak, Self::Arena, Self::Declare];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Peak => "peak",
            Self::Arena => "arena",
            Self::Declare => "declare",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|on| on.name() == name)
    }

    /// Refuses a budget for what is not known of `model` on `target`.
    ///
    /// # Errors
    /// The arena to declare is TFLM's alone.
    pub fn check(self, model: &Model, target: &Target) -> Result<()> {
        match self {
            Self::Peak | Self::Arena => Ok(()),
            Self::Declare => can_declare(model, target),
        }
    }
}

/// Bytes that there are, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetAsked {
    /// How many.
    pub bytes: Bytes,
    /// For what.
    pub on: BudgetOn,
}

impl From<Bytes> for BudgetAsked {
    /// For the peak.
    fn from(bytes: Bytes) -> Self {
        let on = BudgetOn::default();
        Self { bytes, on }
    }
}

/// What can be said of a need against a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The order at hand fits.
    Fits,
    /// It does not fit, and nothing that was looked for can.
    Over,
    /// That is not known: it does not fit, but the search ended before it was known whether another order does; or it
    /// fits, but for parts whose share is not known.
    Undecided,
}

/// A budget and how it was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// For what.
    pub on: BudgetOn,
    /// What there is.
    pub available_bytes: u64,
    /// What the order at hand needs.
    pub required_bytes: u64,
    /// How much of that is missing; 0 if it fits.
    pub excess_bytes: u64,
    /// What follows.
    pub verdict: Verdict,
}

impl Budget {
    /// Judges an order that needs `required` where no order can need less than `bound`.
    #[must_use]
    pub fn judge(asked: BudgetAsked, required: Bytes, bound: Bytes) -> Self {
        let available = asked.bytes;
        let verdict = if required <= available {
            Verdict::Fits
        } else if bound > available {
            Verdict::Over
        } else {
            Verdict::Undecided
        };
        Self {
            on: asked.on,
            available_bytes: available.get(),
            required_bytes: required.get(),
            excess_bytes: required.saturating_sub(available).get(),
            verdict,
        }
    }

    /// The same where the need of so many parts is not counted: what fits is not decided then.
    #[must_use]
    pub fn with_unknown(mut self, parts: usize) -> Self {
        if self.verdict == Verdict::Fits && parts > 0 {
            self.verdict = Verdict::Undecided;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Verdict};
    use lowtide_core::units::Bytes;

    #[test]
    fn only_a_bound_above_the_budget_rules_every_order_out() {
        let verdict = |bound| Budget::judge(Bytes(100).into(), Bytes(120), Bytes(bound)).verdict;
        assert_eq!(verdict(90), Verdict::Undecided);
        assert_eq!(verdict(100), Verdict::Undecided);
        assert_eq!(verdict(101), Verdict::Over);
    }

    #[test]
    fn what_is_not_known_leaves_a_fit_undecided() {
        let judge = |required| Budget::judge(Bytes(100).into(), Bytes(required), Bytes(required));
        let verdict = |required| judge(required).with_unknown(1).verdict;
        assert_eq!(verdict(80), Verdict::Undecided);
        assert_eq!(verdict(101), Verdict::Over);
    }

    #[test]
    fn a_need_equal_to_the_budget_fits() {
        let budget = Budget::judge(Bytes(100).into(), Bytes(100), Bytes(50));
        assert_eq!((budget.verdict, budget.excess_bytes), (Verdict::Fits, 0));
    }
}
