//! Nets so large that nobody knows who runs before whom: their tensors keep enders that never come last.

use crate::limits::{Limits, Meter};
use crate::memory::{Instance, Target};
use crate::schedule::Switches;
use crate::schedule::exact::{Outcome, Search};
use crate::schedule::net::{Draft, Reach};
use crate::testing::{generate, oracle};

/// The search alone, on a net that nothing was done to.
fn agrees(seed: u64) {
    let graph = generate::sharing(seed, 12);
    let target = &Target::ALL[seed as usize % Target::ALL.len()];
    let instance = Instance::new(&graph, target);
    let unknown = Reach::new(usize::MAX, |_| &[]);
    let (net, _) = Draft::from_instance(&instance).seal(&unknown);
    for switches in [
        Switches::ALL,
        Switches::NONE,
        Switches::combination(seed as u32),
    ] {
        let mut meter = Meter::start(&Limits::default());
        let mut search = Search::new(&net, 0, switches);
        let found = search.run(u64::MAX, u64::MAX, &mut meter);
        let Ok(Outcome::Found(order)) = found else {
            panic!("seed {seed}: {found:?}");
        };
        let mut place = vec![usize::MAX; net.len() as usize];
        (0..)
            .zip(&order)
            .for_each(|(i, &op)| place[op as usize] = i);
        let valid = |&op: &u32| {
            net.before(op)
                .iter()
                .all(|&p| place[p as usize] < place[op as usize])
        };
        assert!(
            order.len() == place.len() && order.iter().all(valid),
            "seed {seed}"
        );
        let peak = net.costs(&order).into_iter().max().unwrap_or(0);
        assert_eq!(
            peak,
            oracle::optimum(&instance).get(),
            "seed {seed}, {switches:?}"
        );
    }
}

#[test]
fn the_search_needs_no_reduction() {
    (0..6_000).for_each(agrees);
}
