//! Whether a need fits what a device has.

use lowtide_core::units::Bytes;
use serde::Serialize;

/// What can be said of a need against a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The order at hand fits.
    Fits,
    /// It does not fit, and nothing that was looked for can.
    Over,
    /// It does not fit, but the search ended before it was known whether another order does.
    Undecided,
}

/// A budget and how it was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Budget {
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
    pub fn judge(available: Bytes, required: Bytes, bound: Bytes) -> Self {
        let verdict = if required <= available {
            Verdict::Fits
        } else if bound > available {
            Verdict::Over
        } else {
            Verdict::Undecided
        };
        Self {
            available_bytes: available.get(),
            required_bytes: required.get(),
            excess_bytes: required.saturating_sub(available).get(),
            verdict,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Verdict};
    use lowtide_core::units::Bytes;

    #[test]
    fn only_a_bound_above_the_budget_rules_every_order_out() {
        let verdict = |bound| Budget::judge(Bytes(100), Bytes(120), Bytes(bound)).verdict;
        assert_eq!(verdict(90), Verdict::Undecided);
        assert_eq!(verdict(100), Verdict::Undecided);
        assert_eq!(verdict(101), Verdict::Over);
    }

    #[test]
    fn a_need_equal_to_the_budget_fits() {
        let budget = Budget::judge(Bytes(100), Bytes(100), Bytes(50));
        assert_eq!((budget.verdict, budget.excess_bytes), (Verdict::Fits, 0));
    }
}
