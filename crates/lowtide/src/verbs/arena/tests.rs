//! What is written where the order with the smallest peak makes TFLM's arena larger.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[path = "../../../tests/common/random_adds.rs"]
mod random_adds;

use fastrand::Rng;
use lowtide_core::compile::{Algorithm, compile};
use lowtide_core::limits::Limits;
use lowtide_core::memory::Target;
use lowtide_core::plan::Order;

use super::{Maker, deploy, for_tflm, total};
use crate::{Format, Model};

/// Without the joint search, orders are chosen by their peaks alone, and some are worse than the file's in TFLM's planner.
#[test]
fn an_order_that_makes_the_arena_larger_gives_way_to_the_one_of_the_file() {
    let (mut rng, mut larger, mut of_the_file) = (Rng::with_seed(11), 0, 0);
    for round in 0..400 {
        let bytes = random_adds::random(&mut rng).write().unwrap();
        let model = Model::from_bytes("test.tflite", bytes, Format::Tflite).unwrap();
        let options = super::super::options(
            &Target::TFLM,
            Algorithm::default(),
            &Limits::default(),
            None,
        );
        let compiled = compile(model.graph(), &options).unwrap();
        let source = for_tflm(&model, &options.target).unwrap();
        let maker = Maker {
            model: &model,
            source,
            before: source.declared(),
            limits: &options.search.limits,
            plan: false,
        };
        let is_larger = maker.is_larger(&maker.made(&compiled).unwrap());
        let best = compiled.chosen.clone();
        let deployed = deploy(&model, compiled, &options, false).unwrap();
        let declared = deployed.declared.unwrap();
        assert!(
            declared.after.device.total <= declared.before.device.total,
            "round {round}"
        );
        let written = lowtide_formats::tflite::Model::parse(deployed.bytes).unwrap();
        assert_eq!(total(&written), declared.after.device.total);
        let chosen = &deployed.compiled.chosen;
        if is_larger {
            larger += 1;
            assert_ne!(chosen.order, best.order, "round {round}");
            assert_eq!(chosen.bound, best.bound, "no order needs less than before");
            let file = Order::new(model.graph().file_order());
            of_the_file += u32::from(chosen.order == file);
        } else {
            assert_eq!(chosen.order, best.order, "round {round}");
        }
    }
    assert!(larger > 3 && of_the_file > 3, "{larger}, {of_the_file}");
}
