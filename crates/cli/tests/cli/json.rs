//! What programs see, and that docs/json.md says so.

use std::collections::BTreeSet;

use crate::commands::bodies::branching;
use crate::support::{Desk, chain, fork};
use serde_json::Value;

#[test]
fn inspect_has_the_keys_that_were_promised() {
    let json = Desk::with(&fork()).run("inspect model.json --json").json();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["model"]["operators"], 6);
    assert_eq!(json["order"]["peak_bytes"], 9192);
    assert_eq!(json["order"]["peak_operator"], "CONV_2D 'wide_b'");
    assert_eq!(json["bound_bytes"], 5112);
}

#[test]
fn optimize_has_the_keys_that_were_promised() {
    let json = Desk::with(&fork()).run("optimize model.json --json").json();
    assert_eq!(json["before"]["peak_bytes"], 9192);
    assert_eq!(json["after"]["peak_bytes"], 5112);
    assert_eq!(json["after"]["bound_bytes"], 5112);
    assert_eq!(json["after"]["proof"], "optimal");
    assert_eq!(json["after"]["stopped_by"], Value::Null);
    assert!(json["after"]["states"].is_u64());
    assert_eq!(json["rewrites"][0]["rule"], "dead-operator");
    assert_eq!(json["rewrites"][0]["count"], 1);
    assert!(json["seconds"].is_f64());
}

#[test]
fn the_new_order_is_told_in_places_of_the_source() {
    let json = Desk::with(&fork()).run("optimize model.json --json").json();
    let steps = json["after"]["steps"].as_array().unwrap();
    let order: Vec<u64> = steps
        .iter()
        .map(|step| step["operator_index"].as_u64().unwrap())
        .collect();
    assert_eq!(order, [2, 4, 1, 3, 5]);
}

#[test]
fn compare_lists_all_orders() {
    let json = Desk::with(&fork()).run("compare model.json --json").json();
    let orders = json["orders"].as_array().unwrap();
    let names: Vec<&str> = orders.iter().map(|o| o["name"].as_str().unwrap()).collect();
    let known = [
        "file",
        "kahn",
        "reverse-postorder",
        "greedy",
        "serenity",
        "exact",
    ];
    assert_eq!(names, known);
    assert_eq!(orders[0]["peak_bytes"], 9192);
    assert_eq!(orders[5]["peak_bytes"], 5112);
    assert_eq!(orders[5]["proof"], "optimal");
    assert!(orders[5]["seconds"].is_f64() && orders[5]["states"].is_u64());
}

#[test]
fn an_operator_that_alone_needs_the_peak_is_named() {
    let json = Desk::with(&chain())
        .run("optimize model.json --json")
        .json();
    assert_eq!(json["reason"]["kind"], "operator");
    assert_eq!(json["reason"]["operator_index"], 0);
    assert_eq!(json["reason"]["needs_bytes"], 6144);
}

#[test]
fn errors_are_json_too() {
    let desk = Desk::new();
    let kinds = [
        ("inspect none.json --json", "io"),
        ("inspect zoo:none --json", "usage"),
        ("--json inspect", "usage"),
        ("inspect --json --budget lots none.json", "usage"),
    ];
    for (line, kind) in kinds {
        let run = desk.run(line);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{line}");
        assert_eq!(run.error()["schema"], 1);
        assert_eq!(run.error()["error"]["kind"], kind, "{line}");
        assert!(!run.error()["error"]["message"].as_str().unwrap().is_empty());
    }
}

/// The keys in backticks below the heading `section` of docs/json.md.
pub(crate) fn documented(section: &str) -> BTreeSet<String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/json.md");
    let page = std::fs::read_to_string(page).unwrap();
    let start = page.find(&format!("## {section}\n")).unwrap();
    let body = page[start + 3..].split("\n## ").next().unwrap().to_owned();
    let items = body.split("\n- ").skip(1);
    // What stands before the colon of an item is a list of keys.
    let lists = items.map(|item| item.split("`:").next().unwrap().to_owned());
    lists
        .flat_map(|list| {
            list.split('`')
                .map(str::trim)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|key| !key.is_empty() && key != ",")
        .collect()
}

/// The paths of all leaves that are not null.
pub(crate) fn leaves(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Null => (),
        Value::Array(items) => items
            .iter()
            .for_each(|item| leaves(item, &format!("{path}[]"), found)),
        Value::Object(entries) => entries.iter().for_each(|(key, item)| {
            let dot = if path.is_empty() { "" } else { "." };
            leaves(item, &format!("{path}{dot}{key}"), found);
        }),
        _ => drop(found.insert(path.to_owned())),
    }
}

