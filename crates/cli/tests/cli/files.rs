//! What is written, and what is left alone.

use crate::support::{Desk, fork};

#[test]
fn the_new_model_has_the_new_peak() {
    let desk = Desk::with(&fork());
    assert_eq!(desk.run("optimize model.json -o new.json").code, 0);
    let json = desk.run("inspect new.json --json").json();
    assert_eq!(json["order"]["peak_bytes"], 5112);
    assert_eq!(json["model"]["operators"], 5);
}

#[test]
fn the_same_run_writes_the_same_bytes() {
    let desk = Desk::with(&fork());
    desk.run("optimize model.json -o one.json");
    desk.run("optimize model.json -o two.json");
    let read = |name| std::fs::read(desk.path(name)).unwrap();
    assert_eq!(read("one.json"), read("two.json"));
}

#[test]
fn nothing_is_left_of_a_run_that_fails() {
    let desk = Desk::with(&fork());
    let lines = [
        "optimize model.json -o new.json --budget 100",
        "optimize model.json -o no/such/folder/new.json",
        "optimize model.json -o new.tflite",
        "optimize model.json -o new.json --int8",
        "zoo none -o new.tflite",
    ];
    for line in lines {
        assert_ne!(desk.run(line).code, 0, "{line}");
        assert_eq!(desk.names(), ["model.json"], "{line}");
    }
}

#[test]
fn a_run_that_fails_leaves_the_old_file() {
    let desk = Desk::with(&fork());
    desk.put("new.json", b"old");
    desk.run("optimize model.json -o new.json --budget 100");
    assert_eq!(std::fs::read(desk.path("new.json")).unwrap(), b"old");
}

#[test]
fn the_source_is_overwritten_on_demand_only() {
    let desk = Desk::with(&fork());
    let before = std::fs::read(desk.path("model.json")).unwrap();
    let refused = desk.run("optimize model.json -o ./model.json");
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("--in-place"), "{}", refused.err);
    assert_eq!(std::fs::read(desk.path("model.json")).unwrap(), before);
    assert_eq!(desk.run("optimize model.json --in-place").code, 0);
    assert_ne!(std::fs::read(desk.path("model.json")).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_link_to_the_source_is_the_source() {
    let desk = Desk::with(&fork());
    std::os::unix::fs::symlink(desk.path("model.json"), desk.path("link.json")).unwrap();
    assert_eq!(desk.run("optimize model.json -o link.json").code, 2);
}

#[test]
fn content_counts_for_more_than_the_name() {
    let desk = Desk::new();
    desk.put("model", fork().to_string().as_bytes());
    assert_eq!(desk.run("inspect model").code, 0);
}

#[test]
fn broken_files_end_in_an_error() {
    let whole = fork().to_string();
    let desk = Desk::new();
    for cut in (0..whole.len()).step_by(37) {
        desk.put("cut.json", &whole.as_bytes()[..cut]);
        let run = desk.run("inspect cut.json --json");
        assert_eq!(run.code, 2, "cut at {cut}");
        assert_eq!(run.error()["error"]["kind"], "malformed", "cut at {cut}");
    }
}
