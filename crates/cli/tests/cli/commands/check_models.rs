//! `check` with two models.

use crate::support::{Desk, chain, fork};

#[test]
fn what_optimize_wrote_is_what_it_read() {
    let desk = Desk::new();
    let line = "optimize zoo:swiftnet-cell-b-f32 -o new.tflite";
    assert_eq!(desk.run(line).code, 0);
    let run = desk.run("check zoo:swiftnet-cell-b-f32 new.tflite");
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert!(run.out.starts_with("equal "), "{}", run.out);
    assert!(run.out.contains("4 seeded inputs"), "{}", run.out);
    assert!(
        run.out.lines().all(|line| line.chars().count() <= 80),
        "{}",
        run.out
    );
}

#[test]
fn a_tolerance_of_nothing_finds_the_rounding() {
    let desk = Desk::new();
    desk.run("optimize zoo:swiftnet-cell-b-f32 -o new.tflite");
    let run = desk.run("check zoo:swiftnet-cell-b-f32 new.tflite --tolerance 0");
    assert_eq!(run.code, 1);
    assert!(run.out.contains("beyond "), "{}", run.out);
}

#[test]
fn other_operators_that_cannot_be_run_are_undecided() {
    let desk = Desk::with(&fork());
    desk.put("other.json", chain().to_string().as_bytes());
    assert_eq!(desk.run("check model.json model.json").code, 0);
    assert_eq!(desk.run("optimize model.json -o new.json").code, 0);
    let run = desk.run("check model.json new.json");
    assert_eq!(run.code, 3, "{}", run.out);
    assert!(run.out.contains("undecided"), "{}", run.out);
    let run = desk.run("check model.json other.json");
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.out.contains("ends"), "{}", run.out);
}

#[test]
fn two_formats_are_a_mistake() {
    let run = Desk::with(&fork()).run("check model.json zoo:resnet8");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("one format"), "{}", run.err);
}
