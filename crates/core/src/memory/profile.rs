//! Live bytes step by step.

use crate::ids::OpId;
use crate::plan::Order;
use crate::units::Bytes;

use super::{Instance, live_ranges};

/// What an order costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Live bytes during each step.
    pub steps: Vec<Bytes>,
    /// The largest of them; zero without steps.
    pub peak: Bytes,
    /// The first step that reaches the peak, and its operator.
    pub peak_at: Option<(u32, OpId)>,
}

impl Profile {
    /// Live bytes summed over all steps: how much lies about for how long.
    #[must_use]
    pub fn byte_steps(&self) -> u64 {
        let steps = self.steps.iter().map(|live| live.get());
        steps.fold(0, u64::saturating_add)
    }
}

/// Measures `order`, which must hold every operator of the instance once.
#[must_use]
pub fn profile(instance: &Instance<'_>, order: &Order) -> Profile {
    let mut change = vec![0i128; order.len() + 1];
    let graph = instance.graph();
    for (id, range) in live_ranges(instance, order).iter() {
        if let Some(range) = range {
            let bytes = i128::from(graph.tensor(id).bytes.get());
            change[range.start as usize] += bytes;
            change[range.end as usize] -= bytes;
        }
    }
    let running = change[..order.len()].iter().scan(0i128, |live, &step| {
        *live += step;
        Some(Bytes(u64::try_from(*live).unwrap_or(u64::MAX)))
    });
    let steps: Vec<Bytes> = running.collect();
    let peak = steps.iter().copied().max().unwrap_or_default();
    let peak_at = steps
        .iter()
        .position(|&live| live == peak)
        .map(|step| (step as u32, order.ops()[step]));
    Profile {
        peak,
        peak_at,
        steps,
    }
}
