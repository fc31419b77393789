//! Fuzz bodies: each takes a seed or bytes and panics where an invariant breaks. The fuzz targets call them for hours,
//! the tests below for a second each.

use fastrand::Rng;

use crate::check::check_order;
use crate::graph::{Graph, text};
use crate::limits::{Limits, Meter};
use crate::memory::{Aliasing, Honoured, Instance, Target, profile};
use crate::schedule::baseline::Baseline;
use crate::schedule::serenity::{Switches, serenity};

use super::{generate, oracle};

/// Any bytes: the text reader refuses them, or reads a graph that is printed and read without loss.
pub fn text(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(graph) = text::parse(source) {
        let printed = text::print(&graph);
        let again = text::parse(&printed).expect("what is printed is read");
        // As texts of the whole value: a scale may be NaN, which is not equal to itself.
        assert_eq!(format!("{again:?}"), format!("{graph:?}"), "{printed}");
    }
}

/// A random graph as text, damaged in a few places, goes to [`text`](text()).
pub fn damaged_text(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let mut bytes = generate::graph(seed, 6).to_string().into_bytes();
    for _ in 0..rng.usize(0..4) {
        if bytes.is_empty() {
            break;
        }
        let at = rng.usize(0..bytes.len());
        match rng.u8(0..3) {
            0 => bytes[at] = rng.u8(b' '..=b'~'),
            1 => drop(bytes.remove(at)),
            _ => bytes.truncate(at + 1),
        }
    }
    text(&bytes);
}

/// Half the graphs have tensors that can share bytes.
pub(crate) fn drawn(seed: u64, most_ops: usize) -> Graph {
    match seed % 2 {
        0 => generate::graph(seed, most_ops),
        _ => generate::sharing(seed, most_ops),
    }
}

/// Every target, and some that no runtime is: what may be shared, bit by bit.
#[must_use]
pub fn targets() -> Vec<Target> {
    let (odd, other) = (&["OP", "RESHAPE"][..], &["ADD", "SPLIT", "OP"][..]);
    let mut targets = Target::ALL.to_vec();
    for bits in 0..8 {
        let on = |bit: u32| bits >> bit & 1 == 1;
        targets.push(Target {
            name: "made up",
            keeps_inputs: on(0) && on(1),
            counts_inputs: !on(2),
            aliasing: Aliasing {
                views: if on(0) {
                    Honoured::Listed(odd)
                } else {
                    Honoured::Every
                },
                in_place: if on(1) {
                    Honoured::Listed(other)
                } else {
                    Honoured::Every
                },
                sole_reader: on(2),
                inputs: on(0) != on(2),
                outputs: on(1) != on(2),
                above: u64::from(on(0)) * 2,
            },
            ..Target::IDEAL
        });
    }
    targets
}

/// The ruler counts what the referee counts, whatever the order.
pub fn ruler(seed: u64) {
    let mut rng = Rng::with_seed(!seed);
    let graph = drawn(seed, 24);
    for target in &targets() {
        let instance = Instance::new(&graph, target);
        for _ in 0..4 {
            let order = generate::order(&instance, &mut rng);
            let peak = profile(&instance, &order).peak;
            let verdict = check_order(&graph, target, &order, peak);
            assert_eq!(
                verdict,
                Ok(()),
                "seed {seed} {}: {order:?}\n{graph}",
                target.name
            );
        }
    }
}

/// The referee takes every baseline, and none is better than the oracle.
pub fn baselines(seed: u64) {
    let graph = drawn(seed, 12);
    for target in &targets() {
        let instance = Instance::new(&graph, target);
        let optimum = oracle::optimum(&instance);
        for baseline in Baseline::ALL {
            let order = baseline.order(&instance);
            let peak = profile(&instance, &order).peak;
            let verdict = check_order(&graph, target, &order, peak);
            let name = baseline.name();
            assert_eq!(verdict, Ok(()), "seed {seed} {name}\n{graph}");
            assert!(peak >= optimum, "seed {seed} {name}\n{graph}");
        }
    }
}

/// SERENITY finds the oracle's peak with every combination of its switches, however early its steps time out.
pub fn serenity_is_exact(seed: u64) {
    let mut rng = Rng::with_seed(!seed);
    let graph = drawn(seed, 12);
    let targets = targets();
    let target = &targets[rng.usize(0..targets.len())];
    let instance = Instance::new(&graph, target);
    let optimum = oracle::optimum(&instance);
    for combination in 0..4 {
        let switches = Switches {
            divide_and_conquer: combination & 1 != 0,
            soft_budget: combination & 2 != 0,
            step_states: rng.usize(1..30),
        };
        let run = serenity(&instance, switches, &mut Meter::start(&Limits::default()));
        let context = || format!("seed {seed} {switches:?} {run:?}\n{graph}");
        assert_eq!(
            (run.peak, run.proof.name()),
            (optimum, "optimal"),
            "{}",
            context()
        );
        let verdict = check_order(&graph, target, &run.order, optimum);
        assert_eq!(verdict, Ok(()), "{}", context());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::limits::Stopwatch;

    /// Calls `body` with seeds from 0 on for a second, and a hundred times at least.
    fn smoke(body: fn(u64)) {
        let clock = Stopwatch::start();
        (0u64..)
            .take_while(|&seed| seed < 100 || clock.elapsed() < Duration::from_secs(1))
            .for_each(body);
    }

    #[test]
    fn damaged_text() {
        smoke(super::damaged_text);
    }

    #[test]
    fn ruler() {
        smoke(super::ruler);
    }

    #[test]
    fn baselines() {
        smoke(super::baselines);
    }

    #[test]
    fn serenity_is_exact() {
        smoke(super::serenity_is_exact);
    }
}