/// Keys that small models never fill, as a search of them never ends early and no rule has a fault.
const RARE: &[&str] = &[
    "stopped_by",
    "reason.bound_bytes",
    "reason.states",
    "reason.operator_needs_bytes",
    "unknown[]",
    "plan_fault",
    "not_run",
    "refused[].rule",
    "refused[].operator_index",
    "refused[].operator",
    "refused[].fault",
];

fn compare_with_page(section: &str, lines: &[&str]) {
    let mut found = BTreeSet::new();
    if ["inspect", "optimize"].contains(&section) {
        let desk = Desk::new();
        desk.put("if.onnx", &branching());
        for target in ["tflm", "ort"] {
            let line = format!("{section} if.onnx --json --target {target}");
            leaves(&desk.run(&line).json(), "", &mut found);
        }
    }
    for model in [fork(), chain()] {
        let desk = Desk::with(&model);
        for line in lines {
            leaves(&desk.run(line).json(), "", &mut found);
        }
    }
    let documented = documented(section);
    let unknown: Vec<_> = found.difference(&documented).collect();
    assert!(unknown.is_empty(), "{section}: undocumented {unknown:?}");
    let rare = |key: &str| RARE.iter().any(|rare| key.ends_with(rare));
    let missing: Vec<_> = documented
        .difference(&found)
        .filter(|key| !rare(key))
        .collect();
    assert!(missing.is_empty(), "{section}: never seen {missing:?}");
}

#[test]
fn the_page_and_the_output_have_the_same_keys() {
    compare_with_page(
        "inspect",
        &[
            "inspect model.json --json --budget 1MiB",
            "inspect zoo:resnet8 --json",
        ],
    );
    compare_with_page(
        "optimize",
        &[
            "optimize model.json --json --budget 1MiB -o new.json --certificate proof.json",
            "optimize zoo:resnet8 --json --header new.h",
            "optimize zoo:resnet8 --json --target litert",
            "optimize zoo:swiftnet-cell-b --json --rewrite all",
        ],
    );
    compare_with_page("compare", &["compare model.json --json"]);
    compare_with_page(
        "traffic",
        &["traffic model.json --json --on-chip 4KiB -o new.json"],
    );
}

#[test]
fn the_page_and_the_output_of_check_have_the_same_keys() {
    let desk = Desk::with(&fork());
    desk.run("optimize model.json -o new.json --certificate proof.json");
    let proof = std::fs::read_to_string(desk.path("proof.json")).unwrap();
    let mut proof: Value = serde_json::from_str(&proof).unwrap();
    let mut found = BTreeSet::new();
    leaves(
        &desk.run("check new.json proof.json --json").json(),
        "",
        &mut found,
    );
    proof["bound_evidence"] = "none".into();
    proof["evidence"] = serde_json::json!({"reason": "none is short"});
    desk.put("claim.json", proof.to_string().as_bytes());
    leaves(
        &desk.run("check new.json claim.json --json").json(),
        "",
        &mut found,
    );
    leaves(
        &desk.run("check model.json proof.json --json").json(),
        "",
        &mut found,
    );
    assert_eq!(found, documented("check"));
}

#[test]
fn the_page_and_the_output_of_check_with_two_models_have_the_same_keys() {
    let desk = Desk::new();
    for rewrite in ["exact", "all"] {
        let line = format!("optimize zoo:swiftnet-cell-b -o {rewrite}.tflite --rewrite {rewrite}");
        assert_eq!(desk.run(&line).code, 0);
    }
    desk.put("graph.json", fork().to_string().as_bytes());
    let mut found = BTreeSet::new();
    for (line, code) in [
        ("check zoo:swiftnet-cell-b exact.tflite", 0),
        ("check zoo:swiftnet-cell-b all.tflite --inputs 1", 1),
        ("check zoo:swiftnet-cell-b all.tflite --steps 255", 0),
        ("check zoo:swiftnet-cell-b-f32 zoo:swiftnet-cell-b", 1),
        ("check graph.json graph.json", 0),
    ] {
        let run = desk.run(&format!("{line} --json"));
        assert_eq!(run.code, code, "{line}: {}", run.err);
        leaves(&run.json(), "", &mut found);
    }
    assert_eq!(found, documented("check of two models"));
}

#[test]
fn the_page_and_the_errors_have_the_same_keys() {
    let mut found = BTreeSet::new();
    leaves(
        &Desk::new().run("inspect none.json --json").error(),
        "",
        &mut found,
    );
    assert_eq!(found, documented("Errors"));
}
