//! Which sums to add up anew, and with which terms they begin.

use std::sync::atomic::Ordering;

use crate::error::Result;
use crate::ids::{Table, TensorId};
use crate::memory::{Instance, live_ranges, profile};
use crate::plan::Order;
use crate::units::Bytes;

use super::{ALL_OPERATORS, ALL_STATES, Begun, Sums, Trial};

/// Choices that are all tried, if there are no more.
const FEW: usize = 200;
/// Sums looked at in each round, one by one.
const SINGLES: usize = 12;
/// Beginnings of one sum tried in each round.
const PAIRS: usize = 15;

/// Where the search stands.
struct Stand {
    begun: Begun,
    distance: (Bytes, usize, usize),
    /// The step behind which each tensor is there.
    made: Table<TensorId, u32>,
    /// Sums that hold memory at the peak.
    high: Vec<usize>,
}

impl Sums<'_> {
    /// Tries choices. Says whether every one was looked at.
    pub(super) fn run(&mut self) -> Result<bool> {
        if self.sums.is_empty() {
            return Ok(true);
        }
        let bound = self.bound()?;
        if bound >= self.base.2.peak {
            return Ok(true);
        }
        let mut choices = 1usize;
        for sum in &self.sums {
            let pairs = sum.terms.len() * (sum.terms.len() - 1) / 2;
            choices = choices.saturating_mul(1 + pairs);
        }
        if choices <= FEW {
            return self.all_choices();
        }
        let (none, order) = (Begun::new(), self.base.1.order.clone());
        let start = self.stand(&none, &order, 0)?;
        let all = (0..self.sums.len()).map(|sum| (sum, self.first(sum, &start)));
        let all = all.collect();
        let upwards = self.upwards(start, bound)?;
        self.thinned(upwards)?;
        if let Some(trial) = self.trial(&all)? {
            let from = self.stand(&trial.begun, &trial.order, trial.chains.len())?;
            let best = self.upwards(from, bound)?;
            self.thinned(best)?;
        }
        Ok(false)
    }

    /// Every set of sums with every beginning, small sets first.
    fn all_choices(&mut self) -> Result<bool> {
        let mut choices = vec![Begun::new()];
        for (sum, many) in self.sums.iter().enumerate() {
            let known = choices.clone();
            for pair in pairs(many.terms.len()) {
                choices.extend(known.iter().map(|begun| with(begun, sum, pair)));
            }
        }
        choices.sort_by_key(Begun::len);
        for begun in choices.iter().skip(1) {
            if self.is_over(1) {
                return Ok(false);
            }
            self.trial(begun)?;
        }
        Ok(true)
    }

    /// Adds sums at the peak, and lets them begin otherwise, as long as that leads nearer to something better, and that can be.
    fn upwards(&mut self, mut stand: Stand, bound: Bytes) -> Result<Stand> {
        while stand.distance.0 > bound && !self.is_over(1) {
            let mut best: Option<Trial> = None;
            for begun in self.neighbours(&stand) {
                if self.is_over(1) {
                    break;
                }
                let known = best.as_ref().map_or(stand.distance, Trial::distance);
                if let Some(trial) = self.trial(&begun)?.filter(|trial| trial.distance() < known) {
                    best = Some(trial);
                }
            }
            let Some(trial) = best else {
                break;
            };
            stand = self.stand(&trial.begun, &trial.order, trial.chains.len())?;
        }
        Ok(stand)
    }

    /// What to try next.
    fn neighbours(&self, stand: &Stand) -> Vec<Begun> {
        let mut tries = Vec::new();
        // All begin with the terms that this order makes first.
        let again = stand.begun.keys();
        let again: Begun = again.map(|&sum| (sum, self.first(sum, stand))).collect();
        let new = stand.high.iter().copied();
        let new: Vec<usize> = new.filter(|sum| !again.contains_key(sum)).collect();
        for begun in [&stand.begun, &again] {
            let mut together = begun.clone();
            together.extend(new.iter().map(|&sum| (sum, self.first(sum, stand))));
            tries.push(together);
        }
        tries.push(again);
        for &sum in new.iter().take(SINGLES) {
            tries.push(with(&stand.begun, sum, self.first(sum, stand)));
        }
        for &sum in stand.high.iter().take(SINGLES) {
            let others = pairs(self.sums[sum].terms.len());
            let others = others.take(PAIRS);
            tries.extend(others.map(|pair| with(&stand.begun, sum, pair)));
        }
        tries.retain(|begun| !begun.is_empty());
        tries
    }

    /// The two terms of a sum that are there first.
    fn first(&self, sum: usize, stand: &Stand) -> [usize; 2] {
        let terms = &self.sums[sum].terms;
        let mut places: Vec<usize> = (0..terms.len()).collect();
        places.sort_by_key(|&place| stand.made[terms[place]]);
        [places[0].min(places[1]), places[0].max(places[1])]
    }

    /// Leaves out sums, one after the other, without which the peak is no higher.
    fn thinned(&mut self, mut stand: Stand) -> Result<()> {
        for sum in stand.begun.clone().into_keys() {
            if self.is_over(2) {
                break;
            }
            let mut begun = stand.begun.clone();
            begun.remove(&sum);
            if let Some(trial) = self.trial(&begun)?
                && trial.rank() < (stand.distance.0, stand.distance.2)
            {
                (stand.begun, stand.distance) = (begun, trial.distance());
            }
        }
        Ok(())
    }

    /// What an order of the graph of a choice tells.
    fn stand(&self, begun: &Begun, order: &Order, chains: usize) -> Result<Stand> {
        let model = self.model(begun)?;
        let instance = Instance::new(&model.graph, &self.options.target);
        let (steps, ranges) = (profile(&instance, order), live_ranges(&instance, order));
        let mut made = Table::filled(0, model.graph.tensors().len());
        for (step, &op) in (1..).zip(order.ops()) {
            model
                .graph
                .op(op)
                .outputs
                .iter()
                .for_each(|&t| made[t] = step);
        }
        let peaks: Vec<u32> = (0..)
            .zip(&steps.steps)
            .filter(|(_, live)| **live == steps.peak)
            .map(|(step, _)| step)
            .collect();
        let is_high = |t: TensorId| {
            let range = ranges[instance.home(t)];
            range.is_some_and(|range| peaks.iter().any(|&step| range.contains(step)))
        };
        let holds = |&sum: &usize| {
            let many = &self.sums[sum];
            let own = model.accumulators.iter().filter(|(of, _)| *of == sum);
            let written = many
                .additions
                .iter()
                .map(|&op| self.graph().op(op).outputs[0]);
            let terms = many.terms.iter().copied();
            terms
                .chain(own.map(|(_, t)| *t))
                .chain(written)
                .any(is_high)
        };
        Ok(Stand {
            begun: begun.clone(),
            distance: (steps.peak, peaks.len(), chains),
            high: (0..self.sums.len()).filter(holds).collect(),
            made,
        })
    }

    /// Whether the search should end: it was interrupted, or has used so many times its states or operators, or half of the time there is: what was
    /// found is thinned at the price of another search.
    fn is_over(&self, times: u32) -> bool {
        let interrupted = self.options.search.limits.interrupt.as_ref();
        interrupted.is_some_and(|flag| flag.load(Ordering::Relaxed))
            || self.states > ALL_STATES * u64::from(times)
            || self.operators > ALL_OPERATORS * times as usize
            || self.time.is_some_and(|time| self.watch.elapsed() > time)
    }
}

fn with(begun: &Begun, sum: usize, pair: [usize; 2]) -> Begun {
    let mut begun = begun.clone();
    begun.insert(sum, pair);
    begun
}

/// All pairs of places.
fn pairs(terms: usize) -> impl Iterator<Item = [usize; 2]> {
    (1..terms).flat_map(|second| (0..second).map(move |first| [first, second]))
}
