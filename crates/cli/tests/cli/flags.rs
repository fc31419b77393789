//! A test for each flag that no other test uses.

use crate::support::{Desk, fork};

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let desk = Desk::with(&fork());
    let coloured = |line: &str| desk.run(line).out.contains('\u{1b}');
    assert!(!coloured("inspect model.json"));
    assert!(coloured("inspect model.json --color always"));
    assert!(!coloured("inspect model.json --color never"));
    assert!(!coloured("inspect model.json --json --color always"));
}

#[test]
fn no_color_is_honoured() {
    let desk = Desk::with(&fork());
    let mut command = desk.command("inspect model.json");
    let output = command.env("NO_COLOR", "1").output().unwrap();
    assert!(!output.stdout.contains(&0x1b));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let desk = Desk::with(&fork());
    for line in ["inspect model.json", "compare model.json --cleanup"] {
        let lengths = |out: &str| out.lines().count();
        let (plain, colour) = (desk.run(line), desk.run(&format!("{line} --color always")));
        assert_eq!(lengths(&plain.out), lengths(&colour.out));
    }
}

#[test]
fn ascii_terminals_get_ascii() {
    let desk = Desk::with(&fork());
    let mut command = desk.command("inspect model.json");
    let output = command.env("LC_ALL", "C").output().unwrap();
    assert!(output.stdout.is_ascii());
}

#[test]
fn narrow_and_wide_pages_are_kept() {
    let desk = Desk::with(&crate::support::long(200));
    for (columns, most) in [("60", 60), ("100", 100), ("1000", 120)] {
        let mut command = desk.command("inspect model.json");
        let output = command.env("COLUMNS", columns).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let widest = out.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(most), "{columns}:\n{out}");
    }
}

#[test]
fn the_target_says_what_counts() {
    let desk = Desk::with(&fork());
    let peak = |line: &str| desk.run(line).json()["order"]["peak_bytes"].clone();
    assert_eq!(peak("inspect model.json --json --target tflm"), 9192);
    assert_eq!(peak("inspect model.json --json --target litert"), 9256);
}

#[test]
fn clean_up_can_be_left_out() {
    let desk = Desk::with(&fork());
    let json = desk.run("optimize model.json --json --no-cleanup").json();
    assert_eq!(json["rewrites"].as_array().unwrap().len(), 0);
    assert_eq!(json["after"]["operators"], 6);
}

#[test]
fn compare_cleans_up_on_request() {
    let desk = Desk::with(&fork());
    let rewrites = |line: &str| desk.run(line).json()["rewrites"].clone();
    assert_eq!(rewrites("compare model.json --json"), 0);
    assert_eq!(rewrites("compare model.json --json --cleanup"), 1);
}

#[test]
fn every_order_can_be_chosen() {
    let desk = Desk::with(&fork());
    for name in [
        "file",
        "kahn",
        "reverse-postorder",
        "greedy",
        "serenity",
        "exact",
    ] {
        let json = desk.run(&format!("optimize model.json --json --order {name}"));
        assert_eq!(json.json()["after"]["algorithm"], name);
    }
}

#[test]
fn limits_are_taken_in_every_form() {
    let desk = Desk::with(&fork());
    for flags in [
        "--time-limit 30s",
        "--node-limit 1000000",
        "--gap 2%",
        "--threads 3",
    ] {
        for verb in ["inspect", "optimize", "compare"] {
            assert_eq!(
                desk.run(&format!("{verb} model.json {flags}")).code,
                0,
                "{verb} {flags}"
            );
        }
    }
    for flags in [
        "--time-limit soon",
        "--node-limit -1",
        "--gap 2",
        "--threads 0",
    ] {
        assert_eq!(
            desk.run(&format!("optimize model.json {flags}")).code,
            2,
            "{flags}"
        );
    }
}

#[test]
fn quiet_leaves_the_result() {
    let desk = Desk::with(&fork());
    assert_eq!(
        desk.run("inspect model.json -q").out,
        desk.run("inspect model.json").out
    );
}

#[test]
fn the_zoo_is_listed() {
    let desk = Desk::new();
    assert_eq!(desk.run("zoo").out, desk.run("zoo --list").out);
    let json = desk.run("zoo --json").json();
    assert!(json["networks"].is_array());
    for network in json["networks"].as_array().unwrap() {
        let name = network["name"].as_str().unwrap();
        assert_eq!(desk.run(&format!("inspect zoo:{name}")).code, 0, "{name}");
        assert_eq!(desk.run(&format!("zoo {name} -o {name}")).code, 0, "{name}");
        assert_eq!(desk.run(&format!("inspect {name}")).code, 0, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_is_no_error() {
    use std::process::Stdio;
    let desk = Desk::with(&crate::support::long(5000));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lowtide"));
    command
        .args(["inspect", "--all"])
        .arg(desk.path("model.json"));
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[test]
fn rewriting_goes_as_far_as_is_allowed() {
    let desk = Desk::with(&fork());
    let report = |flags: &str| {
        let line = format!("optimize zoo:swiftnet-cell-a --json {flags}");
        desk.run(&line).json()
    };
    let (off, exact, all) = (report("--rewrite off"), report(""), report("--rewrite all"));
    assert_eq!(off["rewriting"]["sites"], 0);
    assert_eq!(exact["rewriting"]["allowed"], "exact");
    assert_eq!(exact["rewriting"]["exactness"], "bit-exact");
    assert_eq!(all["rewriting"]["exactness"], "approximate");
    let peak = |json: &serde_json::Value| json["after"]["peak_bytes"].as_u64().unwrap();
    assert!(peak(&all) < peak(&exact) && peak(&exact) <= peak(&off));
    assert_eq!(
        all["rewriting"]["order_alone_bytes"],
        off["after"]["peak_bytes"]
    );
    let sites = all["rewrites"][0]["sites"].as_array().unwrap();
    assert!(
        sites
            .iter()
            .all(|site| site["won_bytes"].as_u64().unwrap() > 0)
    );
    assert!(all["rewriting"]["cost"]["operators"].as_i64().unwrap() > 0);

    // Floats may round, unless every bit is to be kept.
    let rounded = desk.run("optimize zoo:swiftnet-f32 --json").json();
    assert_eq!(rounded["rewriting"]["exactness"], "rounding");
    let kept = desk
        .run("optimize zoo:swiftnet-f32 --json --bit-exact")
        .json();
    assert_eq!(kept["rewriting"]["exactness"], "bit-exact");
}
