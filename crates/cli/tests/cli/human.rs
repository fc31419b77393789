//! What people see, at 80 columns.

use crate::support::{Desk, chain, fork, long};
use serde_json::Value;

/// Compares with the stored text; efforts and times vary.
fn check(name: &str, model: &Value, line: &str) {
    let run = Desk::with(model).run(line);
    let widest = run.out.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{}", run.out);
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"\d+ states? in [\d.]+ \w+", "EFFORT");
    settings.add_filter(r" +\d+ +[\d.]+ (us|ms|s) ", " EFFORT ");
    settings.add_filter(r"(order .* proof)", "order, as above");
    settings.bind(|| insta::assert_snapshot!(name, run.out + &run.err));
}

#[test]
fn inspect_a_model_with_a_better_order() {
    check("inspect_fork", &fork(), "inspect model.json --budget 6KiB");
}

#[test]
fn inspect_a_model_without() {
    check(
        "inspect_chain",
        &chain(),
        "inspect model.json --budget 6KiB",
    );
}

#[test]
fn inspect_a_long_model_with_long_names() {
    check("inspect_long", &long(300), "inspect model.json");
}

#[test]
fn optimize_a_model_with_a_better_order() {
    check("optimize_fork", &fork(), "optimize model.json -o new.json");
}

#[test]
fn optimize_for_a_runtime_that_keeps_inputs() {
    check(
        "optimize_fork_litert",
        &fork(),
        "optimize model.json --target litert",
    );
}

#[test]
fn optimize_where_no_order_can_help() {
    check("optimize_chain", &chain(), "optimize model.json");
}

#[test]
fn optimize_over_the_budget() {
    check(
        "optimize_over",
        &fork(),
        "optimize model.json -o new.json --budget 5000",
    );
}

#[test]
fn optimize_by_a_heuristic() {
    check(
        "optimize_heuristic",
        &fork(),
        "optimize model.json --order file --budget 9000",
    );
}

#[test]
fn compare_all_orders() {
    check("compare_fork", &fork(), "compare model.json");
}

#[test]
fn compare_after_cleanup() {
    check(
        "compare_fork_cleanup",
        &fork(),
        "compare model.json --cleanup",
    );
}

#[test]
fn all_steps_and_tensors_are_shown_on_request() {
    let desk = Desk::with(&long(300));
    let lines = |line: &str| desk.run(line).out.lines().count();
    assert!(lines("inspect model.json") <= 40);
    assert!(lines("inspect model.json --all") > 300);
}

#[test]
fn names_cannot_order_the_terminal_about() {
    let text = fork()
        .to_string()
        .replace("\"wide_b\"", "\"\\u001b[2Jwide\"");
    let desk = Desk::new();
    desk.put("model.json", text.as_bytes());
    let out = desk.run("inspect model.json").out;
    assert!(out.contains("?[2Jwide") && !out.contains('\u{1b}'));
}
