//! TFLM's own planner as we have it gives the heads that its interpreter was measured with (`docs/arena-to-declare.md`),
//! and the exact packer never needs more.

#[path = "common/shared_models.rs"]
mod shared_models;

use lowtide_core::arena::{Options, greedy, pack};
use lowtide_core::check::check_layout;
use lowtide_core::limits::Limits;
use lowtide_core::memory::{Instance, Target, live_ranges, profile};
use lowtide_core::packing::{Buffer, Problem};
use lowtide_core::plan::Order;
use lowtide_core::units::Bytes;
use lowtide_formats::tflite::Model;

/// Heads of the plan in the interpreter, models without scratch buffers.
const HEADS: &[(&str, u64)] = &[
    ("mlperf_ad_ae_int8", 768),
    ("mlperf_ic_resnet8_int8", 49152),
    ("mlperf_vww_mbv1_int8", 73728),
    ("tflm_person_detect_int8", 55296),
    ("mcunet_person_det_int8", 337_024),
    ("edsr_f32b5_int8", 82_944_000),
    ("swiftnet_vww_uint8", 376_320),
];

/// What TFLM packs for the file's order: every live tensor, rounded up to 16.
fn problem(model: &Model) -> (Problem, Bytes) {
    let graph = model.graph();
    let instance = Instance::new(graph, &Target::TFLM);
    let order = Order::new(graph.file_order());
    let ranges = live_ranges(&instance, &order);
    let live = ranges.iter().filter_map(|(t, range)| Some((t, (*range)?)));
    let buffers = live.map(|(t, range)| {
        let size = graph.tensor(t).bytes.align_up(16);
        Buffer::new(range.start.into(), range.end.into(), size)
    });
    let problem = Problem::new(buffers.collect(), None).expect("a problem");
    (problem, profile(&instance, &order).peak)
}

#[test]
fn greedy_heads_are_those_of_the_interpreter_and_exact_ones_the_peak() {
    for (path, bytes) in shared_models::tflite_models() {
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let Some(&(_, head)) = HEADS.iter().find(|(known, _)| *known == name) else {
            continue;
        };
        let (problem, peak) = problem(&Model::parse(bytes).expect("a model"));
        let layout = greedy::tflm(&problem);
        assert_eq!(check_layout(&problem, &layout), Ok(()), "{name}");
        assert_eq!(layout.height, Bytes(head), "{name}");
        let limits = Limits {
            nodes: 10_000,
            ..Limits::default()
        };
        let packing = pack(
            &problem,
            &Options {
                limits,
                ..Options::default()
            },
        );
        assert_eq!(check_layout(&problem, &packing.layout), Ok(()), "{name}");
        assert_eq!(packing.layout.height, peak.align_up(16), "{name}");
    }
}
