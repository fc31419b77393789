//! `optimize --certificate` and `check`.

use crate::support::{Desk, fork};

fn certified() -> Desk {
    let desk = Desk::with(&fork());
    let run = desk.run("optimize model.json -o new.json --certificate proof.json");
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    desk
}

#[test]
fn a_certificate_is_accepted_for_the_file_that_it_speaks_of() {
    let desk = certified();
    let run = desk.run("check new.json proof.json");
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("certified, optimal"), "{}", run.out);
    let other = desk.run("check model.json proof.json");
    assert_eq!(other.code, 1);
    assert!(other.out.contains("model.sha256"), "{}", other.out);
}

#[test]
fn without_a_new_file_it_speaks_of_the_model() {
    let desk = Desk::with(&fork());
    let run = desk.run("optimize model.json --no-cleanup --certificate proof.json");
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(desk.run("check model.json proof.json").code, 0);
    let cleaned = desk.run("optimize model.json --certificate other.json");
    assert_eq!(cleaned.code, 2);
    assert!(cleaned.err.contains("-o"), "{}", cleaned.err);
    assert_eq!(desk.names(), ["model.json", "proof.json"]);
}

#[test]
fn a_claim_without_evidence_is_called_one() {
    let desk = Desk::with(&fork());
    let line = "optimize model.json -o new.json --certificate proof.json";
    assert_eq!(desk.run(line).code, 0);
    let proof = std::fs::read_to_string(desk.path("proof.json")).unwrap();
    let mut proof: serde_json::Value = serde_json::from_str(&proof).unwrap();
    proof["bound_evidence"] = "none".into();
    proof["evidence"] = serde_json::json!({"reason": "too long"});
    desk.put("claim.json", proof.to_string().as_bytes());
    let run = desk.run("check new.json claim.json");
    assert_eq!(run.code, 0);
    assert!(run.out.contains("claimed, not certified"), "{}", run.out);
}

#[test]
fn what_is_no_certificate_is_unreadable() {
    let desk = certified();
    desk.put("noise", b"\x00\x01");
    desk.put("old.json", b"{}");
    for line in [
        "check new.json noise",
        "check new.json old.json",
        "check new.json none.json",
        "check none.json proof.json",
    ] {
        assert_eq!(desk.run(line).code, 2, "{line}");
    }
}

#[test]
fn a_certificate_never_replaces_a_model() {
    let desk = Desk::with(&fork());
    for line in [
        "optimize model.json --no-cleanup --certificate model.json",
        "optimize model.json -o new.json --certificate new.json",
    ] {
        assert_eq!(desk.run(line).code, 2, "{line}");
        assert_eq!(desk.names(), ["model.json"]);
    }
}
