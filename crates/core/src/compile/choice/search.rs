//! Which choices to try: all of them where there are few, else from both ends.
//!
//! From the empty choice upwards, sites are added that hold memory at the peak, one by one and together, with and without the sites that
//! they make possible, as long as that helps. The full choice is tried as well. From the best of both, sites are taken out that turn out to win nothing.

use crate::error::Result;
use crate::ids::OpId;

use super::trials::{Trial, Trials};

/// Sites of which all subsets are tried.
const FEW: usize = 8;
/// Sites added together of which some are then taken out again.
const MOST_THINNED: usize = 16;
/// Sites added one by one in each round.
const SINGLES: usize = 12;

/// Fills `trials`. Says whether every choice was looked at.
pub(super) fn run(trials: &mut Trials<'_>) -> Result<bool> {
    trials.find_sites()?;
    let all = trials.sites.clone();
    if all.is_empty() {
        return Ok(true);
    }
    if all.len() <= FEW {
        return subsets(trials, &all);
    }
    let upwards = upwards(trials)?;
    let full = trials.trial(&all)?;
    for trial in [upwards, full] {
        thinned(trials, trial)?;
    }
    Ok(false)
}

/// Every subset, small ones first: of equal peaks the first is wanted, and floors then spare the search of larger ones.
fn subsets(trials: &mut Trials<'_>, all: &[OpId]) -> Result<bool> {
    let mut masks: Vec<u32> = (1..1 << all.len()).collect();
    masks.sort_by_key(|mask: &u32| mask.count_ones());
    for mask in masks {
        if trials.is_over() {
            return Ok(false);
        }
        let chosen = (0..).zip(all).filter(|(i, _)| mask >> i & 1 == 1);
        let chosen: Vec<OpId> = chosen.map(|(_, &op)| op).collect();
        trials.trial(&chosen)?;
    }
    Ok(true)
}

/// Adds sites at the peak as long as the peak falls.
fn upwards(trials: &mut Trials<'_>) -> Result<Trial> {
    let mut current = trials.alone.clone();
    while !trials.is_over() {
        let sites = trials.at_the_peak(&current)?;
        let mut tries: Vec<Vec<OpId>> =
            sites.iter().take(SINGLES).map(|&site| vec![site]).collect();
        // Together, and with the sites that come up only behind them.
        tries.push(sites.clone());
        let with = trials.trial(&joined(&current.sites, &sites))?;
        tries.push(joined(&sites, &trials.at_the_peak(&with)?));
        // A concatenation is brought by one patch to the next: ReLU, a cut, the convolution behind it (DARTS).
        for site in sites.iter().take(SINGLES) {
            tries.push(trials.with_what_follows(&current.sites, &[*site])?);
        }
        tries.push(trials.with_what_follows(&current.sites, &sites)?);
        let mut best = current.clone();
        for added in tries {
            if trials.is_over() {
                break;
            }
            let mut trial = trials.trial(&joined(&current.sites, &added))?;
            // Some of them may be too many: what one site wins another one can lose.
            if added.len() > 1 && added.len() <= MOST_THINNED && trial.rank() >= best.rank() {
                trial = thinned(trials, trial)?;
            }
            if trial.order.is_some() && trial.rank() < best.rank() {
                best = trial;
            }
        }
        if best.peak >= current.peak {
            break;
        }
        current = best;
    }
    Ok(current)
}

fn joined(a: &[OpId], b: &[OpId]) -> Vec<OpId> {
    a.iter().chain(b).copied().collect()
}

/// Takes out sites, one after the other, without which the peak is no higher.
fn thinned(trials: &mut Trials<'_>, mut current: Trial) -> Result<Trial> {
    for site in current.sites.clone() {
        if trials.is_over() {
            break;
        }
        let others: Vec<OpId> = current
            .sites
            .iter()
            .copied()
            .filter(|&op| op != site)
            .collect();
        let trial = trials.trial(&others)?;
        if trial.order.is_some() && trial.rank() < current.rank() {
            current = trial;
        }
    }
    Ok(current)
}
