//! An interrupt ends one search of a comparison.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lowtide::{Algorithm, CompareOptions, Limits, Model, StopReason, compare};

/// What ended each search, where `interrupted` are the algorithms during which, or before which, Ctrl-C is pressed.
fn ends(interrupted: &[Algorithm]) -> Vec<(&'static str, Option<StopReason>)> {
    let model = Model::open("zoo:randwire-cell-b").unwrap();
    let flag = Arc::new(AtomicBool::new(false));
    let press = |algorithm: Algorithm| {
        if interrupted.contains(&algorithm) {
            flag.store(true, Ordering::Relaxed);
        }
    };
    let limits = Limits {
        nodes: 50_000,
        interrupt: Some(Arc::clone(&flag)),
        ..Limits::default()
    };
    let asked = CompareOptions {
        limits,
        started: Some(&press),
        ..CompareOptions::default()
    };
    let comparison = compare(&model, &asked).unwrap();
    let searches = comparison.orders.iter().map(|order| &order.candidate);
    let searches = searches.filter_map(|found| Some((found.algorithm.name(), found.proof?)));
    searches
        .map(|(name, proof)| (name, proof.stopped_by()))
        .collect()
}

#[test]
fn an_interrupt_ends_one_search_and_the_next_begins() {
    let (limit, ctrl_c) = (Some(StopReason::NodeLimit), Some(StopReason::Interrupted));
    assert_eq!(ends(&[]), [("serenity", limit), ("exact", None)]);
    assert_eq!(
        ends(&[Algorithm::Serenity]),
        [("serenity", ctrl_c), ("exact", None)]
    );
    assert_eq!(
        ends(&[Algorithm::Exact]),
        [("serenity", limit), ("exact", ctrl_c)]
    );
    let both = [Algorithm::Serenity, Algorithm::Exact];
    assert_eq!(ends(&both), [("serenity", ctrl_c), ("exact", ctrl_c)]);
    // Baselines are no searches: what is pressed then is for the first search.
    let first = Algorithm::ALL[0];
    assert_eq!(ends(&[first]), [("serenity", ctrl_c), ("exact", None)]);
}
