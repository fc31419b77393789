//! `pack` as its users see it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::json::{documented, leaves};
use crate::support::Desk;

/// The four buffers of the drawing in the packer's own documents.
const FOUR: &str = "id,lower,upper,size\nb0,1,5,6\nb1,1,3,4\nb2,4,8,3\nb3,5,9,5\n";

/// Five buffers that never need more than 4 at once and fit 5, not 4.
const RING: &str =
    "id,lower,upper,size\na,0,4,1\nb,2,9,1\nc,4,7,2\nd,0,2,2\ne,7,9,2\nf,2,4,1\ng,4,7,1\n";

fn desk(problem: &str) -> Desk {
    let desk = Desk::new();
    desk.put("problem.csv", problem.as_bytes());
    desk
}

#[test]
fn the_smallest_arena_is_found_and_proved() {
    let run = desk(FOUR).run("pack problem.csv --json");
    let json = run.json();
    assert_eq!((run.code, json["height"].as_u64()), (0, Some(10)));
    assert_eq!(json["bound"], 10);
    assert_eq!(json["proof"], "optimal");
    assert!(json["nodes"].is_u64() && json["seconds"].is_f64());
    assert_eq!(json["verdict"], Value::Null);
}

#[test]
fn a_capacity_is_decided() {
    let desk = desk(FOUR);
    let fits = desk.run("pack problem.csv --capacity 10");
    assert_eq!(fits.code, 0);
    assert!(fits.out.contains("fits"), "{}", fits.out);
    let over = desk.run("pack problem.csv --capacity 9 --json");
    assert_eq!(over.code, 1);
    assert_eq!(over.json()["verdict"], "infeasible");
    assert_eq!(over.json()["proof"], "infeasible");
    assert_eq!(over.json()["height"], Value::Null);
}

#[test]
fn out_of_nodes_is_3() {
    let desk = Desk::new();
    let mut rows = "id,lower,upper,size\n".to_owned();
    let mut seed = 7_u64;
    for index in 0..80 {
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        let (from, length, size) = (next(40), 1 + next(12), 50 + next(900));
        rows += &format!("b{index},{from},{},{size}\n", from + length);
    }
    desk.put("problem.csv", rows.as_bytes());
    let smallest = desk.run("pack problem.csv --json --node-limit 1").json();
    assert_eq!(smallest["proof"], "bounded");
    assert_eq!(smallest["stopped_by"], "node-limit");
    let bound = smallest["bound"].as_u64().unwrap();
    let line = format!("pack problem.csv --capacity {bound} --node-limit 1");
    let run = desk.run(&line);
    assert_eq!(run.code, 3, "{}", run.out);
    assert!(run.out.contains("undecided") && run.out.contains("--node-limit"));
}

#[test]
fn offsets_are_written_in_the_form_of_the_file() {
    let desk = desk("size,id,upper,lower\r\n6,b0,5,1\r\n\r\n4,b1,3,1\r\n");
    let run = desk.run("pack problem.csv -o out.csv --svg out.svg --capacity 10");
    assert_eq!(run.code, 0, "{}", run.err);
    let out = std::fs::read_to_string(desk.path("out.csv")).unwrap();
    let mut lines = out.split("\r\n");
    assert_eq!(lines.next(), Some("size,id,upper,lower,offset"));
    let offsets: BTreeSet<&str> = lines.filter_map(|line| line.rsplit(',').next()).collect();
    assert!(out.contains("6,b0,5,1,") && offsets.contains("0"), "{out}");
    let svg = std::fs::read_to_string(desk.path("out.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("b1: 4 bytes"));
    // What was written is a problem again, every buffer fixed.
    assert_eq!(desk.run("pack out.csv --capacity 10").code, 0);
}

#[test]
fn what_does_not_fit_is_explained() {
    let desk = desk(RING);
    let smallest = desk.run("pack problem.csv --json").json()["height"].as_u64();
    let below = smallest.unwrap() - 1;
    let run = desk.run(&format!("pack problem.csv --capacity {below} --explain"));
    assert_eq!(run.code, 1);
    assert!(run.out.contains("These cannot fit together"), "{}", run.out);
    assert_eq!(desk.run("pack problem.csv --explain").code, 2);
}

#[test]
fn the_problem_is_never_written_over() {
    let desk = desk(FOUR);
    assert_eq!(desk.run("pack problem.csv -o problem.csv").code, 2);
    assert_eq!(desk.run("pack problem.csv -o out --svg out").code, 2);
    assert_eq!(desk.names(), ["problem.csv"]);
}

#[test]
fn faults_name_the_line() {
    let run = desk("id,lower,upper,size\na,0,1,x\n").run("pack problem.csv");
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("problem.csv") && run.err.contains("line 2"),
        "{}",
        run.err
    );
}

#[test]
fn the_page_and_the_output_have_the_same_keys() {
    let desk = desk(FOUR);
    let mut found = BTreeSet::new();
    for line in [
        "pack problem.csv --json -o out.csv --svg out.svg",
        "pack problem.csv --json --capacity 9 --explain",
        // Every buffer fixed.
        "pack out.csv --json --capacity 9 --explain",
    ] {
        leaves(&desk.run(line).json(), "", &mut found);
    }
    let mut documented = documented("pack");
    assert!(documented.remove("stopped_by"));
    assert_eq!(found, documented);
}

/// What makes the difference is said: five and four bytes would fit into twelve, were the four not fixed.
#[test]
fn a_conflict_says_what_ties_its_buffers() {
    let desk = desk("id,lower,upper,size,alignment,offset\na,0,4,5,4,\nb,1,3,3,8,\nc,2,6,4,1,4\n");
    let run = desk.run("pack problem.csv --capacity 12 --explain");
    assert_eq!(run.code, 1);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(
        lines.iter().any(|line| line.ends_with("with")),
        "{}",
        run.out
    );
    assert!(run.out.contains("4  alignment 4"), "{}", run.out);
    assert!(run.out.contains("6  offset 4"), "{}", run.out);
    let json = desk
        .run("pack problem.csv --capacity 12 --explain --json")
        .json();
    assert_eq!(json["conflict"]["buffers"][1]["offset"], 4);
}
