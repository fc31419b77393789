//! Counts against every order in turn, and draws against counts.

use super::{census, sample};
use crate::limits::{Limits, Meter, StopReason};
use crate::memory::{Instance, Target, profile};
use crate::plan::Order;
use crate::testing::{families, generate, oracle};
use crate::units::Bytes;

fn meter(nodes: u64) -> Meter {
    Meter::start(&Limits {
        nodes,
        ..Limits::default()
    })
}

#[test]
fn shares_are_those_of_all_orders() {
    let mut many = 0;
    for seed in 0..600 {
        let graph = generate::graph(seed, 7);
        let instance = Instance::new(&graph, &Target::TFLM);
        let mut peaks = Vec::new();
        oracle::for_each_order(&instance, &mut |order| {
            peaks.push(profile(&instance, order).peak);
        });
        let (low, high) = (peaks.iter().min().copied(), peaks.iter().max().copied());
        let (low, high) = (low.unwrap_or_default(), high.unwrap_or_default());
        let levels = [
            low.saturating_sub(Bytes(1)),
            low,
            Bytes(low.get().midpoint(high.get())),
            high,
        ];
        let found = census(&instance, &levels, &mut meter(u64::MAX)).expect("few downsets");
        assert_eq!(found.orders, peaks.len() as f64);
        for (&level, share) in levels.iter().zip(&found.shares) {
            let within = peaks.iter().filter(|&&peak| peak <= level).count();
            let expected = within as f64 / peaks.len() as f64;
            assert!(
                (share - expected).abs() < 1e-12,
                "seed {seed}: {share} {expected}"
            );
        }
        many += usize::from(peaks.len() > 50 && low < high);
    }
    assert!(many > 10, "{many}");
}

#[test]
fn the_limit_of_downsets_is_kept() {
    let graph = families::watts_strogatz(32, 4, 0.75, 1);
    let instance = Instance::new(&graph, &Target::TFLM);
    assert_eq!(
        census(&instance, &[], &mut meter(10)),
        Err(StopReason::NodeLimit)
    );
}

#[test]
fn the_chain_draws_as_the_census_counts() {
    let graph = families::layered(3, 18, 1);
    let instance = Instance::new(&graph, &Target::TFLM);
    let file = Order::new(graph.file_order());
    let starts = [
        file.clone(),
        crate::schedule::baseline::reverse_postorder(&instance),
    ];
    let drawn = sample(&instance, &starts, 4000, 1);
    assert!(drawn.scale_reduction < 1.01, "{}", drawn.scale_reduction);
    let mut levels = drawn.peaks.clone();
    levels.sort_unstable();
    levels.dedup();
    let counted = census(&instance, &levels, &mut meter(u64::MAX)).expect("few downsets");
    assert!(levels.len() > 4);
    for (&level, share) in levels.iter().zip(&counted.shares) {
        let within = drawn.peaks.iter().filter(|&&peak| peak <= level).count();
        let estimate = within as f64 / drawn.peaks.len() as f64;
        // Four standard errors of 8000 independent draws.
        assert!(
            (estimate - share).abs() < 0.023,
            "{level}: {estimate} {share}"
        );
    }
}
