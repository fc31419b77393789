//! Arenas on the command line: the offline plan, the budget for more than the peak, the C header.

use crate::support::{Desk, fork};
use serde_json::Value;

const MODEL: &str = "zoo:swiftnet-cell-a";

fn json(line: &str) -> Value {
    Desk::new().run(&format!("{line} --json")).json()
}

/// The offsets of 29 tensors bring the head down to the peak.
#[test]
fn a_plan_is_written_unless_it_is_left_out() {
    let desk = Desk::new();
    let with = desk.run(&format!("optimize {MODEL} -o with.tflite --json"));
    let with = with.json();
    assert_eq!(with["plan"], "written");
    assert_eq!(with["arena"]["before"]["greedy_bytes"], 376_320);
    assert_eq!(with["arena"]["after"]["bytes"], 275_968);
    assert_eq!(with["arena"]["after"]["proof"], "optimal");
    let declare = &with["declare"]["after"];
    assert_eq!(declare["device"]["head_bytes"], 275_968);
    assert_eq!(declare["planned_tensors"], 29);
    let without = desk.run(&format!("optimize {MODEL} --no-plan -o no.tflite --json"));
    let without = without.json();
    assert_eq!(without["plan"], "left-out");
    // Another order of the same peak, which TFLM's planner packs as tightly.
    assert_eq!(without["declare"]["after"]["device"]["head_bytes"], 275_968);
    assert_eq!(without["declare"]["after"]["planned_tensors"], 0);
    // What was written says the same of itself.
    for (file, written) in [("with", &with), ("no", &without)] {
        let again = desk.run(&format!("inspect {file}.tflite --json")).json();
        assert_eq!(again["declare"], written["declare"]["after"], "{file}");
    }
    let text = desk.run("inspect with.tflite").out;
    assert!(
        text.contains("29 tensors placed by an offline plan in the file"),
        "{text}"
    );
}

#[test]
fn only_tflm_has_an_arena_to_declare() {
    let litert = json(&format!("optimize {MODEL} --target litert"));
    assert_eq!(
        (&litert["declare"], &litert["plan"]),
        (&Value::Null, &Value::Null)
    );
    assert!(litert["arena"]["after"]["bytes"].is_u64());
    let desk = Desk::with(&fork());
    for line in [
        "optimize model.json --budget 1MiB --budget-on declare",
        "inspect model.json --budget 1MiB --budget-on declare",
        "optimize model.json --header x.h",
        "optimize zoo:resnet8 --target litert --header x.h",
    ] {
        let run = desk.run(line);
        assert_eq!(run.code, 2, "{line}");
        assert!(
            run.err
                .contains("for .tflite models and the target tflm only"),
            "{}",
            run.err
        );
    }
    assert_eq!(desk.names(), ["model.json"]);
}

#[test]
fn a_budget_is_for_what_was_said() {
    let verdict = |line: &str| {
        let run = Desk::new().run(&format!("optimize {MODEL} --json {line}"));
        let budget = run.json()["budget"].clone();
        (
            run.code,
            budget["verdict"].clone(),
            budget["required_bytes"].as_u64().unwrap(),
        )
    };
    let budget = "--budget 280000";
    assert_eq!(verdict(budget), (0, "fits".into(), 275_968));
    assert_eq!(
        verdict(&format!("{budget} --budget-on arena")),
        (0, "fits".into(), 275_968)
    );
    let (code, declare, required) = verdict(&format!("{budget} --budget-on declare"));
    assert_eq!((code, declare), (1, "over".into()));
    assert!(required > 280_000);
    // A heuristic's order may be beaten by another, unless what the interpreter keeps is already too much.
    let file = "--order file --no-cleanup --rewrite off";
    let (code, declare, _) = verdict(&format!("{file} --budget 355000 --budget-on declare"));
    assert_eq!((code, declare), (3, "undecided".into()));
    let (code, declare, _) = verdict(&format!("{file} --budget 9000 --budget-on declare"));
    assert_eq!((code, declare), (1, "over".into()));
    let desk = Desk::new();
    let inspect = |on: &str| {
        desk.run(&format!("inspect {MODEL} --budget 360000 --budget-on {on}"))
            .code
    };
    assert_eq!(["peak", "arena", "declare"].map(inspect), [0, 0, 1]);
    assert_eq!(
        desk.run(&format!("inspect {MODEL} --budget-on arena")).code,
        2
    );
}

#[test]
fn a_header_is_written_beside_the_model_and_not_over_it() {
    let desk = Desk::new();
    let run = desk.run(&format!(
        "optimize {MODEL} -o net.tflite --header net_plan.h --json"
    ));
    let header = std::fs::read_to_string(desk.path("net_plan.h")).unwrap();
    assert_eq!(run.json()["header"]["bytes"], header.len());
    let declare = &run.json()["declare"]["after"];
    for pointers in ["device", "host"] {
        let line = format!(
            "#define NET_PLAN_ARENA_BYTES {}\n",
            declare[pointers]["bytes"]
        );
        assert!(header.contains(&line), "{line}");
    }
    assert!(header.contains("#define NET_PLAN_PLANNED_TENSORS 29\n"));
    assert!(!header.contains("MODEL_BYTES"));
    desk.run(&format!(
        "optimize {MODEL} --header net_plan.h --header-model"
    ));
    let longer = std::fs::read_to_string(desk.path("net_plan.h")).unwrap();
    assert!(longer.contains("#define NET_PLAN_MODEL_BYTES"));
    let before = desk.names();
    for line in [
        "optimize net.tflite --header net.tflite",
        "optimize net.tflite -o x.h --header x.h",
        "optimize net.tflite --certificate x.h --header x.h",
        "optimize net.tflite --header-model",
    ] {
        assert_eq!(desk.run(line).code, 2, "{line}");
    }
    // Over the budget, nothing is written.
    desk.run("optimize net.tflite --header y.h --budget 1000");
    assert_eq!(desk.names(), before);
}

#[test]
fn people_see_the_arena_at_eighty_columns() {
    for line in [
        format!("optimize {MODEL}"),
        format!("optimize {MODEL} --no-plan"),
        format!("inspect {MODEL} --budget 300KiB --budget-on declare"),
        "optimize zoo:resnet8".into(),
    ] {
        let out = Desk::new().run(&line).out;
        let widest = out.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{out}");
        assert!(
            out.contains("\narena ") && out.contains("\ndeclare "),
            "{out}"
        );
    }
}
