//! JSON graphs: what they mean, and what is refused.

use super::{Model, read_json};
use lowtide_core::graph::{OpKind, Role};
use lowtide_core::ids::{OpId, TensorId};

const STEP: &str = r#"{ "name": "step", "note": "ignored",
    "tensors": [
        { "name": "x", "bytes": 16, "kind": "input", "dtype": "float32", "shape": [4] },
        { "name": "w", "bytes": 8, "kind": "weight" },
        { "name": "g", "bytes": 8, "kind": "activation" },
        { "name": "y", "bytes": 4, "kind": "output" },
        { "name": "w2", "bytes": 8, "kind": "weight", "alias_of": "w" } ],
    "ops": [
        { "name": "grad", "type": "conv", "inputs": ["x"], "outputs": ["g"] },
        { "name": "use", "type": "conv", "inputs": ["x", "w"], "outputs": ["y"] },
        { "name": "sgd", "type": "sgd", "inputs": ["w", "g"], "outputs": ["w2"] } ] }"#;

#[test]
fn weights_are_constant_and_updates_wait_for_readers() {
    let graph = read_json(STEP.as_bytes()).expect("a valid file");
    assert_eq!(graph.tensor(TensorId(1)).role, Role::Constant);
    assert_eq!(graph.control(), [(OpId(1), OpId(2))]);
    assert!(graph.op(OpId(2)).has_effects);
    assert_eq!(
        (graph.inputs(), graph.outputs()),
        (&[TensorId(0)][..], &[TensorId(3)][..])
    );
}

#[test]
fn kinds_say_what_can_be_shared() {
    let source = STEP.replace(
        "\"type\": \"sgd\"",
        "\"type\": \"sgd\", \"kind\": \"elementwise\"",
    );
    let graph = read_json(source.as_bytes()).expect("a valid file");
    assert_eq!(graph.op(OpId(2)).kind, OpKind::Elementwise);
    assert_eq!(graph.op(OpId(0)).kind, OpKind::Opaque);
    let unknown = source.replace("elementwise", "in-place");
    let fault = read_json(unknown.as_bytes()).unwrap_err().to_string();
    assert!(
        fault.contains("in-place") && fault.contains("elementwise"),
        "{fault}"
    );
}

#[test]
fn faults_are_named() {
    let fault = |from: &str, to: &str| {
        read_json(STEP.replace(from, to).as_bytes())
            .unwrap_err()
            .to_string()
    };
    assert!(fault("\"g\"]", "\"h\"]").contains("'h'"));
    assert!(fault("\"name\": \"w\"", "\"name\": \"x\"").contains("'x' is listed twice"));
    assert!(
        fault(
            "\"kind\": \"output\"",
            "\"kind\": \"output\", \"alias_of\": \"x\""
        )
        .contains("'y'")
    );
    assert!(fault("\"ops\"", "\"opps\"").contains("ops"));
}

#[test]
fn arrays_are_no_objects() {
    let whole = r#"["", [], []]"#;
    let op = r#"{ "tensors": [], "ops": [["name", "type", [], []]] }"#;
    let tensor = r#"{ "ops": [], "tensors": [["x", 16, "input", null, null, null]] }"#;
    for text in [whole, op, tensor] {
        let fault = Model::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(fault.contains("not a graph in JSON"), "{fault}");
    }
}
