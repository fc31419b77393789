//! ONNX models: sizes for what they leave open, and what ONNX Runtime has to be told.

use crate::commands::bodies::field;
use crate::support::{Desk, chain};

/// One Relu from `x` to `y`, `batch` times 100 numbers of four bytes.
fn relu() -> Vec<u8> {
    let node = [field(1, "x"), field(2, "y"), field(4, "Relu")].concat();
    let dims = [field(1, field(2, "batch")), field(1, [0x08, 100])].concat();
    let tensor = [vec![0x08, 1], field(2, dims)].concat();
    let input = [field(1, "x"), field(2, field(1, tensor))].concat();
    let parts = [
        field(1, node),
        field(2, "net"),
        field(11, input),
        field(12, field(1, "y")),
    ];
    let graph = field(7, parts.concat());
    [vec![0x08, 8], field(8, [0x10, 17]), graph].concat()
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("model.onnx", &relu());
    desk
}

#[test]
fn open_dimensions_are_named_with_the_remedy() {
    let run = desk().run("inspect model.onnx");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("--dim batch=1"), "{}", run.err);
}

#[test]
fn open_dimensions_take_the_size_they_are_given() {
    let desk = desk();
    for (line, peak) in [
        ("inspect model.onnx --json --dim batch=1", 800),
        ("inspect model.onnx --json --dim batch=3", 2400),
    ] {
        assert_eq!(desk.run(line).json()["order"]["peak_bytes"], peak, "{line}");
    }
}

#[test]
fn sizes_for_what_is_not_there_are_refused() {
    let desk = desk();
    desk.put("model.json", chain().to_string().as_bytes());
    for line in [
        "inspect model.onnx --dim batch=1 --dim bath=1",
        "inspect model.json --dim batch=1",
        "inspect model.onnx --dim batch",
    ] {
        assert_eq!(desk.run(line).code, 2, "{line}");
    }
}

#[test]
fn who_writes_a_model_is_told_how_it_runs_in_its_order() {
    let desk = desk();
    let run = desk.run("optimize model.onnx --dim batch=1 -o new.onnx");
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("PRIORITY_BASED") && run.out.contains("ORT_ENABLE_EXTENDED"));
    assert!(!run.out.contains("enable_mem_reuse"));
    assert!(run.out.contains("optimized_model_filepath"), "{}", run.out);
    let counted = desk.run("optimize model.onnx --dim batch=1 --target ort -o counted.onnx");
    assert!(counted.out.contains("enable_mem_reuse = False"));
    let same = [desk.path("model.onnx"), desk.path("new.onnx")].map(std::fs::read);
    let [before, after] = same.map(Result::unwrap);
    assert_eq!(before, after, "there is one order only");
    let unwritten = desk.run("optimize model.onnx --dim batch=1");
    assert!(!unwritten.out.contains("PRIORITY_BASED"));
}
