//! Taking operators apart never costs what it should win: no figure that a target declares is larger than that of the best order alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::collections::BTreeMap;
use std::path::Path;

use lowtide::report::OptimizeReport;
use lowtide::{Model, OptimizeOptions, Rewrite, Target, optimize};

/// Networks in which something is taken apart, for one target or another.
const NETWORKS: &[&str] = &[
    "zoo:swiftnet",
    "zoo:swiftnet-f32",
    "zoo:swiftnet-cell-b",
    "zoo:swiftnet-cell-c",
    "zoo:densenet-like",
    "zoo:unetpp",
    "zoo:hrnet-like-f32",
    "zoo:randwire-cell-b-f32",
    "zoo:randwire-cell-c",
];

const SHARED: &[&str] = &[
    "tflite/gen_inception_like_128_int8.tflite",
    "tflite/gen_unetpp_c8_96_int8.tflite",
    "onnx/own_unet_256.onnx",
    "onnx/own_msdnet_cifar.onnx",
];

/// Every figure of a result that a target declares.
fn figures(model: &Model, target: &Target, rewrite: Rewrite) -> BTreeMap<String, u64> {
    let options = OptimizeOptions {
        target: target.clone(),
        rewrite,
        measure: 0,
        ..OptimizeOptions::default()
    };
    let report = OptimizeReport::new(&optimize(model, &options).unwrap(), None);
    let mut figures = BTreeMap::from([
        ("peak".to_owned(), report.after.cost.peak_bytes),
        ("arena".to_owned(), report.arena.after.bytes),
    ]);
    if *target != Target::IDEAL {
        // No runtime plans for that one.
        figures.insert("planner".to_owned(), report.arena.after.greedy_bytes);
    }
    let declare = report.declare.as_ref().map(|pair| &pair.after);
    figures.extend(declare.map(|need| ("declare".to_owned(), need.device.bytes)));
    let kernels = report.litert.iter();
    figures.extend(kernels.map(|row| (format!("{} kernels", row.kernels), row.after_bytes)));
    let requested = report.requested_by_default.as_ref();
    figures.extend(requested.map(|part| ("by default".to_owned(), part.after_bytes)));
    figures
}

/// What is worse, in words; and whether something was won.
fn compared(model: &Model, target: &Target) -> (Vec<String>, bool) {
    let alone = figures(model, target, Rewrite::Off);
    let (mut faults, mut won) = (Vec::new(), false);
    for rewrite in [Rewrite::Exact, Rewrite::All] {
        let apart = figures(model, target, rewrite);
        won |= apart["peak"] < alone["peak"];
        for (name, &bytes) in &apart {
            let most = alone[name];
            if bytes > most {
                let (model, target, how) = (model.name(), target.name, rewrite.name());
                faults.push(format!("{model} {target} {how}: {name} {most} -> {bytes}"));
            }
        }
    }
    (faults, won)
}

#[test]
fn no_figure_of_any_target_is_worse_than_of_order_alone() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/models");
    let shared = SHARED
        .iter()
        .map(|name| shared.join(name).display().to_string());
    let mut names: Vec<String> = NETWORKS.iter().map(|&name| name.to_owned()).collect();
    let (there, absent): (Vec<_>, Vec<_>) = shared.partition(|path| Path::new(path).exists());
    if !absent.is_empty() {
        #[allow(clippy::print_stderr, reason = "a test says what it left out")]
        {
            eprintln!(
                "left out: {} models of ../shared are not there",
                absent.len()
            );
        }
    }
    names.extend(there);
    let (mut faults, mut wins) = (Vec::new(), 0);
    for name in &names {
        let model = Model::open(name).unwrap();
        for target in Target::ALL {
            let (worse, won) = compared(&model, target);
            faults.extend(worse);
            wins += usize::from(won);
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(
        wins >= 2 * NETWORKS.len(),
        "something was won {wins} times only"
    );
}
