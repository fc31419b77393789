//! Beams against greedy layouts, kept scores against those of whole states.

use fastrand::Rng;

use crate::arena::beam::{Beam, Score, Tally};
use crate::arena::exact::instance::Instance;
use crate::arena::exact::search::{Next, next_candidate};
use crate::arena::exact::state::State;
use crate::arena::sections::Sections;
use crate::arena::tests::crowd;
use crate::arena::{Rules, greedy};
use crate::check::check_layout;
use crate::limits::{Limits, Meter};
use crate::units::Bytes;

#[test]
fn beams_find_layouts_below_greedy_ones() {
    let (mut won, meter) = (0, &mut Meter::start(&Limits::default()));
    for seed in 0..8 {
        let problem = crowd(seed);
        let sections = Sections::of(&problem).expect("few buffers");
        let instance = Instance::new(&problem, &sections);
        let greedy = greedy::lowest(&problem).height;
        for ease in [5.0, 20.0] {
            let beam = Beam {
                instance: &instance,
                rules: Rules::ALL,
                score: Score { ease },
                width: 8,
                step: 1,
            };
            let capacity = greedy - Bytes(1);
            let Some(offsets) = beam.run(capacity.get(), meter).expect("no limit is met") else {
                continue;
            };
            let layout = instance.layout(&problem, &offsets);
            assert_eq!(check_layout(&problem, &layout), Ok(()));
            assert!(layout.height <= capacity);
            won += 1;
        }
    }
    assert!(won >= 8, "{won} of 16 beams");
}

#[test]
fn a_kept_score_is_that_of_the_whole_state() {
    let score = Score { ease: 5.0 };
    let mut compared = 0;
    for seed in 0..20 {
        let problem = crowd(seed);
        let sections = Sections::of(&problem).expect("few buffers");
        let instance = Instance::new(&problem, &sections);
        let members: Vec<u32> = (0..instance.len() as u32).collect();
        let capacity = greedy::lowest(&problem).height.get();
        let mut state = State::new(&instance, capacity, Rules::ALL).expect("it fits");
        let (mut rng, mut position) = (Rng::with_seed(seed), (0, 0));
        let (mut kept, mut whole) = (
            Tally::new(score, 1, &instance),
            Tally::new(score, 1, &instance),
        );
        kept.take(&instance, &state);
        let all = (0, instance.members.len());
        while let Next::Place(buffer) = next_candidate(&instance, &state, &members, all, position) {
            let (buffer, mark) = (buffer as usize, state.mark());
            position = (state.rest[buffer], state.rank[buffer] + 1);
            let alive = state.place(&instance, buffer);
            let before = kept.beside(&instance, &state, buffer, mark);
            if alive && state.move_to(&instance, &members, position) {
                let after = kept.beside(&instance, &state, buffer, mark);
                whole.take(&instance, &state);
                assert!((after - whole.sum()).abs() < 1e-9, "seed {seed}");
                assert!(before <= after + 1e-9, "seed {seed}: lifting is never good");
                compared += 1;
                if rng.u8(..4) != 0 {
                    kept.take(&instance, &state);
                    continue;
                }
            }
            state.undo(mark);
            state.unplace(&instance, buffer);
            if !state.move_to(&instance, &members, position) {
                break;
            }
            kept.follow(&instance, &state, mark);
            whole.take(&instance, &state);
            assert!((kept.sum() - whole.sum()).abs() < 1e-9, "seed {seed}");
        }
    }
    assert!(compared > 300, "{compared}");
}
