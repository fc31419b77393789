//! `traffic` as its users see it.

use serde_json::Value;

use crate::support::{Desk, chain, fork, model};

fn orders(json: &Value) -> Vec<(String, u64, u64)> {
    let part = |order: &Value| {
        let name = order["name"].as_str().unwrap().to_owned();
        let number = |key: &str| order[key].as_u64().unwrap();
        (name, number("moved_bytes"), number("beyond_bytes"))
    };
    json["orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(part)
        .collect()
}

#[test]
fn enough_memory_leaves_the_compulsory() {
    let desk = Desk::with(&fork());
    // x in, out out. The file's order holds x, both wide tensors and one narrow one at once.
    let json = desk.run("traffic model.json --on-chip 10KiB --json").json();
    assert_eq!(json["compulsory_bytes"], 1016);
    let all = ["file", "peak", "traffic"].map(|name| (name.to_owned(), 1016, 0));
    assert_eq!(orders(&json), all);
    assert_eq!(json["proof"], "optimal");
}

#[test]
fn the_better_order_moves_nothing_more_where_the_files_does() {
    let desk = Desk::with(&fork());
    let run = desk.run("traffic model.json --on-chip 5112 --json");
    let json = run.json();
    assert_eq!(json["least_working_set_bytes"], 5112);
    let [file, peak, traffic] = orders(&json).try_into().unwrap();
    assert!(file.2 > 0, "{}", run.out);
    assert_eq!((peak.2, traffic.2), (0, 0));
    let json = desk.run("traffic model.json --on-chip 5111 --json").json();
    let [_, peak, traffic] = orders(&json).try_into().unwrap();
    assert!(0 < traffic.2 && traffic.2 <= peak.2);
    assert_eq!(json["proof"], "optimal");
    assert_eq!(json["bound_bytes"], traffic.1);
}

#[test]
fn an_operator_that_does_not_fit_streams() {
    let json = Desk::with(&chain())
        .run("traffic model.json --on-chip 4KiB --json")
        .json();
    // 2048 in, 4096 out and in again, 10 out: no order moves less.
    assert_eq!(json["orders"][2]["streamed"], 2);
    assert_eq!(json["bound_bytes"], 2048 + 2 * 4096 + 10);
    assert_eq!(json["proof"], "optimal");
}

#[test]
fn the_order_that_moves_least_is_written() {
    let desk = Desk::with(&fork());
    let run = desk.run("traffic model.json --on-chip 5112 -o new.json");
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("wrote"), "{}", run.out);
    let json = desk.run("traffic new.json --on-chip 5112 --json").json();
    assert_eq!(orders(&json)[0].2, 0);
    assert_eq!(
        desk.run("traffic model.json --on-chip 1 -o model.json")
            .code,
        2
    );
}

#[test]
fn clean_up_is_on_request() {
    let desk = Desk::with(&fork());
    let rewrites = |line: &str| desk.run(line).json()["rewrites"].clone();
    assert_eq!(rewrites("traffic model.json --on-chip 4KiB --json"), 0);
    assert_eq!(
        rewrites("traffic model.json --on-chip 4KiB --json --cleanup"),
        1
    );
}

#[test]
fn the_target_says_whose_peak_is_smallest() {
    let desk = Desk::with(&fork());
    let peak = |line: &str| desk.run(line).json()["orders"][1]["peak_bytes"].clone();
    assert_eq!(peak("traffic model.json --on-chip 4KiB --json"), 5112);
    assert_ne!(
        peak("traffic model.json --on-chip 4KiB --json --target litert"),
        5112
    );
}

#[test]
fn a_search_that_is_cut_short_says_so() {
    let desk = Desk::with(&fork());
    let json = desk
        .run("traffic model.json --on-chip 5111 --json --node-limit 1")
        .json();
    assert_eq!(json["proof"], "bounded");
    assert_eq!(json["stopped_by"], "node-limit");
    assert!(json["bound_bytes"].as_u64() <= json["orders"][2]["moved_bytes"].as_u64());
}

#[test]
fn the_memory_must_be_said() {
    let desk = Desk::with(&fork());
    assert_eq!(desk.run("traffic model.json").code, 2);
    assert_eq!(desk.run("traffic model.json --on-chip some").code, 2);
}

#[test]
fn nothing_to_order_is_fine() {
    let desk = Desk::with(&model(&[], &[("x", 9, "input")]));
    let run = desk.run("traffic model.json --on-chip 4KiB");
    assert_eq!(run.code, 0, "{}", run.err);
}
