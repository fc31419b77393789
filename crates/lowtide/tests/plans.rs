//! Files for TFLM: the arena to declare never grows, what is said of a file holds when it is read again, and the C header
//! compiles.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[path = "common/random_adds.rs"]
mod random_adds;

use std::path::Path;
use std::process::Command;

use fastrand::Rng;
use lowtide::{
    Format, Model, OptimizeOptions, Optimized, PlanState, header, inspect, optimize, zoo,
};
use lowtide_formats::tflite::plan::{OfflinePlan, check_plan};
use lowtide_formats::tflite::schema::{Buffer, File, Metadata};

use random_adds::random;

fn model(bytes: Vec<u8>) -> Model {
    Model::from_bytes("test.tflite", bytes, Format::Tflite).unwrap()
}

fn optimized(model: &Model, plan: bool) -> Optimized<'_> {
    let asked = OptimizeOptions {
        plan,
        ..OptimizeOptions::default()
    };
    optimize(model, &asked).unwrap()
}

/// The totals before and after, for 32 bits; what was written says the same of itself, and its plan passes the referee.
fn declared(optimized: &Optimized<'_>, what: &str) -> (u64, u64) {
    let declared = optimized.declared.as_ref().unwrap();
    let again = model(optimized.bytes.clone());
    let inspection = inspect(&again, &Default::default()).unwrap();
    assert_eq!(
        inspection.declared.as_ref(),
        Some(&declared.after),
        "{what}"
    );
    let file = File::read(optimized.bytes.clone()).unwrap();
    let parsed = lowtide_formats::tflite::Model::parse(optimized.bytes.clone()).unwrap();
    if let Some(plan) = parsed.offline_plan().unwrap() {
        assert_eq!(check_plan(&file.model, &plan), Ok(()), "{what}");
    }
    (
        declared.before.device.total.get(),
        declared.after.device.total.get(),
    )
}

#[test]
fn networks_of_the_zoo_get_a_head_as_low_as_their_peak() {
    let small = zoo::list()
        .iter()
        .filter(|network| !network.name.ends_with("-f32"));
    for network in small {
        let source = Model::open(&format!("zoo:{}", network.name)).unwrap();
        let result = optimized(&source, true);
        let (before, after) = declared(&result, network.name);
        assert!(after <= before, "{}", network.name);
        let (head, peak) = (
            result.declared.as_ref().unwrap().after.device.head,
            result.compiled.after.peak,
        );
        assert_eq!(head, result.arenas.after.layout.height, "{}", network.name);
        assert!(
            head.get() < peak.get() + 16 * 8,
            "{}: {head} for {peak}",
            network.name
        );
    }
}

#[test]
fn the_arena_to_declare_never_grows() {
    let (mut rng, mut smaller) = (Rng::with_seed(7), 0);
    for round in 0..400 {
        let source = model(random(&mut rng).write().unwrap());
        for plan in [true, false] {
            let result = optimized(&source, plan);
            let (before, after) = declared(&result, &format!("round {round}"));
            assert!(
                after <= before,
                "round {round}, plan {plan}: {before} -> {after}"
            );
            smaller += u32::from(after < before);
        }
    }
    assert!(smaller > 100, "{smaller} of 800 are smaller");
}

/// The plan in a source is not carried along with another order, and kept where nothing lower is found: this one overlaps
/// tensors, which lowtide would not do.
#[test]
fn the_plan_of_the_source_is_replaced_or_kept_as_it_is() {
    let (mut rng, mut kept) = (Rng::with_seed(3), 0);
    for round in 0..100 {
        let mut file = random(&mut rng);
        let tensors = file.model.subgraphs[0].tensors.len();
        let low = OfflinePlan::new(vec![Some(lowtide::Bytes(0)); tensors]);
        let high = OfflinePlan::new(vec![Some(lowtide::Bytes(1 << 20)); tensors]);
        let is_low = round % 2 == 0;
        let plan = if is_low { &low } else { &high };
        let data = Some(plan.encode().unwrap().into());
        file.model.buffers.edit().push(
            Buffer {
                data,
                ..Buffer::default()
            }
            .into(),
        );
        let mut entry = Metadata {
            name: Some("OfflineMemoryAllocation".into()),
            ..Metadata::default()
        };
        entry.set_buffer(1);
        file.model.metadata.edit().push(entry.into());
        let bytes = file.write().unwrap();
        let source = model(bytes.clone());
        let result = optimized(&source, true);
        let declared = result.declared.as_ref().unwrap();
        assert!(declared.after.device.total <= declared.before.device.total);
        if is_low {
            // Nothing is as low as one tensor at a time, unless there is something to clean up.
            let is_kept = result.plan == Some(PlanState::Kept);
            assert_eq!(is_kept, result.bytes == bytes, "round {round}");
            assert_eq!(is_kept, declared.after.fault.is_some(), "round {round}");
            assert!(declared.before.fault.as_ref().unwrap().contains("overlap"));
            kept += u32::from(is_kept);
        } else {
            assert!(declared.after.device.head.get() < 1 << 20);
        }
        let without = optimized(&source, false);
        let written = lowtide_formats::tflite::Model::parse(without.bytes).unwrap();
        assert_eq!(written.offline_plan().unwrap(), None, "left out");
    }
    assert!(kept > 5, "{kept}");
}

/// Compiles the header with this compiler, in a file that uses all of it.
fn compiles(compiler: &str, flags: &[&str], folder: &Path, ending: &str) -> Result<(), String> {
    let main = folder.join(format!("main.{ending}"));
    let text = "#include \"net.h\"\n#include \"net.h\"\n\
        static uint8_t arena[NET_ARENA_BYTES];\n\
        int main(void) {\n  return arena[0] + net_plan[NET_PLANNED_TENSORS - 1].offset == NET_HEAD_BYTES \
        && net_model[NET_MODEL_BYTES - 1] + NET_ARENA_ALIGNMENT == 0;\n}\n";
    std::fs::write(&main, text).unwrap();
    let unused = folder.join(format!("unused.{ending}"));
    std::fs::write(
        &unused,
        "#include \"net.h\"\nint main(void) { return 0; }\n",
    )
    .unwrap();
    for file in [main, unused] {
        let mut command = Command::new(compiler);
        command
            .args(flags)
            .args(["-Wall", "-Wextra", "-Werror", "-c", "-o"]);
        let output = command
            .arg(folder.join("main.o"))
            .arg(&file)
            .output()
            .unwrap();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
    }
    Ok(())
}

#[test]
#[allow(clippy::print_stderr, reason = "a test says what it leaves out")]
fn the_header_compiles_as_c_and_as_cpp() {
    let source = Model::open("zoo:swiftnet-cell-c").unwrap();
    let result = optimized(&source, true);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("net.h"),
        header(&result, "net", true).unwrap(),
    )
    .unwrap();
    for (compiler, flags, ending) in [
        ("gcc", ["-std=c99", "-pedantic"], "c"),
        ("gcc", ["-std=c11", "-pedantic"], "c"),
        ("g++", ["-std=c++11", "-pedantic"], "cc"),
        ("clang", ["-std=c99", "-pedantic"], "c"),
        ("arm-none-eabi-gcc", ["-std=c99", "-mcpu=cortex-m4"], "c"),
    ] {
        if Command::new(compiler).arg("--version").output().is_err() {
            eprintln!("left out: {compiler} is not here");
            continue;
        }
        assert_eq!(
            compiles(compiler, &flags, folder.path(), ending),
            Ok(()),
            "{compiler} {flags:?}"
        );
    }
}
