//! LiteRT's own planner as we have it gives the arenas that its interpreter was measured with: reference kernels, release 2.3.0,
//! the span of the addresses of all tensors (`tests/runtimes/lowtide_runtimes/interpreters/litert.py`).

#[path = "common/shared_models.rs"]
mod shared_models;

use lowtide_core::compile::runtime_plan;
use lowtide_core::memory::Target;
use lowtide_core::plan::Order;
use lowtide_core::units::Bytes;
use lowtide_formats::tflite::Model;

/// Models whose reference kernels take no scratch memory that matters, in file order.
const ARENAS: &[(&str, u64)] = &[
    ("gen_darts_v2_cifar_c16_int8", 273_472),
    ("gen_inception_like_128_int8", 1_294_336),
    ("gen_randwire_s9_c32_unw_int8", 133_632),
    ("mcunet_person_det_int8", 582_784),
    ("mlperf_ad_ae_int8", 1408),
    ("mlperf_ic_resnet8_int8", 52224),
    ("mlperf_vww_mbv1_int8", 82944),
    ("mp_blazeface_front_f16", 1_769_472),
    ("mp_face_blendshapes", 175_040),
    ("mp_selfie_segmenter", 4_456_448),
    ("swiftnet_vww_uint8", 501_760),
    ("coral_deeplab_dm05_uint8", 8_421_512),
    ("coral_mbv2_uint8", 1_655_808),
    ("coral_movenet_lightning_int8", 1_216_512),
];

#[test]
fn arenas_are_those_of_the_interpreter() {
    for (path, bytes) in shared_models::tflite_models() {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let name = stem.unwrap_or_default();
        let Some(&(_, arena)) = ARENAS.iter().find(|(known, _)| *known == name) else {
            continue;
        };
        let model = Model::parse(bytes).expect("a model");
        let order = Order::new(model.graph().file_order());
        let plan = runtime_plan(model.graph(), &Target::LITERT, &order, &[]).expect("a plan");
        assert_eq!(plan.layout.height, Bytes(arena), "{name}");
    }
}
