//! LiteRT's own planner as we have it gives the arenas that its interpreter was measured with: release 2.3.0, one thread, the span of the
//! addresses of all tensors (`tests/runtimes/lowtide_runtimes/interpreters/litert.py`).

#[path = "common/shared_models.rs"]
mod shared_models;

use lowtide_core::compile::runtime_plan;
use lowtide_core::memory::Target;
use lowtide_core::plan::Order;
use lowtide_core::units::Bytes;
use lowtide_formats::tflite::Model;
use lowtide_formats::tflite::litert::{Kernels, scratch};

/// The model, and its arena with reference kernels and with optimised ones, in file order. Reference kernels refuse `unetpp`.
const ARENAS: &[(&str, Option<u64>, u64)] = &[
    ("dtln_model1_quant", Some(10816), 10816),
    ("gen_darts_v2_cifar_c16_int8", Some(273_472), 273_472),
    ("gen_inception_like_128_int8", Some(1_294_336), 2_424_832),
    ("gen_randwire_s9_c32_unw_int8", Some(133_632), 165_888),
    ("gen_unetpp_c8_96_int8", None, 4_635_648),
    ("mcunet_person_det_int8", Some(582_784), 582_784),
    ("mlperf_ad_ae_int8", Some(1408), 1408),
    ("mlperf_ic_resnet8_int8", Some(52224), 199_680),
    ("mlperf_vww_mbv1_int8", Some(82944), 108_288),
    ("mp_blazeface_front_f16", Some(1_769_472), 1_818_624),
    ("mp_face_blendshapes", Some(175_040), 175_040),
    ("mp_selfie_segmenter", Some(4_456_448), 4_915_200),
    ("ssd_mbv2_fpnlite_320", Some(3_379_200), 3_379_200),
    ("swiftnet_vww_uint8", Some(501_760), 812_224),
    ("coral_deeplab_dm05_uint8", Some(8_421_512), 8_421_512),
    ("coral_mbv2_uint8", Some(1_655_808), 1_655_808),
    ("coral_movenet_lightning_int8", Some(1_216_512), 1_216_512),
];

/// The bytes that tensors span in LiteRT's plan; scratch may lie above them.
fn span(model: &Model, kernels: Kernels) -> Bytes {
    let order = Order::new(model.graph().file_order());
    let scratch = scratch(&model.file().model, kernels);
    let plan = runtime_plan(model.graph(), &Target::LITERT, &order, &scratch).expect("a plan");
    let buffers = plan.buffers.problem.buffers();
    let of_tensors = buffers.iter().take(plan.buffers.tensors.len());
    let ends = of_tensors.map(|(id, buffer)| plan.layout.offsets[id] + buffer.size);
    ends.max().unwrap_or_default()
}

#[test]
fn arenas_are_those_of_the_interpreter() {
    for (path, bytes) in shared_models::tflite_models() {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let name = stem.unwrap_or_default();
        let Some(&(_, reference, optimised)) = ARENAS.iter().find(|(known, ..)| *known == name)
        else {
            continue;
        };
        let model = Model::parse(bytes).expect("a model");
        if let Some(reference) = reference {
            assert_eq!(span(&model, Kernels::Reference), Bytes(reference), "{name}");
        }
        assert_eq!(span(&model, Kernels::Optimised), Bytes(optimised), "{name}");
    }
}
