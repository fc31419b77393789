//! Ctrl-C, where signals can be seen and sent without a library: on Linux.
#![cfg(target_os = "linux")]

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::support::Run;

/// A comparison in which SERENITY's algorithm does not come to an end.
fn endless(more: &[&str]) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("lowtide"));
    command.args([
        "compare",
        "zoo:randwire-ba",
        "--node-limit",
        "1000000000000",
    ]);
    command.args(more).env("COLUMNS", "120");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Whether the process has begun to catch Ctrl-C.
fn listens(child: &Child) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
    // SIGINT is number 2, counted from 1.
    caught & 0b10 != 0
}

fn press(child: &Child) {
    while !listens(child) {
        sleep(Duration::from_millis(5));
    }
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

#[test]
fn compare_goes_on_with_the_next_search() {
    let child = endless(&["--json"]);
    press(&child);
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("serenity was interrupted"), "{}", run.err);
    let report = run.json();
    let orders = report["orders"].as_array().unwrap();
    let ends = |name: &str| {
        let order = orders.iter().find(|order| order["name"] == name).unwrap();
        (order["proof"].as_str(), order["stopped_by"].as_str())
    };
    assert_eq!(ends("serenity"), (Some("bounded"), Some("interrupted")));
    assert_eq!(ends("exact"), (Some("optimal"), None));
}

#[test]
fn compare_says_which_search_was_stopped() {
    let child = endless(&[]);
    press(&child);
    let run = Run::of(child.wait_with_output().unwrap());
    let line = |name: &str| {
        run.out
            .lines()
            .find(|line| line.trim_start().starts_with(name))
            .unwrap()
    };
    assert!(
        line("serenity").ends_with("stopped (Ctrl-C)"),
        "{}",
        run.out
    );
    assert!(line("exact").ends_with("optimal"), "{}", run.out);
}
